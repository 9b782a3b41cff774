"""Keys of persons: one per subject and retention class, random, wrapped, expiring; destroyed to erase a person."""
