"""What happens to organisations, persons and labs? Published by `actors`.

One file per noun. These names and fields are a storage format (see CHANGING.md).
"""
