"""Where do the pages' style sheet and fonts come from? `make vendor` fetches published packages and keeps their files.

npm fetches each package by name and version. VENDORED.toml records each file with its licence and digest: an instance
needs no foreign server, and a test fails when somebody changes a file by hand.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "shared" / "pages" / "static" / "vendor"
RECORD = FOLDER / "VENDORED.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package: the files taken from it, and their names in its folder here."""

    name: str
    version: str
    folder: str
    taken: Mapping[str, str]


PACKAGES = (
    Package(
        name="@kern-ux/native",
        version="2.7.2",
        folder="kern",
        taken={"dist/kern.min.css": "kern.min.css", "LICENSE.md": "LICENSE.md"},
    ),
    Package(
        name="@fontsource/fira-sans",
        version="5.3.0",
        folder="fira-sans",
        taken={
            **{
                f"files/fira-sans-latin-{weight}-normal.woff2": f"fira-sans-{weight}.woff2"
                for weight in (400, 500, 600)
            },
            "LICENSE": "LICENSE.txt",
        },
    ),
)


def fetch(package: Package, into: Path) -> Path:
    """Fetch the package's archive.

    Raises: subprocess.CalledProcessError when npm can't.
    """
    wanted = f"{package.name}@{package.version}"
    packed = subprocess.run(
        ["npm", "pack", "--json", "--pack-destination", str(into), wanted],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    (archive,) = json.loads(packed.stdout)
    return into / str(archive["filename"]).replace("@", "").replace("/", "-")


def take(package: Package, archive: Path) -> str:
    """Copy the files from the archive; returns the record of them."""
    folder = FOLDER / package.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tarfile.open(archive) as tar:
        manifest = json.loads(_read(tar, "package.json"))
        for source, name in package.taken.items():
            (folder / name).write_bytes(_read(tar, source))
    lines = [
        "[[package]]",
        f'name = "{package.name}"',
        f'version = "{package.version}"',
        f'licence = "{manifest["license"]}"',
        f'sha256 = "{_digest(archive)}"  # of the package\'s archive',
        "[package.files]",
        *(
            f'"{package.folder}/{name}" = "{_digest(folder / name)}"'
            for name in sorted(package.taken.values())
        ),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fetch every package again and write the record."""
    records = ["# Written by `make vendor` (deploy/vendor.py); files as published, unchanged. Do not edit.\n"]
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            records.append(take(package, fetch(package, Path(folder))))
            print(f"{package.name} {package.version}")
    RECORD.write_text("\n".join(records), encoding="utf-8")


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(f"package/{name}")
    if file is None:
        msg = f"{name} is no file of the package"
        raise FileNotFoundError(msg)
    return file.read()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
