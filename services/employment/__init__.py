"""From a confirmed match of a work offer to work that lasts."""
