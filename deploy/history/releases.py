"""Do the published states of the figures follow from history, and does the log say the same of them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from deploy.instance import Instance
from services.reporting.disclosure.state import digest_of
from services.reporting.history import StoredHistory
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.releases.kept import KeptReleases
from services.reporting.releases.making import computed_again
from services.reporting.releases.release import About
from services.reporting.suppression import POLICY
from shared.eventlog.store import SqlStore
from shared.service.reading import read_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A published state, and what is to be said of it: OK, or what differs."""

    on: date
    digest: str
    finding: str

    @property
    def is_wrong(self) -> bool:
        """Whether something differs that nobody may change."""
        return self.finding not in ("OK", OTHER_DEFINITIONS)


OTHER_DEFINITIONS = "computed by other definitions or another policy than those of this code"


def checked_releases(instance: Instance) -> Iterator[Checked]:
    """Every published state, the oldest first: computed again from history, and compared with its event.

    Raises: Unreadable, LogUnavailable; ValueError when a kept state was changed.
    """
    store = instance.units["reporting"].store
    for release, state in computed_again(StoredHistory(store), KeptReleases(store).every()):
        about = release.about
        yield Checked(on=about.on, digest=about.digest, finding=_finding(store, about, digest_of(state)))


def _finding(store: SqlStore, about: About, computed: str) -> str:
    events = store.log.read_stream(f"release-{about.on.isoformat()}")
    if not events:
        return "the log has no event of it"
    if read_record(events[0].record).data != about.announced():
        return "the log says something else"
    if (
        about.definitions != {name: each.version for name, each in INDICATORS.items()}
        or about.policy != POLICY.version
    ):
        return OTHER_DEFINITIONS
    return "OK" if computed == about.digest else "history gives other figures"
