"""Does the main job work? The demo plays three stories over HTTP, in a city of its own with sample files."""
