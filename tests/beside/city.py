"""Which city runs while somebody writes beside it? `kosilab up` on files or a server, and clients that never rest."""

import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from deploy.cli.migrate import CITY_WIDE
from shared.eventlog.migrations import migrate
from shared.eventlog.parked import ParkedMessage, ParkedState
from shared.eventlog.store import SqlStore
from shared.events.registry import SERVICES
from shared.service import clock
from shared.service.parking import CONSUMER
from shared.service.settings import load
from shared.service.tables import Role
from tests.beside.neighbour import Neighbour
from tests.city import prepare
from tests.edge.process import CITY, CITY_KEY, Served
from tests.servers import PostgresServer, until
from tests.system.load import Command, Connections, send

N_CLIENTS = 4
N_POSTERS = 4
PAUSE_S = 0.1
"""How long a client rests between two postings [s]: the city is busy, and keeps up."""

MATCHING_EVERY = 10
"""One posting in so many is a need that the offer before it fits: reactions have their share of the load."""

N_TRIES = 5
NO_ANSWER = (0, 503)
"""The statuses after which a client sends the same again: no answer came, or none is possible now."""

TROUBLE = (
    "loop_failed",
    "projector_stopped",
    "event_parked",
    "reactions_stopped",
    "inbox_stopped",
    "Traceback",
)
"""What a city logs in which something broke; a wait is no trouble."""


class BusyCity:
    """A running city, its clients, and the process beside it."""

    def __init__(self, folder: Path, urls: Mapping[str, str]) -> None:
        """Nothing runs yet; `urls` are the databases by name, files where there are none."""
        self.folder = folder
        self.env = {f"KOSILAB_{name.upper()}_DATABASE_URL": url for name, url in urls.items()}
        if not urls:
            prepare(folder / "city")
        self.served = Served(folder, KOSILAB_REQUESTS_PER_S="0", **self.env)
        self.answers: Counter[int] = Counter()
        self._numbers = count()
        self._positions = count(1)
        self._stopping = threading.Event()
        self._clients: list[threading.Thread] = []

    def start(self) -> None:
        """Start the city, and have its organisations registered and verified."""
        self.served.start()
        for number in range(N_POSTERS):
            self._posted(
                Role.ORGANISATION, f"poster-{number}", "/actors/organisations", _organisation(number)
            )
            self._posted(
                Role.COORDINATOR,
                "coordinator",
                f"/actors/organisations/poster-{number}/verify-organisation",
                {},
            )
        until(self._posters_are_known, "the marketplace knows who posts")
        self._clients = [
            threading.Thread(target=self._send, args=(n,), daemon=True) for n in range(N_CLIENTS)
        ]
        for client in self._clients:
            client.start()

    def _posters_are_known(self) -> bool:
        """Whether the marketplace has heard that each was verified."""
        commands = [
            self._command(
                Role.ORGANISATION,
                f"poster-{n}",
                "/marketplace/offers",
                {"terms": _terms("offer", n, 0)},
                f"first {n} {next(self._numbers)}",
            )
            for n in range(N_POSTERS)
        ]
        return all(sent_once(command)[0] == 201 for command in commands)

    def rest(self) -> None:
        """Let the clients end; the city stays."""
        self._stopping.set()
        for client in self._clients:
            client.join(60)

    def stop(self) -> None:
        """Let the clients end, then the city."""
        self.rest()
        self.served.stop()

    def neighbour(self) -> Neighbour:
        """A process beside it, on the same databases."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("KOSILAB_")}
        own = {"KOSILAB_CITY": CITY, "KOSILAB_DATA_DIR": str(self.folder / "city")}
        return Neighbour({**others, **own, **self.env})

    def volunteer(self, number: int) -> str:
        """A person who has just registered; their id."""
        person = f"volunteer-{number}-{next(self._numbers)}"
        self._posted(Role.PERSON, person, "/actors/persons", {"context": "volunteering", "name": "made up"})
        return person

    def parked(self) -> tuple[str, str, str]:
        """A parked event that nobody will try again today: its consumer's service, its source and its position."""
        position = next(self._positions)
        message = ParkedMessage(
            consumer=CONSUMER,
            source="actors",
            position=position,
            stream=f"parked-for-the-test-{position}",
            error_class="LookupError",
            reason="made up",
            fingerprint="f",
            attempts=1,
            parked_at=clock.now(),
            next_at=clock.now() + timedelta(days=1),
            state=ParkedState.FAILED,
        )
        store = self.store("marketplace")
        with store.transaction() as tx:
            store.parked.park(tx, message)
        store.close()
        return "marketplace", message.source, str(position)

    def store(self, service: str) -> SqlStore:
        """The store of a service, as another process opens it."""
        settings = load({"KOSILAB_DATA_DIR": str(self.folder / "city"), "KOSILAB_CITY": CITY}, self.env)
        url = settings.database_url(service)
        return SqlStore.open(url, service=service, city_key=CITY_KEY, clock=clock.now)

    @property
    def trouble(self) -> list[str]:
        """The lines of the city's log that tell of something broken."""
        return [line for line in self.served.log.splitlines() if any(word in line for word in TROUBLE)]

    def _posted(self, role: Role, actor: str, path: str, body: Mapping[str, Any]) -> None:
        """Send a command, again with the same key while no answer comes, as a client does."""
        command = self._command(role, actor, path, body, f"{actor} {path}")
        answers = (sent_once(command) for _ in range(N_TRIES))
        status, answer = next((each for each in answers if each[0] not in NO_ANSWER), (0, {}))
        assert status in {200, 201}, (path, status, answer)

    def _command(self, role: Role, actor: str, path: str, body: Mapping[str, Any], key: str) -> Command:
        return Command(
            key=key,
            address=f"http://127.0.0.1:{self.served.port}",
            path=path,
            token=self.served.token(role, actor),
            body=dict(body),
        )

    def _send(self, number: int) -> None:
        connections: Connections = {}
        actor, n_sent = f"poster-{number % N_POSTERS}", 0
        command = self._command(Role.ORGANISATION, actor, "", {}, "")
        while not self._stopping.is_set():
            n_sent += 1
            noun = "need" if n_sent % MATCHING_EVERY == 0 else "offer"
            command.path, command.key = f"/marketplace/{noun}s", f"{number} {n_sent}"
            command.body = {"terms": _terms(noun, number, n_sent)}
            status, _ = send(command, connections)
            self.answers[status] += 1
            self._stopping.wait(PAUSE_S)
        for connection in connections.values():
            connection.close()


def sent_once(command: Command) -> tuple[int, dict[str, Any]]:
    """Status and answer, over a connection of its own."""
    connections: Connections = {}
    try:
        return send(command, connections)
    finally:
        for connection in connections.values():
            connection.close()


def _organisation(number: int) -> Mapping[str, Any]:
    return {"name": f"Verein {number} (made up)", "sector": "non_profit", "district": "Barmen"}


def _terms(noun: str, number: int, n_sent: int) -> Mapping[str, Any]:
    return {
        "kind": "exchange",
        "title": f"{noun} {n_sent} of {number} (made up)",
        "category": "know_how"
        if n_sent % MATCHING_EVERY in {0, MATCHING_EVERY - 1}
        else "space_and_equipment",
        "district": "Barmen",
    }


@contextmanager
def busy(folder: Path, urls: Mapping[str, str]) -> Iterator[BusyCity]:
    """A city at work with its clients; it has ended when the block has."""
    city = BusyCity(folder, urls)
    try:
        city.start()
        yield city
    finally:
        city.stop()


@contextmanager
def databases_on(server: PostgresServer) -> Iterator[dict[str, str]]:
    """Fresh databases of a city on a server, by name."""
    urls = {name: server.create_database() for name in (*SERVICES, *CITY_WIDE)}
    for name, url in urls.items():
        CITY_WIDE[name].migrate(url) if name in CITY_WIDE else migrate(url, name)
    try:
        yield urls
    finally:
        for url in urls.values():
            server.drop_database(url)


def offers_file(folder: Path, number: int, n_offers: int = 20) -> Path:
    """A file with offers that no other file has, of organisations of `organisations_file`."""
    path = folder / f"angebote-{number}.csv"
    lines = ["Nr.;Org-Nr.;Art;Angebot;Kategorie;Stadtteil;eingestellt am"]
    lines += [
        f"A-{number}-{n};O-{n % 5};Tausch;Angebot {n} der Datei {number};Know-how;Barmen;01.04.2026"
        for n in range(n_offers)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def organisations_file(folder: Path) -> Path:
    """A file with the organisations that the offers name."""
    path = folder / "organisationen.csv"
    lines = ["Nr.;Name;Sektor;Stadtteil;aufgenommen am"]
    lines += [f"O-{n};Initiative {n} (erdacht);Initiative;Barmen;01.03.2026" for n in range(5)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
