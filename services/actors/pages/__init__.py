"""The page on which a person sees what is kept about them."""
