"""What do pages show of the marketplace?"""
