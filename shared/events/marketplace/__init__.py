"""What happens on the marketplace, from a posted offer to an agreement kept? Published by `marketplace`.

One file per noun. These names and fields are a storage format (see CHANGING.md).
"""
