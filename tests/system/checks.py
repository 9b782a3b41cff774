"""Was anything lost, done twice or told otherwise? Each check answers with sentences; none means that all is well.

The invariants are those of any city, whatever was done to its broker, database or processes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from services.reporting.app import REPORTING
from services.reporting.history import FactProjector
from shared.eventlog.layouts import digest
from shared.eventlog.port import StoredRecord
from shared.eventlog.store import SqlStore
from shared.events.codec import Envelope, decode_envelope
from shared.events.registry import SERVICES
from shared.service.folding import types_of
from shared.service.inbox import inbox_cursor
from shared.service.projection import facts_cursor, views_cursor
from shared.service.reactor import OWN
from shared.service.relay import CURSOR
from tests.contracts.bus.rights import FOLLOWS
from tests.servers import TooLate, until
from tests.system.cluster import Cluster
from tests.system.load import Command

PAGE = 5000
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Logs:
    """The logs of all services as they are now: records, and their envelopes, in the order of position."""

    records: Mapping[str, list[bytes]]
    envelopes: Mapping[str, list[Envelope]]


def read_logs(cluster: Cluster, upto: Mapping[str, int]) -> Logs:
    """Every record of every service up to these positions: a checkpoint comes by itself at any time."""
    records: dict[str, list[bytes]] = {}
    for service in SERVICES:
        with cluster.store(service) as store:
            records[service] = [stored.record for stored in pages(store)][: upto[service]]
    return Logs(
        records, {name: [decode_envelope(record) for record in kept] for name, kept in records.items()}
    )


def pages(store: SqlStore) -> Iterator[StoredRecord]:
    """All that lies in a log."""
    after = 0
    while stored := store.log.read(after=after, limit=PAGE):
        yield from stored
        after = stored[-1].position


def await_quiet(cluster: Cluster, within: float = 180.0) -> dict[str, int]:
    """Wait until everybody has come to the end of everything, and nothing more follows from it; where that was."""
    quiet_at: dict[str, int] = {}
    with ExitStack() as opened:
        stores = {service: opened.enter_context(cluster.store(service)) for service in SERVICES}

        def is_quiet() -> bool:
            quiet_at.update(heads(stores))
            return not list(behind(stores, quiet_at)) and heads(stores) == quiet_at

        try:
            until(is_quiet, "everybody has come to the end", within=within)
        except TooLate as late:
            raise TooLate(f"{late}: {list(behind(stores, heads(stores)))}") from late
    return quiet_at


def heads(stores: Mapping[str, SqlStore]) -> dict[str, int]:
    """The last position of each log."""
    return {service: store.log.head().position for service, store in stores.items()}


def behind(stores: Mapping[str, SqlStore], last: Mapping[str, int]) -> Iterator[str]:
    """Who has not come to the last position of what they read."""
    for service, store in stores.items():
        cursors = store.cursors.all()
        wanted = dict.fromkeys((CURSOR, views_cursor(service), OWN), last[service])
        for source in FOLLOWS[service]:
            wanted |= dict.fromkeys((inbox_cursor(source), views_cursor(source)), last[source])
        for name, head in wanted.items():
            if cursors.get(name, 0) < head:
                yield f"{service}: {name} is at {cursors.get(name, 0)}, not at {head}"
        if service == "reporting":
            yield from facts_behind(store)


def facts_behind(store: SqlStore) -> Iterator[str]:
    """The sources of which history holds something that the facts have not counted."""
    for source in FOLLOWS["reporting"]:
        at = store.cursors.cursor(facts_cursor(source))
        last = store.history.positions().get(source, 0)
        if at < last and store.history.records_of(
            source, types_of(REPORTING.facts, source), after=at, upto=last
        ):
            yield f"reporting: the facts of {source} are at {at}"


# --- the invariants -------------------------------------------------------------------------------
def logs_without_gap(logs: Logs) -> Iterator[str]:
    """Positions and stream versions count from 1 without a gap, `previous` leads back, no id comes twice."""
    for service, envelopes in logs.envelopes.items():
        if [int(envelope.sequence) for envelope in envelopes] != list(range(1, len(envelopes) + 1)):
            yield f"{service}: the positions have a gap"
        versions: dict[str, int] = defaultdict(int)
        previous: dict[str, int] = defaultdict(int)
        for envelope in envelopes:
            versions[envelope.subject] += 1
            if (
                envelope.streamversion != versions[envelope.subject]
                or int(envelope.previous) != previous[envelope.audience]
            ):
                yield f"{service}: {envelope.sequence} does not follow what was before it"
            previous[envelope.audience] = int(envelope.sequence)
        if len({envelope.id for envelope in envelopes}) < len(envelopes):
            yield f"{service}: an event id comes twice"


def acknowledged_commands_once(logs: Logs, commands: Iterable[Command]) -> Iterator[str]:
    """What each answer says stands in the log at its place, and no command had its effect twice."""
    of_command: dict[tuple[str, str], list[Envelope]] = defaultdict(list)
    for service, envelopes in logs.envelopes.items():
        for envelope in envelopes:
            of_command[service, envelope.commandid].append(envelope)
    for command in commands:
        if command.answer is None:
            continue
        service, position = command.service, command.answer["position"]
        if position > len(logs.envelopes[service]):
            yield f"{command.key}: acknowledged at {position}, where the log of {service} has nothing"
            continue
        last = logs.envelopes[service][position - 1]
        written = of_command[service, last.commandid]
        types = [envelope.type.split(".")[2] for envelope in written]
        if types != command.answer["events"] or last.streamversion != command.answer["version"]:
            yield f"{command.key}: acknowledged with {command.answer['events']}, the log has {types}"
        if last.subject.partition("-")[2] != command.answer["id"]:
            yield f"{command.key}: another stream stands at its position"
    answered = [command.answer["id"] for command in commands if command.answer]
    yield from twice("an answer names the stream of another", answered)


def posted_once(logs: Logs, names: Iterable[str]) -> Iterator[str]:
    """Each command named its own thing; each thing came about once."""
    wanted = set(names)
    counts = Counter(
        name
        for envelopes in logs.envelopes.values()
        for envelope in envelopes
        if envelope.type.endswith((".OfferPosted.v1", ".NeedPosted.v1", ".OrganisationRegistered.v1"))
        for name in [_name_in(bytes(envelope.data))]
        if name in wanted
    )
    for name in wanted:
        if counts[name] != 1:
            yield f"{name} came about {counts[name]} times"


def reactions_once(logs: Logs) -> Iterator[str]:
    """No match was proposed twice, no command of a reaction was refused."""
    matches = [
        bytes(envelope.data).partition(b'"match_id":"')[2][:32].decode()
        for envelope in logs.envelopes["marketplace"]
        if envelope.type.endswith(".MatchProposed.v1")
    ]
    yield from twice("proposed twice", matches)
    refused = [
        envelope.sequence
        for envelopes in logs.envelopes.values()
        for envelope in envelopes
        if envelope.type.split(".")[2] in {"ReactionRefused", "PlacementNotProposed"}
    ]
    if refused:
        yield f"{len(refused)} reactions were refused"


def history_is_the_logs(cluster: Cluster, logs: Logs) -> Iterator[str]:
    """Reporting holds every record of its sources, byte for byte."""
    with cluster.store("reporting") as store:
        for source in FOLLOWS["reporting"]:
            # Up to where the logs were read: a checkpoint that came since is not missed, and not too much.
            n_read = len(logs.records[source])
            kept = [record for _, record in store.history.records(source, limit=n_read)]
            if kept != logs.records[source]:
                yield f"history of {source} is not its log: {len(kept)} of {len(logs.records[source])} records"


def facts_are_the_replay(cluster: Cluster) -> Iterator[str]:
    """The facts are what history leads to, folded from nothing."""
    with cluster.store("reporting") as store:
        facts = FactProjector(store, REPORTING.facts).projection
        replayed = facts.replay(facts.positions())
        for name, live in facts.digests().items():
            if live != digest(replayed[name]):
                yield f"fact {name} is not what a replay from zero leads to"


def nothing_is_parked(cluster: Cluster) -> Iterator[str]:
    """Nobody choked on anything."""
    for service in SERVICES:
        with cluster.store(service) as store:
            for parked in store.parked.listed():
                yield f"{service}: {parked.source} {parked.position} is parked: {parked.reason}"


def watcher_saw_all(
    watched: Mapping[str, list[tuple[int, bytes]]], logs: Logs, after: Mapping[str, int]
) -> Iterator[str]:
    """Whoever only listens to the broker got every record behind these positions, byte for byte, in order."""
    for service, records in logs.records.items():
        first_seen: dict[int, bytes] = {}
        for position, record in watched.get(service, ()):
            first_seen.setdefault(position, record)
        wanted = dict(enumerate(records[after[service] :], start=after[service] + 1))
        lost = [position for position in wanted if position not in first_seen]
        if lost:
            yield f"{service}: {len(lost)} records never reached the broker, the first is {lost[0]}"
        # What was written since the logs were read (a checkpoint comes by itself) is not judged here.
        judged = {position: record for position, record in first_seen.items() if position <= len(records)}
        if any(record != records[position - 1] for position, record in judged.items()):
            yield f"{service}: a message is not the log's record"
        if list(first_seen) != sorted(first_seen):
            yield f"{service}: the records came in another order"


def inbox_holds_what_is_open(
    cluster: Cluster, service: str, waiting: Mapping[str, set[int]]
) -> Iterator[str]:
    """What the broker has taken and the service has not handled still lies in the service's inbox."""
    with cluster.store(service) as store:
        cursors = store.cursors.all()
    for source in FOLLOWS[service]:
        with cluster.store(source) as other:
            relayed = other.cursors.cursor(CURSOR)
        handled = cursors.get(inbox_cursor(source), 0)
        lost = set(range(handled + 1, relayed + 1)) - waiting.get(source, set())
        if lost:
            yield f"{service}: {len(lost)} messages of {source} are neither handled nor in the inbox"


# --- helpers of the checks ------------------------------------------------------------------------
def twice(what: str, items: Sequence[str]) -> Iterator[str]:
    """Those that come more than once."""
    for item, n in Counter(items).items():
        if n > 1:
            yield f"{item}: {what} ({n} times)"


def _name_in(data: bytes) -> str:
    for label in (b'"title":"', b'"name":"'):
        _, separator, rest = data.partition(label)
        if separator:
            return rest.partition(b'"')[0].decode()
    return ""
