"""What happens in a simulated city to the nouns of this service? One file per noun; all shares are plausible only."""
