"""How does a test get a published npm package? npm fetches its archive once; a digest says that it is the right one."""

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from tests.servers import programs
from tests.servers.kinds import Unavailable

KEPT = Path(__file__).parent.parent.parent / ".venv" / "packages"
"""Where archives are kept, beside everything else that the tests install."""


def file_of(name: str, version: str, sha256: str, path: str) -> bytes:
    """A file of a package's archive.

    Raises: Unavailable when npm is missing or fetches nothing, or something else than the digest says.
    """
    archive = KEPT / f"{name.replace('@', '').replace('/', '-')}-{version}.tgz"
    if not archive.exists():
        _fetch(f"{name}@{version}")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
        archive.unlink()
        raise Unavailable(f"{name} {version} is not the package whose digest the tests know")
    with tarfile.open(archive) as tar:
        file = tar.extractfile(f"package/{path}")
        if file is None:
            raise Unavailable(f"{path} is no file of {name}")
        return file.read()


def _fetch(package: str) -> None:
    if shutil.which("npm") is None and programs.may_install():
        programs.install("npm")
    if shutil.which("npm") is None:
        raise Unavailable("the tests need npm: install it (Debian: apt-get install npm)")
    KEPT.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", "--silent", "--pack-destination", str(KEPT), package]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Unavailable(f"npm does not fetch {package}: {' '.join(done.stderr.split())[-300:]}")
