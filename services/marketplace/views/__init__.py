"""What the marketplace answers with: one file per noun, each a fold of events into documents."""
