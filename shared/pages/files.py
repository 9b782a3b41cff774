"""Which files do the pages need? Style sheets and fonts; their addresses change whenever the content of any changes."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}
WORTH_PACKING = (".css", ".svg", ".txt", ".md")


@dataclass(frozen=True)
class StaticFile:
    """One file, ready to be sent."""

    name: str
    content: bytes

    @property
    def content_type(self) -> str:
        """Its media type."""
        return TYPES[Path(self.name).suffix]

    @cached_property
    def packed(self) -> bytes | None:
        """Its compressed form, where compression pays."""
        return gzip.compress(self.content, mtime=0) if self.name.endswith(WORTH_PACKING) else None


@lru_cache
def static_files() -> Mapping[str, StaticFile]:
    """Every file by its name within the folder; read once."""
    paths = (path for path in sorted(FOLDER.rglob("*")) if path.suffix in TYPES)
    names = ((path.relative_to(FOLDER).as_posix(), path) for path in paths)
    return {name: StaticFile(name, path.read_bytes()) for name, path in names}


@lru_cache
def edition() -> str:
    """A mark that changes when any of the files changes, so that browsers may keep them for ever."""
    hashed = hashlib.sha256()
    for name, file in static_files().items():
        hashed.update(f"{name}\n{len(file.content)}\n".encode() + file.content)
    return hashed.hexdigest()[:12]


def address_of(name: str) -> str:
    """The address of a file.

    Raises: KeyError for an unknown file.
    """
    return f"/static/{edition()}/{static_files()[name].name}"
