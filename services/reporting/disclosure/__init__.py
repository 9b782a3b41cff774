"""What may be published, so that nobody computes a suppressed figure? Numbers in, decisions out; no store, no clock."""
