"""What if the server is killed, or told to stop, while callers are at it? Keys tell what became of their commands."""

import json
from pathlib import Path

import pytest

from shared.service.tables import Role
from tests.edge.process import HOSTS, Served, Wire

BODY = b'{"context": "volunteering"}'


def send(served: Served, wire: Wire, key: str) -> None:
    wire.say(
        "POST /actors/persons HTTP/1.1",
        "Host: city",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
        f"Idempotency-Key: {key}",
        f"Authorization: Bearer {served.token(Role.COORDINATOR)}",
        body=BODY,
    )


@pytest.mark.parametrize("host", HOSTS)
def test_after_a_kill_the_same_key_gets_the_first_outcome_and_none_took_effect_twice(
    tmp_path: Path, host: str
) -> None:
    served = Served(tmp_path, HOSTS[host])
    served.start()
    acknowledged: dict[str, bytes] = {}
    with served.connect() as wire:
        for number in range(20):
            send(served, wire, f"k-{number}")
            acknowledged[f"k-{number}"] = wire.answer()[2]
        send(served, wire, "in flight")
        served.kill()
    served.start()
    with served.connect() as wire:
        for key, first in acknowledged.items():
            send(served, wire, key)
            assert wire.answer()[2] == first
        outcomes = []
        for _ in range(2):
            send(served, wire, "in flight")
            status, _, body = wire.answer()
            outcomes.append((status, body))
    served.kill()
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0] == 201
    records = [json.loads(record) for record in served.records("actors")]
    commands = [record["commandid"] for record in records if record["type"].endswith("PersonRegistered.v1")]
    assert len(commands) == len(set(commands)) == 21
    assert "Traceback" not in served.log
