"""What do the many clients send? Organisations to register, offers and needs to post; all names are made up."""

from collections.abc import Iterator, Sequence
from functools import partial

from shared.service.tables import Caller, Role
from tests.servers import until
from tests.system.cluster import Cluster, get_status
from tests.system.load import Command, Load

COORDINATOR = Caller(role=Role.COORDINATOR, actor="coordinator")
N_POSTERS = 8
MATCHING_EVERY = 25
"""Every so many offers, one has a need that it fits: matches are proposed, and proposed once."""


def posters(cluster: Cluster, run: str) -> list[Caller]:
    """Organisations that are verified and known on the marketplace."""
    callers = [Caller(role=Role.ORGANISATION, actor=f"{run}-organisation-{n}") for n in range(N_POSTERS)]
    settle(_registration(cluster, caller.actor, caller) for caller in callers)
    token, address = cluster.token(COORDINATOR), cluster.address("actors")
    verified = settle(
        Command(
            key=f"verify {caller.actor}",
            address=address,
            path=f"/actors/organisations/{caller.actor}/verify-organisation",
            token=token,
            body={},
        )
        for caller in callers
    )
    last = max(command.answer["position"] for command in verified if command.answer)
    path = f"/marketplace/offers?limit=1&min_position=actors:{last}"
    until(partial(_is_known, cluster, path), "the organisations are known on the marketplace")
    return callers


def settle(commands: Iterator[Command]) -> Sequence[Command]:
    """Send these and wait for their outcomes."""
    load = Load(commands, n_clients=8)
    load.start()
    load.finish()
    return load.commands


def registrations(cluster: Cluster, run: str, n: int) -> Iterator[Command]:
    """Organisations that the coordinator registers."""
    for number in range(n):
        yield _registration(cluster, name_of(run, "organisation", number), COORDINATOR)


def postings(cluster: Cluster, run: str, n: int, by: Sequence[Caller]) -> Iterator[Command]:
    """Offers, and now and then a need that fits one of them."""
    tokens = [cluster.token(caller) for caller in by]
    for number in range(n):
        fits = number % MATCHING_EVERY < 2  # an offer, then the need for it
        noun = "need" if number % MATCHING_EVERY == 1 else "offer"
        terms = {
            "kind": "exchange",
            "title": name_of(run, noun, number),
            "category": "know_how" if fits else "space_and_equipment",
            "district": "Barmen",
        }
        yield Command(
            key=f"{run} {number}",
            address=cluster.address("marketplace"),
            path=f"/marketplace/{noun}s",
            token=tokens[number % len(tokens)],
            body={"terms": terms},
        )


def name_of(run: str, noun: str, number: int) -> str:
    """The title or name by which a thing is found again."""
    return f"{noun} {number} of {run} (made up)"


def names_in(commands: Sequence[Command]) -> list[str]:
    """The titles and names that these commands give."""
    return [str(command.body.get("name") or command.body["terms"]["title"]) for command in commands]


def _registration(cluster: Cluster, name: str, by: Caller) -> Command:
    return Command(
        key=f"register {name}",
        address=cluster.address("actors"),
        path="/actors/organisations",
        token=cluster.token(by),
        body={"name": name, "sector": "company", "district": "Barmen"},
    )


def _is_known(cluster: Cluster, path: str) -> bool:
    return get_status(cluster.address("marketplace"), path) == 200
