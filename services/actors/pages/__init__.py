"""The page on which a person sees their data."""
