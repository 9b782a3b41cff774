"""Who acts in a story, what they post, and what they wait for; each story has organisations and persons of its own."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.actors.domain.organisation import RegisterOrganisation, VerifyOrganisation
from services.actors.domain.person import RegisterPerson
from services.marketplace.domain.need import PostNeed, PostSearch
from services.marketplace.domain.offer import CheckOffer, PostOffer
from services.marketplace.domain.places import AcceptMatch, match_id_of
from shared.events.marketplace.need import NeedTerms, SearchTerms
from shared.events.marketplace.offer import OfferTerms, VolunteeringTerms, WorkTerms
from shared.events.vocabulary import (
    Category,
    DistanceClass,
    HoursBand,
    OfferKind,
    PersonContext,
    Sector,
    Side,
    VolunteeringForm,
    WorkForm,
)
from shared.service.tables import Caller, Role
from tests.journeys.city import AT, City, Send, Story, Until

FIRST_DAY = date(2026, 3, 1)
COORDINATOR = Caller(role=Role.COORDINATOR, actor="coordinator")
COUNSELLOR = Caller(role=Role.COUNSELLOR, actor="counsellor")
NOTARY = Caller(role=Role.NOTARY, actor="notary")
CORNERS = tuple(Category)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in a story, under ids of its own, and what they post."""

    city: City
    number: int
    corner: Category = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "corner", CORNERS[self.number % len(CORNERS)])

    def named(self, noun: str) -> str:
        """The id of something in this story."""
        return f"{noun}-{self.number}"

    @property
    def host(self) -> Caller:
        """The organisation that offers."""
        return Caller(role=Role.ORGANISATION, actor=self.named("host"))

    @property
    def seeker(self) -> Caller:
        """The organisation that needs."""
        return Caller(role=Role.ORGANISATION, actor=self.named("seeker"))

    @property
    def person(self) -> Caller:
        """The person who searches."""
        return Caller(role=Role.PERSON, actor=self.named("person"))

    @property
    def offer_id(self) -> str:
        """The offer."""
        return self.named("offer")

    @property
    def need_id(self) -> str:
        """The need."""
        return self.named("need")

    @property
    def search_id(self) -> str:
        """The search."""
        return self.named("search")

    # --- what can be waited for -------------------------------------------------------------------
    def match_is(self, match_id: str, *statuses: str) -> Until:
        """Wait until the match stands so."""
        return self.shows("matches", match_id, "status", *statuses)

    def shows(self, view: str, key: str, name: str, *values: str, service: str = "marketplace") -> Until:
        """Wait until a document's field has one of these values."""
        return Until(
            f"{view} {key} to be {' or '.join(values)}",
            lambda: self.city.see(service, view, key).get(name) in values,
        )

    def knows(self, organisation: Caller) -> Until:
        """Wait until the marketplace knows that the organisation is verified."""
        return Until(
            f"{organisation.actor} to be verified",
            lambda: bool(self.city.see("marketplace", "organisations", organisation.actor).get("verified")),
        )

    # --- parts that several stories have ----------------------------------------------------------
    def organisation(self, caller: Caller) -> Story:
        """An organisation registers, and the coordinator verifies it."""
        register = RegisterOrganisation(
            organisation_id=caller.actor,
            name=f"{caller.actor} (made up)",
            sector=Sector.NON_PROFIT if "seeker" in caller.actor else Sector.COMPANY,
            district="Barmen",
            at=AT,
        )
        yield Send("actors", register, caller)
        yield Send("actors", VerifyOrganisation(organisation_id=caller.actor, at=AT), COORDINATOR)
        yield self.knows(caller)

    def yes(self, match_id: str, by: Side, caller: Caller, offer_id: str | None = None) -> Send:
        """One side says yes."""
        accept = AcceptMatch(offer_id=offer_id or self.offer_id, match_id=match_id, by=by, at=AT)
        return Send("marketplace", accept, caller)

    def exchange_offer(self, offer_id: str | None = None, host: Caller | None = None, **terms: Any) -> Send:
        """An offer of give and take."""
        posted = OfferTerms(
            kind=OfferKind.EXCHANGE,
            title=f"Hilfe im Vorhaben{'abcdefghijkl'[self.number % 12]}",
            category=self.corner,
            district="Barmen",
            **terms,
        )
        by = host or self.host
        command = PostOffer(offer_id=offer_id or self.offer_id, organisation_id=by.actor, terms=posted, at=AT)
        return Send("marketplace", command, by)

    def need(self, need_id: str | None = None, seeker: Caller | None = None) -> Send:
        """A need that the offer fits."""
        terms = NeedTerms(
            kind=OfferKind.EXCHANGE,
            title=f"Wer hilft im Vorhaben{'abcdefghijkl'[self.number % 12]}",
            category=self.corner,
            district="Barmen",
        )
        by = seeker or self.seeker
        command = PostNeed(need_id=need_id or self.need_id, organisation_id=by.actor, terms=terms, at=AT)
        return Send("marketplace", command, by)

    def volunteering_offer(self, places: int = 1) -> Story:
        """A place for volunteers, checked by the coordinator."""
        terms = OfferTerms(
            kind=OfferKind.VOLUNTEERING,
            title="Vorlesen in der Grundschule",
            category=self.corner,
            district="Barmen",
            places=places,
            volunteering=VolunteeringTerms(form=VolunteeringForm.REGULAR, hours_per_week=Decimal(2)),
        )
        yield from self._checked(terms)

    def work_offer(self) -> Story:
        """A job, checked by the coordinator."""
        terms = OfferTerms(
            kind=OfferKind.WORK,
            title="Lagerhilfe",
            category=Category.HELPING_HANDS,
            district="Barmen",
            work=WorkTerms(
                form=WorkForm.JOB,
                hours_per_week=Decimal("38.5"),
                pay_per_hour=Decimal("14.20"),
                term_months=24,
                kldb=f"{self._occupation}11",
            ),
        )
        yield from self._checked(terms)

    def _checked(self, terms: OfferTerms) -> Story:
        post = PostOffer(offer_id=self.offer_id, organisation_id=self.host.actor, terms=terms, at=AT)
        yield Send("marketplace", post, self.host)
        yield Send("marketplace", CheckOffer(offer_id=self.offer_id, at=AT), COORDINATOR)

    def search(self, kind: OfferKind, search_id: str | None = None) -> Story:
        """A person registers and looks for work or volunteering."""
        is_work = kind == OfferKind.WORK
        context = PersonContext.EMPLOYMENT if is_work else PersonContext.VOLUNTEERING
        person_id = self.person.actor if search_id is None else f"person-of-{search_id}"
        caller = replace(self.person, actor=person_id)
        yield Send("actors", RegisterPerson(person_id=person_id, context=context, at=AT), caller)
        yield self.shows("persons", person_id, "context", context)
        terms = SearchTerms(
            kind=kind,
            hours=HoursBand.OVER_30 if is_work else HoursBand.UNDER_5,
            distance=DistanceClass.CITY,
            from_month="2026-03",
            kldb3=self._occupation if is_work else None,
            level=1 if is_work else None,
            category=None if is_work else self.corner,
        )
        post = PostSearch(need_id=search_id or self.search_id, person_id=person_id, terms=terms, at=AT)
        yield Send("marketplace", post, caller)

    @property
    def _occupation(self) -> str:
        return f"{510 + self.number}"

    def match(self, need_id: str | None = None, offer_id: str | None = None) -> str:
        """The match of the offer and the need."""
        return match_id_of(offer_id or self.offer_id, need_id or self.need_id)
