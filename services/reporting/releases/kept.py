"""Where are published states kept? In reporting's database, a row each, which is written once."""

from collections import OrderedDict
from collections.abc import Iterator
from datetime import date

from services.reporting.disclosure.state import State
from services.reporting.releases.release import About, Release, about_of, packed, unpacked
from shared.eventlog.sql.tables import RELEASE
from shared.eventlog.sql.upsert import insert_into
from shared.eventlog.store import SqlStore

AT_HAND = 3
"""How many states are kept in memory."""


class KeptReleases:
    """The published states in a database."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._at_hand: OrderedDict[date, Release] = OrderedDict()

    def days(self) -> list[date]:
        """The date of each, the oldest first.

        Raises: LogUnavailable.
        """
        return [
            date.fromisoformat(day)
            for (day,) in self._store.database.rows("SELECT on_day FROM release ORDER BY on_day")
        ]

    def of(self, on: date) -> Release | None:
        """The state of a date, if it is one.

        Raises: LogUnavailable; ValueError when it was changed.
        """
        if on not in self._at_hand:
            rows = self._store.database.rows(
                "SELECT about, document FROM release WHERE on_day = ?", (on.isoformat(),)
            )
            if not rows:
                return None
            self._at_hand[on] = unpacked(*rows[0])
            if len(self._at_hand) > AT_HAND:
                self._at_hand.popitem(last=False)
        return self._at_hand[on]

    def listed(self) -> list[About]:
        """Every state without its cells, the oldest first.

        Raises: LogUnavailable.
        """
        rows = self._store.database.rows("SELECT about FROM release ORDER BY on_day")
        return [about_of(about) for (about,) in rows]

    def every(self) -> Iterator[Release]:
        """Every state with its cells, the oldest first.

        Raises: LogUnavailable; ValueError when it was changed.
        """
        before: State | None = None
        for day in self.days():
            rows = self._store.database.rows(
                "SELECT about, document FROM release WHERE on_day = ?", (day.isoformat(),)
            )
            release = unpacked(rows[0][0], rows[0][1], before)
            before = release.state
            yield release

    def states(self) -> list[State]:
        """The cells of every state, the oldest first.

        Raises: LogUnavailable; ValueError when it was changed.
        """
        return [release.state for release in self.every()]

    def keep(self, release: Release) -> None:
        """Keep a state; where its date has one already, that stands.

        Raises: LogUnavailable.
        """
        about, document = packed(release)
        row = {
            "on_day": release.about.on.isoformat(),
            "digest": release.about.digest,
            "about": about,
            "document": document,
        }
        with self._store.transaction() as tx:
            tx.execute(insert_into(tx, RELEASE).values(row).on_conflict_do_nothing())
