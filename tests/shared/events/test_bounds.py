"""Does every value of an event have a bound, and is what lies outside named, unless the noun holds it already?"""

from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin

import pytest

from shared.events.bounds import Impossible, hints_of, kind_and_bound, possible
from shared.events.marketplace.offer import MatchConfirmed, OfferPosted
from shared.kernel.quantity import NUMBER
from shared.kernel.sealed import Sealed
from shared.kernel.text import WRITTEN_BY_CODE
from tests.shared.events.examples import EXAMPLES

OFFER: Any = EXAMPLES[OfferPosted][1]
CONFIRMED: Any = EXAMPLES[MatchConfirmed][1]
CODE_WRITES = {
    "command",
    "consumer",
    "digest",
    "indicator",
    "initiated_by",
    "kldb",
    "name",
    "note",
    "policy",
    "proposed_by",
    "reaction",
    "reason",
    "role",
    "rule",
    "sentence",
    "service",
    "source",
    "target",
    "text",
    "trigger_stream",
    "trigger_type",
}
"""Texts that no person types as they are: a rule's name, a signed note, the reasons of a match."""


def bounds_of(cls: Any) -> list[tuple[str, str, Any]]:
    """The class, name and bound of each field that has one, in an event and in its parts."""
    listed = []
    for field in fields(cls):
        kind, bound = kind_and_bound(hints_of(cls)[field.name], field.name)
        while get_origin(kind) is tuple:
            kind, bound = kind_and_bound(get_args(kind)[0], field.name.removesuffix("s"))
        if is_dataclass(kind) and kind is not Sealed:
            listed += bounds_of(kind)
        elif bound is not None:
            listed.append((cls.__name__, field.name, bound))
    return listed


@pytest.mark.parametrize("cls", EXAMPLES, ids=lambda cls: cls.__name__)
def test_what_a_person_types_has_a_bound_of_its_own(cls: type) -> None:
    for owner, name, bound in bounds_of(cls):
        assert bound is not NUMBER, f"{owner}.{name}: say what the number may be (shared.kernel.quantity)"
        typed = bound is WRITTEN_BY_CODE and name not in CODE_WRITES
        assert not typed, f"{owner}.{name}: say what the text may be (shared.kernel.text)"


@pytest.mark.parametrize("cls", EXAMPLES, ids=lambda cls: cls.__name__)
def test_every_example_is_possible(cls: type) -> None:
    assert possible([EXAMPLES[cls][1]])


ODD: list[tuple[dict[str, Any], str, str]] = [
    ({"title": "x" * 201}, "terms.title", "1 to 200 characters"),
    ({"title": "\u200b"}, "terms.title", "1 to 200 characters"),
    ({"title": "a\x07"}, "terms.title", "none a control character"),
    ({"title": "a\nb"}, "terms.title", "none a control character"),
    ({"places": 0}, "terms.places", "from 1 to 1000"),
    ({"places": True}, "terms.places", "from 1 to 1000"),
    ({"skills": tuple(map(str, range(101)))}, "terms.skills", "at most 100 entries"),
    ({"skills": ("a", "")}, "terms.skills.1", "1 to 200 characters"),
    ({"market_day_id": "no id"}, "terms.market_day_id", "an id has"),
    ({"description": "x" * 2_001}, "terms.description", "at most 2000 characters"),
]


@pytest.mark.parametrize(("terms", "path", "sentence"), ODD)
def test_a_value_outside_is_named_with_what_is_possible(
    terms: dict[str, Any], path: str, sentence: str
) -> None:
    odd = replace(OFFER, terms=replace(OFFER.terms, **terms))
    with pytest.raises(Impossible) as refused:
        possible([OFFER, odd])
    (fault,) = refused.value.faults
    assert fault.path == path
    assert sentence in fault.sentence
    assert sentence in str(refused.value)


@pytest.mark.parametrize("terms", [terms for terms, _, _ in ODD])
def test_what_the_noun_holds_already_may_be_said_again_and_nothing_else(terms: dict[str, Any]) -> None:
    @dataclass(frozen=True)
    class State:
        matches: dict[str, tuple[object, ...]]

    before = replace(OFFER.terms, **terms)
    again = replace(CONFIRMED, terms=before)
    assert possible([again], State({"m": (before,)}))
    with pytest.raises(Impossible):
        possible([again], State({"m": (OFFER.terms,)}))


@pytest.mark.parametrize("number", ["1E+2", "-1", "-0", "NaN", "Infinity", "1.00001", "1E-30", "1000.01"])
def test_a_decimal_is_written_out_and_within_its_bound(number: str) -> None:
    work = CONFIRMED.terms.work
    odd = replace(OFFER, terms=replace(OFFER.terms, work=replace(work, pay_per_hour=Decimal(number))))
    with pytest.raises(Impossible, match=r"terms\.work\.pay_per_hour: from 0 to 1000"):
        possible([odd])


def test_the_bound_of_a_type_is_found_behind_none() -> None:
    kind, bound = kind_and_bound(Annotated[str, WRITTEN_BY_CODE] | None, "anything")
    assert (kind, bound) == (str, WRITTEN_BY_CODE)
