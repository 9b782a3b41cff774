"""What do the figures count? All services' events as facts, and indicators over them."""
