"""Where may something personal lie hidden? Unique marks are looked for in every disguise, packed streams included."""

import base64
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
"""How a gzip member and a zlib stream begin."""

MOST_UNPACKED = 1 << 22
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


def disguises(mark: str) -> Iterator[bytes]:
    """The mark as it might lie somewhere: in every encoding as it is, in hexadecimal digits and in base64."""
    for plain in dict.fromkeys(mark.encode(encoding) for encoding in ENCODINGS):
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):  # where base64 begins in a longer text changes its letters
            whole = base64.b64encode(b"\0" * shift + plain)
            yield whole[4 if shift else 0 : -4]


def holding(folder: Path, sought: Sequence[bytes]) -> Iterator[str]:
    """The files below a folder in which one of these is found, as they are or unpacked."""
    return (path for path, _ in holding_each(folder, {"": sought}))


def holding_each(folder: Path, sought: Mapping[str, Sequence[bytes]]) -> Iterator[tuple[str, list[str]]]:
    """The files below a folder in which something is found, each read once, and the names of what is in it."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue  # a server that runs has done with it meanwhile
        if names := found_in(content, sought):
            yield str(path.relative_to(folder)), names


def found_in(content: bytes, sought: Mapping[str, Sequence[bytes]]) -> list[str]:
    """The names of what is in the bytes, or in a stream that is packed among them."""
    streams = [content, *unpacked(content)]
    return [name for name, marks in sought.items() if any(_any_in(stream, marks) for stream in streams)]


def unpacked(content: bytes) -> Iterator[bytes]:
    """What is in the gzip members and zlib streams among these bytes, each as far as it can be unpacked."""
    shown = memoryview(content)  # no copy for each beginning: most are none
    for begin in PACKED.finditer(content):
        try:
            yield zlib.decompressobj(GZIP_OR_ZLIB).decompress(shown[begin.start() :], MOST_UNPACKED)
        except zlib.error:
            continue  # two bytes that only look like a beginning


def _any_in(content: bytes, sought: Iterable[bytes]) -> bool:
    return any(mark in content for mark in sought)
