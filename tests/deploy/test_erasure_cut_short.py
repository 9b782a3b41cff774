"""Does a process that dies between the vault and the log leave a request behind that no event ever names?"""

from datetime import timedelta

import pytest

from services.actors.domain.erasure import ERASURE, RequestErasure
from shared.events.vocabulary import ErasureBasis
from shared.vault.erasures import FORGOTTEN_AFTER, erasures_of
from tests.city import prepare
from tests.deploy.desk import Desk
from tests.deploy.dying import Died, dies_at
from tests.deploy.restored import registered
from tests.servers.ports import free_port

STEPS = 6


def requests(desk: Desk) -> tuple[list[str], list[str]]:
    """The requests about the person in the vault: those that an event names, and those that none does."""
    instance = desk.open()
    log = instance.units["actors"].store.log
    named: tuple[list[str], list[str]] = ([], [])
    for erasure_id in erasures_of(instance.vault, "p1"):
        named[not log.read_stream(ERASURE.stream(erasure_id))].append(erasure_id)
    instance.close()
    return named


def looked_after(desk: Desk, days: int) -> None:
    """What the worker of actors does so many days later."""
    instance = desk.open()
    custody = instance.units["actors"].custody
    assert custody is not None
    custody.step(instance.now() + timedelta(days=days))
    instance.close()


def asks(desk: Desk, step: int) -> None:
    """The person asks to be erased, and the process dies at this durable step of it."""
    instance = desk.open()
    command = RequestErasure(
        erasure_id=f"e{step}", person_id="p1", basis=ErasureBasis.ASKED_BY_PERSON, at=instance.now()
    )
    try:
        with dies_at(step), pytest.raises(Died):
            instance.apps["actors"].handle(command, command_id=f"c{step}", request_digest="d")
    finally:
        instance.close()


@pytest.fixture
def cut_short(bare_desk: Desk) -> Desk:
    """A city whose process died just after the vault had noted a request."""
    prepare(bare_desk.folder)
    registered(bare_desk, "p1")
    for step in range(1, STEPS):
        asks(bare_desk, step)
        if requests(bare_desk)[1]:
            return bare_desk
    pytest.fail("no step lies between the vault and the log")


def test_a_request_that_no_event_names_is_forgotten_and_can_be_made_again(cut_short: Desk) -> None:
    looked_after(cut_short, 0)
    assert len(requests(cut_short)[1]) == 1, "somebody may be about to append its event"
    looked_after(cut_short, FORGOTTEN_AFTER.days + 1)
    assert requests(cut_short) == ([], [])
    assert cut_short.call("erase", "p1", "--yes", "--json").data["state"] == "completed"


@pytest.mark.apart  # doctor tries the port
def test_the_doctor_counts_such_requests(cut_short: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def findings() -> dict[str, bool]:
        printed = cut_short.call("doctor", "--json", KOSILAB_PORT=str(free_port())).data
        return {finding["what"]: finding["well"] for finding in printed}

    assert findings()["vault: requests"] is True
    monkeypatch.setattr("deploy.diagnosis.vault.FORGOTTEN_AFTER", timedelta(days=-2))
    assert findings()["vault: requests"] is False
