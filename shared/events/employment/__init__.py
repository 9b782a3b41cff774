"""What happens on the way from a confirmed match to work that lasts? Published by `employment`.

One file per noun. These names and fields are a storage format (see CHANGING.md).
"""
