"""What happens to this service's nouns in a simulated city? One module per noun; the shares are made up."""
