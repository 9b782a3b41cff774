"""Where do erasures play? In a city in a folder, in which a person is known, agreed and looks for something."""

from datetime import UTC, date, datetime
from pathlib import Path

from services.actors.domain.erasure import RequestErasure
from services.actors.domain.person import GiveConsent, RegisterPerson
from services.marketplace.domain.need import PostSearch
from shared.events.marketplace.need import SearchTerms
from shared.events.vocabulary import Category, DistanceClass, HoursBand, OfferKind, PersonContext, Purpose
from tests.city import WholeCity

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARKS = ("Qxyrnameqx Zwölfmark", "qxyrcontactqx@example.org", "1937-11-23")
LOOKS_FOR = SearchTerms(
    kind=OfferKind.VOLUNTEERING,
    hours=HoursBand.UNDER_5,
    distance=DistanceClass.NEAR,
    from_month="2026-03",
    category=Category.HELPING_HANDS,
)
REGISTER = RegisterPerson(
    person_id="p1",
    context=PersonContext.VOLUNTEERING,
    name=MARKS[0],
    contact=MARKS[1],
    birth_date=date.fromisoformat(MARKS[2]),
    at=AT,
)


class Town(WholeCity):
    """A city in which it is the moment that the test says."""

    def __init__(self, folder: Path) -> None:
        self.now = AT
        super().__init__(folder, now=lambda: self.now)

    def begin(self) -> None:
        """A person is known, agrees to be contacted and looks for something."""
        self.done("actors", REGISTER)
        self.done("actors", GiveConsent(person_id="p1", purpose=Purpose.CONTACT, at=AT))
        self.done("marketplace", PostSearch(need_id="s1", person_id="p1", terms=LOOKS_FOR, at=AT))

    def erase(self) -> None:
        """Erase the person."""
        self.done("actors", RequestErasure(erasure_id="e1", person_id="p1", at=self.now))
