"""Can an instance run here? Its files, keys and port, and the other services' addresses."""

import stat
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.city import City
from deploy.diagnosis.finding import Finding, unseen, well, wrong
from deploy.history.vouching import FOLDER as LEDGER
from deploy.running import address_of_running
from deploy.stores import make_folder
from shared.edge.listening import PortTaken, address_of, refuse_taken
from shared.edge.signing import FILE as SIGNING
from shared.edge.tokens import Issuer
from shared.events.registry import SERVICES
from shared.service.feeds import FeedUnavailable, HttpFeed
from shared.service.settings import BadSetting, Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
WAIT_S = 5.0


def examine_place(settings: Settings, city: City) -> Iterator[Finding]:
    """The findings about files, keys, port and addresses."""
    yield _folder(settings)
    for folder, pattern in (
        (settings.data_dir(), "*.key"),
        (settings.data_dir(), SIGNING),
        (settings.data_dir(), "*.passwords"),
        (settings.data_dir() / LEDGER, "keys/*"),
        (settings.vault_dir(), "keys/*"),
    ):
        if keys := sorted(folder.glob(pattern)):
            yield _rights(folder / pattern, keys)
    if settings.data_dir().exists():
        yield _files(settings.data_dir())
    yield _port(settings)
    yield from _addresses(settings, city)


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir()
    if not folder.exists():
        return wrong(
            "data",
            f"there is no {folder}",
            "create it with kosilab up, or name another directory with --data",
        )
    try:
        make_folder(folder)
    except BadSetting:
        return wrong(
            "data", f"{folder} is not writable", "correct its rights, or name another directory with --data"
        )
    return well("data", f"{folder} is writable")


def _rights(where: Path, keys: Sequence[Path]) -> Finding:
    what = f"keys {where}"
    exposed = [path.name for path in keys if stat.S_IMODE(path.stat().st_mode) & OTHERS]
    if exposed:
        mend = f"chmod 600 {where}, and make new ones if anybody did"
        return wrong(what, f"others may read {', '.join(exposed)}", mend)
    return well(what, "for their owner alone")


def _files(folder: Path) -> Finding:
    """Databases, ledger and register; the keys are looked at one by one."""
    exposed = [path for path in (folder, *folder.rglob("*")) if _is_exposed(path)]
    if exposed:
        named = f"others may read {len(exposed)} files and folders, for example {exposed[0]}"
        return wrong("files", named, f"chmod -R go= {folder}")
    return well("files", "for their owner alone")


def _is_exposed(path: Path) -> bool:
    try:
        return not path.is_symlink() and bool(stat.S_IMODE(path.stat().st_mode) & OTHERS)
    except FileNotFoundError:
        return False  # a database's journal comes and goes


def _port(settings: Settings) -> Finding:
    """The port at which the instance on these files answers; without one, the port that the next start takes."""
    host, port = address_of_running(settings.data_dir()) or (settings.get("KOSILAB_HOST"), settings.port())
    try:
        refuse_taken(host, port)
    except PortTaken as error:
        address = address_of(host, port)
        if _get(f"{address}/livez") != "ok":
            return wrong("port", f"{port} cannot be used", str(error))
        answer = _get(f"{address}/readyz")
        if answer == "ready":
            return well("port", f"an instance answers on {port}, and is ready")
        return wrong("port", f"the instance on {port} is not ready", f"look at {address}/readyz")
    return well("port", f"{port} is free")


def _get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=WAIT_S) as answer:  # noqa: S310 - our own address
            text: bytes = answer.read(1000)
    except (OSError, ValueError):
        return ""
    return text.decode(errors="replace").strip()


def _addresses(settings: Settings, city: City) -> Iterator[Finding]:
    """The other services' feeds, as a consumer reads them."""
    named = [service for service in SERVICES if settings.service_url(service)]
    if named and not settings.get("KOSILAB_SERVICE_KEY"):
        yield wrong(
            "service key", "every data directory has its own", "set KOSILAB_SERVICE_KEY alike for all"
        )
    issuer = Issuer.of(settings, city.slug) if named else None
    for service in named:
        what, url = f"{service}: feed", settings.service_url(service)
        try:
            HttpFeed(url, service, issuer.service_token if issuer else str).read(0, 1)
        except FeedUnavailable as error:
            mend = f"start {service}, or correct KOSILAB_{service.upper()}_URL"
            refused = str(error).startswith("HTTP 401")
            yield wrong(
                what, f"{url}: {error}", "set the same KOSILAB_SERVICE_KEY for all" if refused else mend
            )
        else:
            yield well(what, f"answers at {url}")
    if not named:
        yield unseen("feeds", "no KOSILAB_<SERVICE>_URL is set: the services run in one process")
