"""How does a state come to be? History is folded to the end of each month, and every figure counted there."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from services.reporting.as_of import ThrownAway
from services.reporting.cutoff import SOURCES
from services.reporting.disclosure.state import State, digest_of
from services.reporting.history import History
from services.reporting.indicators.cases import Facts
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.releases.months import ONE_DAY
from services.reporting.releases.release import About, Release
from shared.events.codec import decode_envelope
from shared.kernel.city_day import moment_in_the_city, today_in_the_city
from shared.service.folding import Fold, happenings

if TYPE_CHECKING:
    from services.reporting.disclosure.states import States


def first_day(history: History) -> date | None:
    """The day on which the first event was recorded, if there is one.

    Raises: LogUnavailable.
    """
    firsts = [record for source in SOURCES if (record := history.record(source, 1)) is not None]
    days = [today_in_the_city(decode_envelope(record).recordedtime) for record in firsts]
    return min(days, default=None)


def releases_at(history: History, ends: Iterable[date], earlier: Iterable[Release]) -> Iterator[Release]:
    """The state as of the end of each of these months, in order, beside all earlier ones.

    What earlier states hid is counted again from history, since the audit protects that, too.
    Raises: Unreadable, LogUnavailable.
    """
    from services.reporting.disclosure.states import States  # noqa: PLC0415 - the solver, which most processes lack

    folding, states = FoldedHistory(history), States()
    for published in earlier:
        about = published.about
        states.follow(published.state, Facts(folding.upto(about.positions), about.on + ONE_DAY))
    for on in ends:
        before = moment_in_the_city(on + ONE_DAY)
        positions = {source: history.last_recorded_before(source, before) for source in SOURCES}
        yield release_of(folding.upto(positions), on, states)


def computed_again(history: History, published: Iterable[Release]) -> Iterator[tuple[Release, State]]:
    """Each of all published states, beside what history has at its cut-off today: their digests are the same.

    Raises: Unreadable, LogUnavailable.
    """
    from services.reporting.disclosure.states import States  # noqa: PLC0415 - the solver, which most processes lack

    folding, states = FoldedHistory(history), States()
    for release in published:
        about = release.about
        facts = Facts(folding.upto(about.positions), about.on + ONE_DAY)
        yield release, states.made_of(facts, about.on)
        states.follow(release.state, facts)


def release_of(reader: ThrownAway, on: date, states: "States") -> Release:
    """The next state, of these facts, and what it is about."""
    facts = Facts(reader, on + ONE_DAY)
    state = states.next(facts, on)
    synthetic = [name for name, each in INDICATORS.items() if facts.are_synthetic(each.facts[0])]
    about = About(
        on=on,
        policy=state.policy,
        digest=digest_of(state),
        n_cells=len(state.cells),
        positions=dict(reader.positions),
        definitions={name: indicator.version for name, indicator in INDICATORS.items()},
        synthetic=tuple(synthetic),
    )
    return Release(about=about, state=state)


class FoldedHistory:
    """Facts that go on from one cut-off to a later one, instead of beginning anew each time."""

    def __init__(self, history: History) -> None:
        self._history = history
        facts = {fact.name: fact for each in INDICATORS.definitions for fact in each.facts}
        self._fold = Fold(facts.values())
        self._at = dict.fromkeys(SOURCES, 0)

    def upto(self, positions: Mapping[str, int]) -> ThrownAway:
        """The facts at these positions; they are the same objects at the next cut-off.

        Raises: Unreadable, LogUnavailable.
        """
        for source, last in positions.items():
            for events in happenings(
                self._fold.models, self._history, source, after=self._at[source], upto=last
            ):
                self._fold.take(events)
            self._at[source] = max(last, self._at[source])
        return ThrownAway(rows_by_fact=self._fold.documents, positions=dict(positions))
