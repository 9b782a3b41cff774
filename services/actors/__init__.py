"""Who takes part: organisations, persons as random ids, labs with their members."""
