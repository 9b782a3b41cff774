"""A process that appends with several threads: `python -m … URL NAME THREADS COMMANDS [green]`.

Every thread has a stream of its own, and all threads of all processes share one. Prints what was acknowledged.
"""

import sys

if sys.argv[5:] == ["green"]:  # before any other import, as the launcher does it
    import eventlet

    eventlet.monkey_patch()

import json
import threading
from datetime import UTC, datetime

from shared.eventlog.port import Append, Conflict, Done, Draft, EventLog
from shared.eventlog.store import SqlStore

SHARED = "offer-shared"


def main() -> None:
    """Append, and say which command is where."""
    url, name, threads, commands = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    store = SqlStore.open(url, service="marketplace", city_key="wuppertal", clock=lambda: datetime.now(UTC))
    acknowledged: dict[str, int] = {}

    def work(number: int) -> None:
        for n in range(commands):
            mine = f"{name}-{number}-{n}"
            acknowledged[mine] = (
                write(store.log, f"offer-{name}-{number}", n // 2, mine)
                if n % 2
                else contest(store.log, mine)
            )

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    store.close()
    print(json.dumps(acknowledged))


def write(log: EventLog, stream: str, version: int, command_id: str) -> int:
    """Append one event; the position that was acknowledged."""
    event = Draft(
        id=f"event-{command_id}",
        type="kosilab.marketplace.OfferPosted.v1",
        audience="open",
        time=datetime.now(UTC),
        data=b"{}",
    )
    request = Append(
        stream=stream, expected_version=version, command_id=command_id, request_digest="d", events=[event]
    )
    outcome = log.append(request)
    assert isinstance(outcome, Done)
    return outcome.position


def contest(log: EventLog, command_id: str) -> int:
    """Append to the stream that everybody appends to, and decide again as often as somebody was quicker."""
    while True:
        try:
            return write(log, SHARED, len(log.read_stream(SHARED)), command_id)
        except Conflict:
            continue


if __name__ == "__main__":
    main()
