"""Is a simple task derived from the code of the occupation (rule E08)?"""

import pytest

from services.employment.domain.occupation import is_simple_task, requirement_level


@pytest.mark.parametrize(("kldb", "level"), [("63301", 1), ("63302", 2), ("43104", 4)])
def test_the_fifth_digit_is_the_requirement_level(kldb: str, level: int) -> None:
    assert requirement_level(kldb) == level


@pytest.mark.parametrize("kldb", [None, "", "633", "633019", "6330x", "63300", "63305", "6330٣"])
def test_what_is_no_code_tells_no_level(kldb: str | None) -> None:
    assert requirement_level(kldb) is None
    assert is_simple_task(kldb) is None


def test_only_level_one_is_a_simple_task() -> None:
    assert is_simple_task("63301") is True
    assert is_simple_task("63302") is False
