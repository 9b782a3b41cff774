"""Where does a request end? Every host keeps these rules, so that no body is endless or taken for another request.

Source: RFC 9112, 6 and 9.6.
"""

from functools import partial
from typing import Any

READ_ON_AT_MOST = 16 * 1024 * 1024
"""How much of an unwanted body is still read [bytes]; a caller that is cut off never sees the answer."""

AT_ONCE = 64 * 1024

EVENT_STREAM = "text/event-stream"
"""Media types that are sent part by part: readers of a quiet log must not wait for a full buffer."""


def ends_unclearly(headers: Any) -> bool:
    """Whether length and encoding are malformed, doubled or contradictory: a proxy may see another end."""
    lengths = headers.get_all("content-length", [])
    encodings = [encoding.lower() for encoding in headers.get_all("transfer-encoding", [])]
    plain = all(length.isascii() and length.isdecimal() for length in lengths)
    both = bool(lengths and encodings)
    return len(lengths) > 1 or not plain or encodings not in ([], ["chunked"]) or both


def read_on(body: Any) -> bool:
    """Read an unwanted body within bounds; returns whether its end was reached."""
    left = READ_ON_AT_MOST
    try:
        for part in iter(partial(body.read, AT_ONCE), b""):
            left -= len(part)
            if left < 0:
                return False
    except (OSError, ValueError):  # the caller is gone, or its chunks are malformed
        return False
    return True
