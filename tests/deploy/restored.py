"""What does a test of backups look at? A city in which persons are known by name, and what can be read of them."""

from pathlib import Path

from deploy.instance import Instance
from services.actors.domain.person import RegisterPerson
from shared.events.codec import decode
from shared.events.vocabulary import PersonContext
from shared.service import clock
from shared.vault.slots import open_slots
from tests.apart import announced
from tests.deploy.desk import Desk, Said


def register_person(instance: Instance, person: str) -> None:
    """A person with a name."""
    command = RegisterPerson(
        person_id=person, context=PersonContext.VOLUNTEERING, name=f"Erika {person}", at=clock.now()
    )
    instance.apps["actors"].handle(command, command_id=person, request_digest=person)


def registered(city: Desk, *persons: str) -> None:
    """Make persons known, and let everything follow from it."""
    instance = city.open()
    for person in persons:
        register_person(instance, person)
    instance.settle()
    instance.close()


def backed_up(city: Desk, folder: Path) -> str:
    """A backup."""
    printed = city.call("backup", "create", str(folder))
    assert printed.code == 0, printed.err
    return str(folder)


def restored(city: Desk, folder: str, *options: str) -> Said:
    """The city as it comes back from a backup."""
    printed = city.call("backup", "restore", folder, *options)
    assert printed.code == 0, printed.err
    return printed


def records(city: Desk) -> dict[str, list[bytes]]:
    """All logs."""
    instance = city.open()
    of_logs = {
        name: [stored.record for stored in unit.store.log.read(limit=10_000)]
        for name, unit in instance.units.items()
    }
    instance.close()
    return of_logs


def events(city: Desk, kind: type) -> list[object]:
    """What actors has told of this kind."""
    return [
        event
        for event in (decode(record).data for record in records(city)["actors"])
        if isinstance(event, kind)
    ]


def read(city: Desk, person: str) -> set[str | None]:
    """What can be read of a person."""
    instance = city.open()
    store, texts = instance.units["actors"].store, set()
    for stored in store.log.read_stream(f"person-{person}"):
        event = decode(stored.record)
        texts |= set(open_slots(instance.vault, event.type, store.slots.of_event(event.id)).values())
    instance.close()
    return texts


def sign(city: Desk) -> None:
    """Have every log signed for, and ask the witnesses."""
    instance = city.open()
    for unit in instance.units.values():
        unit.vouching.step()
        if unit.store.log.head().position:
            instance.ledger.issuer(unit.store).issue(clock.now())  # also where it is not time yet
        unit.vouching.cosign()
    instance.settle()
    instance.close()


@announced  # the command starts the verifier
def audit(city: Desk, folder: Path) -> None:
    """Export the history and verify it: nothing is missing that the logs do not account for."""
    assert city.call("history", "export", str(folder)).code == 0
    printed = city.call("history", "verify", str(folder))
    assert printed.code == 0, printed.out + printed.err
