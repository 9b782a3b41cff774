"""What does a row refer to? Organisations, market days and offers by the names that files have for them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any

from deploy.importing.identity import noun_id
from deploy.importing.market_days import MarketDay, city_days
from deploy.importing.rehearsal import Rehearsal
from deploy.importing.steps import RowRefused, needed, noon, refuse_other
from deploy.instance import Instance
from services.actors.domain.organisation import ORGANISATION
from services.marketplace.domain.agreement import AGREEMENT
from services.marketplace.domain.market_day import MARKET_DAY
from services.marketplace.domain.need import NEED
from services.marketplace.domain.need_state import Need
from services.marketplace.domain.offer import OFFER
from services.marketplace.domain.offer_state import Offer
from services.marketplace.views.agreements import AGREEMENTS
from services.marketplace.views.market_days import MARKET_DAYS
from services.marketplace.views.organisations import ORGANISATIONS
from shared.events.codec import decode
from shared.events.vocabulary import OfferKind
from shared.kernel.decider import Decider
from shared.kernel.read_model import Document
from shared.tabular.rows import Row
from shared.tabular.spelling import folded

PAGE = 1000


class Known:
    """What is known while a file is imported: the states that its rows have reached so far, and today."""

    def __init__(self, instance: Instance, rehearsal: Rehearsal) -> None:
        self._instance = instance
        self._rehearsal = rehearsal
        self.now = rehearsal.now
        self.secret = instance.issuer.local_key

    def state(self, decider: Decider[Any, Any, Any], noun: str) -> Any:
        """The state of a noun; the decider's first one when there is no such noun."""
        return self._rehearsal.state_of(decider, noun)[1]

    def exists(self, decider: Decider[Any, Any, Any], noun: str) -> bool:
        """Whether there is such a noun."""
        return self._rehearsal.state_of(decider, noun)[0] > 0

    def at(self, day: date | None) -> datetime:
        """The moment of a day in a file: its noon, on the present day at the latest now; now when none is given."""
        if day is None:
            return self.now
        return min(noon(day), self.now) if day == self.now.date() else noon(day)

    def days(self, decider: Decider[Any, Any, Any], noun: str) -> dict[type, date]:
        """On which day each kind of event first happened to a noun, as the log has it."""
        log = self._rehearsal.app_of(decider).store.log
        days: dict[type, date] = {}
        for stored in log.read_stream(decider.stream(noun)):
            event = decode(stored.record)
            days.setdefault(type(event.data), event.time.date())
        return days

    def refuse_other_days(
        self, row: Row, decider: Decider[Any, Any, Any], noun: str, fields: dict[str, tuple[type, ...]]
    ) -> dict[type, date]:
        """Hold the dates of a row against what has happened to a noun already; answers with the days of that.

        Raises: RowRefused, when a date differs from the one that is recorded.
        """
        days = self.days(decider, noun)
        for name, kinds in fields.items():
            recorded = next((days[kind] for kind in kinds if kind in days), None)
            if recorded is not None:
                refuse_other(recorded, row.day(name), name)
        return days

    # --- references -------------------------------------------------------------------------------
    def organisation(self, row: Row, name: str) -> str:
        """The id of the organisation that a row names: by the key in its file, by its id, or by its name.

        Raises: RowRefused when there is none, or more than one of this name.
        """
        told = needed(row.text(name), name)
        for candidate in (noun_id("organisations", told), told):
            if self.exists(ORGANISATION, candidate):
                return candidate
        named = self._organisations_by_name.get(folded(told), [])
        if len(named) > 1:
            raise RowRefused(
                name, f"'{told}' is the name of {len(named)} organisations; write the key of one"
            )
        if not named:
            raise RowRefused(
                name, f"'{told}' is no organisation that is known; import the organisations first"
            )
        return named[0]

    def district_of(self, organisation_id: str) -> str:
        """The district of an organisation."""
        return str(self.state(ORGANISATION, organisation_id).description.district)

    def offer(self, row: Row, kind: OfferKind) -> tuple[str, Offer]:
        """The offer that a row names by the key in its file or by its id, and its state.

        Raises: RowRefused when there is none, or one of another kind.
        """
        told = needed(row.text("offer"), "offer")
        for candidate in (noun_id("offers", told), told):
            offer = self.state(OFFER, candidate)
            if offer.terms is not None:
                if offer.terms.kind != kind:
                    raise RowRefused("offer", f"'{told}' is no offer of {kind} but of {offer.terms.kind}")
                return candidate, offer
        raise RowRefused("offer", f"'{told}' is no offer that is known; import the offers first")

    def need(self, row: Row) -> tuple[str, Need]:
        """The organisation's need that a row names by the key in its file or by its id, and its state.

        Raises: RowRefused when there is none.
        """
        told = needed(row.text("need"), "need")
        for candidate in (noun_id("needs", told), told):
            need: Need = self.state(NEED, candidate)
            if need.terms is not None and not need.is_search:
                return candidate, need
        raise RowRefused("need", f"'{told}' is no need that is known; import the needs first")

    def agreements_of(self, party_a: str, party_b: str) -> list[Document]:
        """The agreements of these two so far."""
        ask = self._rehearsal.app_of(AGREEMENT).store.ask
        return ask.find(AGREEMENTS, party_a=party_a, party_b=party_b, limit=PAGE)

    def market_day(self, told: str, name: str) -> MarketDay:
        """The market day that a file names by the key in the city's file, by its date, or by its id.

        Raises: RowRefused when there is none.
        """
        for day in self._market_days:
            if day.is_called(told):
                return day
        known = ", ".join(day.key for day in self._market_days) or "none"
        raise RowRefused(name, f"'{told}' is no market day that is known; known: {known}")

    def unscheduled_days(self, named: Iterable[str]) -> list[MarketDay]:
        """The market days among these that stand in the city's file only."""
        names = set(named)
        return [
            day
            for day in self._market_days
            if any(day.is_called(told) for told in names) and not self.exists(MARKET_DAY, day.id)
        ]

    @cached_property
    def _market_days(self) -> list[MarketDay]:
        ours = city_days(self._instance.city)
        ids = {day.id for day in ours}
        marketplace = self._rehearsal.app_of(MARKET_DAY)
        others = marketplace.store.ask.find(MARKET_DAYS, limit=PAGE)
        return [*ours, *(MarketDay.of_view(one) for one in others if one["id"] not in ids)]

    @cached_property
    def _organisations_by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self._organisations():
            found.setdefault(folded(one["name"]), []).append(one["id"])
        return found

    def _organisations(self) -> Iterator[dict[str, Any]]:
        ask, after = self._rehearsal.app_of(ORGANISATION).store.ask, ""
        while page := ask.find(ORGANISATIONS, limit=PAGE, after=after):
            yield from page
            after = page[-1]["id"]
