"""Does the main job work? A city of its own, its sample files, and three stories over HTTP as a stranger tells them."""
