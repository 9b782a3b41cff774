"""What would three years of a city's lab look like? Plausible stories, played through the real deciders."""
