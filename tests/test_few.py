"""Does a first look try a few examples, and every other one all of them?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.few import FEW, ONE_IN, left_out, one_in, try_few_examples

SEEN: list[int] = []


@given(st.integers())
@settings(max_examples=40)
def look(number: int) -> None:
    SEEN.append(number)


def test_a_first_look_tries_a_few_examples_and_every_other_one_all() -> None:
    look()
    assert len(SEEN) == 40
    try_few_examples(look)
    SEEN.clear()
    look()
    assert len(SEEN) == FEW


def test_what_has_no_examples_is_left_alone() -> None:
    try_few_examples(len)


@pytest.mark.parametrize(("option", "expected"), [(True, ONE_IN), (False, 1)])
def test_of_seeds_and_addresses_a_first_look_takes_one_in_a_few(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch, *, option: bool, expected: int
) -> None:
    monkeypatch.setattr(pytestconfig.option, "few_examples", option)
    assert one_in(pytestconfig) == expected


@pytest.mark.parametrize("number", range(ONE_IN + 1))
@pytest.mark.sampled
def test_of_a_large_table_a_first_look_takes_one_case_in_a_few(
    request: pytest.FixtureRequest, number: int
) -> None:
    cases = [item for item in request.session.items if item.name.startswith(f"{request.node.originalname}[")]
    assert len(cases) == (2 if request.config.getoption("few_examples") else ONE_IN + 1)
    assert number in ((0, ONE_IN) if request.config.getoption("few_examples") else range(ONE_IN + 1))


def test_what_is_in_no_table_is_taken(request: pytest.FixtureRequest) -> None:
    assert left_out([request.node]) == []
