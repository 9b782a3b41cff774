"""Is a person erased from the command line, and is a proof that does not hold found?"""

from datetime import UTC, datetime

from deploy.instance import Instance
from services.actors.domain.person import RegisterPerson
from shared.eventlog.port import Slot
from shared.eventlog.sql.tables import SLOT
from shared.events.codec import decode_envelope
from shared.events.vocabulary import PersonContext
from shared.kernel.sealed import Retention
from tests.deploy.desk import Desk

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def with_person(instance: Instance, person: str) -> Instance:
    """A person with a name."""
    command = RegisterPerson(
        person_id=person, context=PersonContext.VOLUNTEERING, name="Erika Beispiel", at=AT
    )
    instance.apps["actors"].handle(command, command_id=person, request_digest=person)
    return instance


def test_a_person_is_erased_and_the_proof_holds(desk: Desk) -> None:
    with_person(desk.open(), "p1").close()
    done = desk.call("erase", "p1", "--yes", "--json").data
    assert (done["state"], done["n_slots"]["actors"]) == ("completed", 1)
    (proof,) = desk.call("erasures", "--json").data
    assert (proof["erasure_id"], proof["wrong"]) == (done["erasure_id"], [])
    assert proof["keys_destroyed"] == len(Retention)


def test_a_slot_that_came_back_is_found(desk: Desk) -> None:
    with_person(desk.open(), "p1").close()
    desk.call("erase", "p1", "--yes")
    instance = desk.open()
    store = instance.units["actors"].store
    event_id = decode_envelope(store.log.read()[0].record).id
    back = Slot(event_id=event_id, name="name", subject="p1", retention="volunteer_profile", sealed=b"back")
    with store.transaction() as tx:
        row = {name: getattr(back, name) for name in SLOT.columns.keys()}  # noqa: SIM118 - columns are no dict
        tx.execute(SLOT.insert(), [row])
    instance.close()
    printed = desk.call("erasures")
    assert printed.code == 1
    assert "still holds the slot name of position 1" in printed.out


def test_what_an_obligation_keeps_is_said_with_its_date(desk: Desk) -> None:
    instance = with_person(desk.open(), "p1")
    instance.vault.key_for_sealing("p1", Retention.FUNDING_PROOF)
    instance.close()
    assert "keeps funding_proof until" in desk.call("erase", "p1", "--yes").out


def test_a_name_is_no_id(desk: Desk) -> None:
    printed = desk.call("erase", "Erika Beispiel", "--yes")
    assert (printed.code, "random id" in printed.err) == (1, True)


def test_it_asks_back(desk: Desk) -> None:
    with_person(desk.open(), "p1").close()
    assert desk.call("erase", "p1").code == 1
    assert desk.call("erasures").out.startswith("There are no erasures")
