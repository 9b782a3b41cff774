"""Has every noun what a noun needs: its rooms, routes, a query, samples, sentences, and a fact for what is open?"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import shared.events.all  # noqa: F401 - registers every event
from deploy.services import SERVICE_TABLES
from services.reporting.app import REPORTING
from shared.events.actors.lab import (
    LabClosed,
    LabEstablished,
    LabMandateDefined,
    LabMemberAdmitted,
    LabMemberReleased,
    LabPhaseEntered,
)
from shared.events.actors.organisation import OrganisationCheckReopened
from shared.events.marketplace.agreement import CommitmentDelivered, CommitmentDisputed
from shared.events.marketplace.need import NeedConfirmedCurrent
from shared.events.registry import Audience, all_types, type_of
from shared.events.reporting.release import ReportReleased
from shared.kernel.decider import Decider
from shared.kernel.read_model import events_of
from shared.kernel.refusal import name_of, sentence_of
from shared.service.tables import ServiceTables
from tests.architecture.stored_names import rules_of_the_code
from tests.shared.events.golden import SAMPLES

SERVICES = Path(__file__).parent.parent.parent / "services"
WITH_ROOMS = {name: tables for name, tables in SERVICE_TABLES.items() if tables.commands}
ROOMS = ("domain", "routes", "views", "reactions", "custody", "edge", "pages", "importing", "simulation")
NEEDED_ROOMS = ("domain", "routes", "views")

NOT_COUNTED: Mapping[type, str] = {
    **dict.fromkeys(
        (LabEstablished, LabMandateDefined, LabMemberAdmitted, LabMemberReleased, LabPhaseEntered, LabClosed),
        "a lab marks the facts of others; no figure counts labs",
    ),
    CommitmentDelivered: "a figure counts what the receiver confirmed",
    CommitmentDisputed: "a figure counts what the receiver confirmed",
    OrganisationCheckReopened: "a figure counts an organisation from its first check on",
    NeedConfirmedCurrent: "a need counts from its posting to its end",
    ReportReleased: "it publishes figures; no figure counts those",
}
"""Open events that no fact folds, each with the reason."""

FURTHER_NOUNS: Mapping[str, frozenset[str]] = {
    "actors": frozenset({"activity", "term"}),
    "marketplace": frozenset(
        {"board", "match", "proposal", "search", "meeting", "hours", "organisation", "person", "staff"}
    ),
    "employment": frozenset({"organisation", "search"}),
}
"""What rooms have a file for besides what the domain has one for: seen, done or imported, and decided elsewhere."""

PARTS: Mapping[str, frozenset[str]] = {
    "actors": frozenset({"simulation/names"}),
    "marketplace": frozenset(
        {
            "routes/callers",
            "routes/standing",
            "views/plain",
            "importing/words",
            "simulation/wares",
            "simulation/volunteering_offer",
            "simulation/work_offer",
            "simulation/work_search",
        }
    ),
    "employment": frozenset(),
}
"""Files that several nouns of a room share."""

NOUNS = [
    (tables, decider)
    for tables in WITH_ROOMS.values()
    for decider in {route.decider.name: route.decider for route in tables.commands}.values()
]


def files_of(service: str) -> set[str]:
    """The files in the rooms of a service, as `<room>/<noun>`."""
    return {
        f"{room}/{path.stem}"
        for room in ROOMS
        for path in (SERVICES / service / room).glob("*.py")
        if path.stem != "__init__"
    }


def events_folded_by(decider: Decider[Any, Any, Any]) -> tuple[type, ...]:
    """The events of a decider's streams, as its `evolve` declares them."""
    parameter = list(inspect.signature(decider.evolve).parameters)[1]
    return events_of(get_type_hints(decider.evolve)[parameter])


def lacking(
    tables: ServiceTables, decider: Decider[Any, Any, Any], files: Iterable[str], samples: Iterable[str]
) -> Iterator[str]:
    """What a noun lacks."""
    noun = decider.name
    yield from (f"{noun} has no {room}/{noun}.py" for room in NEEDED_ROOMS if f"{room}/{noun}" not in files)
    routes = [route for route in tables.commands if route.decider.name == noun]
    if not any(route.roles for route in routes):
        yield f"{noun} has no command that anybody may send"
    module = f"services.{tables.name}.views.{noun}"
    read = [query for query in tables.queries if query.view.evolve.__module__ == module]
    if not read:
        yield f"{noun} has no query over a read model in views/{noun}.py"
    for cls in events_folded_by(decider):
        wire_name = type_of(cls).wire_name(tables.name)
        if wire_name not in samples:
            yield f"{noun} has no sample of {cls.__name__}"


def uncounted(facts: Iterable[type], reasons: Iterable[type]) -> set[str]:
    """Open events that neither a fact folds nor a reason explains."""
    explained = {*facts, *reasons}
    return {
        registered.cls.__name__
        for _, registered in all_types()
        if registered.audience == Audience.OPEN and registered.cls not in explained
    }


def strangers(service: str, files: Iterable[str]) -> list[str]:
    """Files in rooms that are named for no noun."""
    nouns = {file.partition("/")[2] for file in files if file.startswith("domain/")} | FURTHER_NOUNS[service]
    return sorted(
        file for file in files if file.partition("/")[2] not in nouns and file not in PARTS[service]
    )


def speechless(rules: Iterable[tuple[str, Any]]) -> list[str]:
    """Rules whose docstring does not begin with a whole sentence for the person who is refused."""
    return [name_of(rule) for _, rule in rules if not sentence_of(rule).endswith(".")]


@pytest.mark.parametrize(("tables", "decider"), NOUNS, ids=lambda part: part.name)
def test_a_noun_has_its_rooms_routes_query_and_samples(
    tables: ServiceTables, decider: Decider[Any, Any, Any]
) -> None:
    assert list(lacking(tables, decider, files_of(tables.name), SAMPLES)) == []


@pytest.mark.parametrize("service", WITH_ROOMS)
def test_a_file_in_a_room_is_named_for_a_noun(service: str) -> None:
    files = files_of(service)
    assert strangers(service, files) == []
    assert PARTS[service] <= files, "a file that is gone is not listed"
    named = {file.partition("/")[2] for file in files}
    assert FURTHER_NOUNS[service] <= named, "a noun without a file is not listed"


def test_an_open_event_is_folded_into_a_fact_or_there_is_a_reason() -> None:
    folded = [cls for fact in REPORTING.facts for cls in fact.on]
    assert uncounted(folded, NOT_COUNTED) == set()
    assert [cls.__name__ for cls in NOT_COUNTED if cls in folded] == []


def test_a_rule_says_a_sentence() -> None:
    assert speechless(rules_of_the_code()) == []


def test_what_a_noun_lacks_is_found() -> None:
    tables, decider = NOUNS[0]
    files = files_of("actors") - {"routes/organisation"}
    bare = replace(tables, commands=(), queries=())
    samples = [name for name in SAMPLES if name != "kosilab.actors.OrganisationVerified.v1"]
    assert list(lacking(bare, decider, files, samples)) == [
        "organisation has no routes/organisation.py",
        "organisation has no command that anybody may send",
        "organisation has no query over a read model in views/organisation.py",
        "organisation has no sample of OrganisationVerified",
    ]


def test_an_open_event_without_fact_and_reason_is_found() -> None:
    folded = [cls for fact in REPORTING.facts for cls in fact.on]
    assert uncounted(folded, [cls for cls in NOT_COUNTED if cls is not LabClosed]) == {"LabClosed"}


def test_a_file_that_is_named_for_no_noun_is_found() -> None:
    assert strangers("employment", ["domain/placement", "views/placement", "views/things"]) == [
        "views/things"
    ]


def test_a_rule_without_a_sentence_is_found() -> None:
    def nobody_says_why() -> bool:
        return True

    def it_is_not_finished() -> bool:
        """It is not finished"""  # noqa: D415
        return True

    rules = [("actors", nobody_says_why), ("actors", it_is_not_finished)]
    assert speechless(rules) == ["nobody_says_why", "it_is_not_finished"]
