"""Does the main job work? A city of its own, its sample files, and three stories that a client plays over HTTP."""
