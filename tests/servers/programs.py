"""Where are the installed programs, and how are they installed where they are missing and we may?"""

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from tests.servers.kinds import Unavailable

_POLICY = Path("/usr/sbin/policy-rc.d")
_LOCK = Path(gettempdir()) / "kosilab-tests-install.lock"


def postgres_folder() -> Path | None:
    """The folder with initdb and postgres, of the newest version there is."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    on_path = shutil.which("initdb")
    initdb = versions[-1] if versions else Path(on_path).resolve() if on_path else None
    return initdb.parent if initdb and (initdb.parent / "postgres").exists() else None


def rabbit_folder() -> Path | None:
    """The folder with the broker's own scripts; Debian's wrappers on the path insist on one user, so they come last."""
    on_path = shutil.which("rabbitmq-server")
    places = [Path("/usr/lib/rabbitmq/bin"), *([Path(on_path).resolve().parent] if on_path else [])]
    complete = (
        place for place in places if (place / "rabbitmq-server").exists() and (place / "rabbitmqctl").exists()
    )
    return next(complete, None) if shutil.which("epmd") else None


def chromium() -> str | None:
    """The browser."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def proxy(name: str) -> str | None:
    """The program of nginx or HAProxy, which Debian keeps where only root looks."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def may_install() -> bool:
    """Whether we are root on a Debian-like system."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> None:
    """The distribution's packages, without starting any service of theirs.

    Raises: Unavailable when the package manager says no.
    """
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _one_at_a_time(), _no_service_starts():
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            done = subprocess.run(
                ["apt-get", *command],
                env=env,
                check=False,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
            )
            if done.returncode != 0:
                why = " ".join(done.stderr.split())[-300:]
                raise Unavailable(f"apt-get {command[0]} failed for {', '.join(packages)}: {why}")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """The package manager refuses a second one; whoever else installs for the tests is waited for."""
    with _LOCK.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def unprivileged_user() -> str | None:
    """Who runs a server that refuses to run as root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian asks this file whether an installed service may start; ours says no, and is gone afterwards."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()
