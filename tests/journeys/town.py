"""Where do erasures play? In a city in a folder, in which a person is known, agreed and looks for something."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from deploy.city import load_city
from deploy.instance import Instance
from services.actors.domain.erasure import RequestErasure
from services.actors.domain.person import GiveConsent, RegisterPerson
from services.marketplace.domain.need import PostSearch
from shared.bus.memory import MemoryBus
from shared.eventlog.layouts import digest
from shared.eventlog.port import Done
from shared.events.codec import decode
from shared.events.marketplace.need import SearchTerms
from shared.events.registry import SERVICES
from shared.events.vocabulary import Category, DistanceClass, HoursBand, OfferKind, PersonContext, Purpose
from shared.kernel.recorded import Recorded
from shared.service.settings import load

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


class Town:
    """A city in a folder; nothing happens but what the test does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = AT
        self.instance = self.open()

    def open(self) -> Instance:
        """The instance on the folder's databases."""
        settings = load({"KOSILAB_CITY": "wuppertal", "KOSILAB_DATA_DIR": str(self.folder)}, {})
        return Instance(load_city("wuppertal"), settings, bus=MemoryBus(), now=lambda: self.now)

    def send(self, service: str, command: Any) -> None:
        """A command that takes effect, and all that follows from it."""
        name = f"{type(command).__name__} {self.now}"
        outcome = self.instance.apps[service].handle(command, command_id=name, request_digest=name)
        assert isinstance(outcome, Done), outcome
        self.instance.settle()

    def events(self) -> list[Recorded[Any]]:
        """All events of all logs."""
        stores = [self.instance.units[service].store for service in SERVICES]
        return [decode(one.record) for store in stores for one in store.log.read(limit=10_000)]

    def facts(self) -> dict[str, str]:
        """The digests of all facts."""
        facts = self.instance.units["reporting"].facts
        assert facts is not None
        rows = facts.projection.replay(facts.projection.positions())
        return {name: digest(table) for name, table in rows.items()}

    def begin(self) -> None:
        """A person is known, agrees to be contacted and looks for something."""
        self.send("actors", REGISTER)
        self.send("actors", GiveConsent(person_id="p1", purpose=Purpose.CONTACT, at=AT))
        self.send("marketplace", PostSearch(need_id="s1", person_id="p1", terms=LOOKS_FOR, at=AT))

    def erase(self) -> None:
        """Erase the person."""
        self.send("actors", RequestErasure(erasure_id="e1", person_id="p1", at=self.now))

    def reopen(self) -> None:
        """As after a stop."""
        self.instance.close()
        self.instance = self.open()
