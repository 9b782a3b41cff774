"""Does a refusal name the first rule that does not hold?"""

import pytest

from shared.kernel.refusal import Refused, name_of, require, rule_ids_of, sentence_of, stored_as


def sky_is_blue(_state: object, _command: object) -> bool:
    """The sky is blue.

    Rule: M06, P02
    """
    return True


def grass_is_red(_state: object, _command: object) -> bool:
    """The grass is red."""
    return False


def snow_is_black(_state: object, _command: object) -> bool:
    """The snow is black."""
    return False


def test_the_first_rule_that_does_not_hold_is_named() -> None:
    with pytest.raises(Refused) as refused:
        require(None, None, sky_is_blue, grass_is_red, snow_is_black)
    assert (refused.value.rule, refused.value.sentence) == ("grass_is_red", "The grass is red.")


def test_a_renamed_rule_keeps_the_name_that_is_stored() -> None:
    @stored_as("grass_is_red")
    def grass_has_another_colour(_state: object, _command: object) -> bool:
        """The grass is red."""
        return False

    with pytest.raises(Refused) as refused:
        require(None, None, grass_has_another_colour)
    assert (refused.value.rule, refused.value.sentence) == ("grass_is_red", "The grass is red.")
    assert name_of(grass_has_another_colour) == name_of(grass_is_red)


def test_rules_that_hold_let_pass() -> None:
    require(None, None, sky_is_blue)


def test_a_rule_says_its_sentence_and_its_handbook_ids() -> None:
    assert sentence_of(sky_is_blue) == "The sky is blue."
    assert rule_ids_of(sky_is_blue) == ("M06", "P02")
    assert rule_ids_of(grass_is_red) == ()
