"""Does the code store things under the names that the golden list holds, and does that list only grow?"""

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from deploy.services import SERVICE_TABLES
from shared.kernel.refusal import require, stored_as
from tests.architecture.stored_names import FILE, appended, names_of_the_code, objections, required_in

NAMES = ["reaction actors answer", "rule actors sky_is_blue"]
LISTED = appended("", NAMES)


def test_the_code_stores_things_under_the_listed_names() -> None:
    assert objections(FILE.read_text(encoding="utf-8"), names_of_the_code()) == []


def test_no_two_services_have_a_reaction_or_a_timer_of_the_same_name() -> None:
    reactions = Counter(reaction.name for tables in SERVICE_TABLES.values() for reaction in tables.reactions)
    timers = Counter(timer.kind for tables in SERVICE_TABLES.values() for timer in tables.timers)
    assert [name for name, number in (reactions + timers).items() if number > 1] == []


def test_a_list_that_has_what_the_code_has_is_in_order() -> None:
    assert objections(LISTED, NAMES) == []
    assert appended(LISTED, NAMES) == LISTED


def test_a_new_name_is_missed_and_appended_behind_the_others() -> None:
    grown = [*NAMES, "command actors Answer"]
    assert objections(LISTED, grown) == ["command actors Answer is not listed: run `make golden`"]
    assert appended(LISTED, grown).startswith(LISTED)
    assert objections(appended(LISTED, grown), grown) == []


def test_a_lost_name_is_missed_and_never_comes_back_once_retired() -> None:
    kept, lost = NAMES
    assert objections(LISTED, [kept]) == [f"{lost} is gone: keep the name, or retire it in the list"]
    retired = appended(LISTED, [kept])
    assert retired.startswith(LISTED)
    assert objections(retired, [kept]) == []
    assert objections(retired, NAMES) == [f"{lost} is retired: give it another name"]


@pytest.mark.parametrize(
    "changed",
    [
        LISTED.replace("answer", "reply"),
        "\n".join(LISTED.splitlines()[1:]),
        "\n".join(reversed(LISTED.splitlines())),
    ],
    ids=["edited", "removed", "moved"],
)
def test_an_edited_a_removed_and_a_moved_line_are_seen(changed: str) -> None:
    names = [line.split(" ", 1)[1] for line in changed.splitlines()]
    (objection,) = objections(changed, names)
    assert objection.startswith("line 1 or the one before it was edited")


def test_two_things_under_one_name_are_seen() -> None:
    assert objections(LISTED, [*NAMES, NAMES[0]]) == [f"{NAMES[0]} is the stored name of two things"]


def sky_is_blue(_state: object, _command: object) -> bool:
    """The sky is blue."""
    return True


@stored_as("sky_is_blue")
def sky_has_its_colour(_state: object, _command: object) -> bool:
    """The sky is blue."""
    return True


BOTH = (sky_is_blue, sky_has_its_colour)


def decide() -> None:
    """Requires the rules in each way that there is."""
    require(None, None, sky_is_blue, *BOTH)


def test_rules_are_found_where_they_are_required() -> None:
    assert list(required_in(sys.modules[__name__])) == [sky_is_blue, *BOTH]


def test_a_rule_without_a_name_is_seen(tmp_path: Path) -> None:
    nameless = ModuleType("nameless")
    nameless.__file__ = str(tmp_path / "nameless.py")
    Path(nameless.__file__).write_text(
        "require(state, command, lambda state, command: True)\n", encoding="utf-8"
    )
    with pytest.raises(TypeError, match="nameless, line 1: give `require` the rules by their names"):
        list(required_in(nameless))
