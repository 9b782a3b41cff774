"""Does a slot open only with its key and in its place, and do its digests bind without telling?"""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.vault.sealing import Place, Unreadable, blinding_of, commitment, digest, seal, unseal

KEY, OTHER_KEY = secrets.token_bytes(32), secrets.token_bytes(32)
PLACE = Place("event-1", "kosilab.actors.PersonRegistered.v1", "name")
ELSEWHERE = (
    Place("event-2", PLACE.type, PLACE.name),
    Place(PLACE.event_id, "kosilab.actors.PersonAmended.v1", PLACE.name),
    Place(PLACE.event_id, PLACE.type, "contact"),
)


@given(text=st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_opens_again(text: str) -> None:
    sealed, _ = seal(KEY, PLACE, text)
    assert unseal(KEY, PLACE, sealed) == text


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_slot_opens_nowhere_else(place: Place) -> None:
    sealed, _ = seal(KEY, PLACE, "Erika Beispiel")
    with pytest.raises(Unreadable):
        unseal(KEY, place, sealed)


def test_a_slot_opens_with_no_other_key() -> None:
    sealed, _ = seal(KEY, PLACE, "Erika Beispiel")
    with pytest.raises(Unreadable):
        unseal(OTHER_KEY, PLACE, sealed)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_slot_does_not_open(at: int, bit: int) -> None:
    sealed, digests = seal(KEY, PLACE, "Erika Beispiel")
    changed = bytearray(sealed)
    changed[at % len(sealed)] ^= 1 << bit
    assert digest(bytes(changed)) != digests.ct
    with pytest.raises(Unreadable):
        unseal(KEY, PLACE, bytes(changed))


def test_the_commitment_opens_with_text_and_blinding_value_and_with_no_other_text() -> None:
    _, digests = seal(KEY, PLACE, "1990-04-01")
    assert commitment(blinding_of(KEY, PLACE), "1990-04-01") == digests.pt
    assert commitment(blinding_of(KEY, PLACE), "1990-04-02") != digests.pt


def test_the_same_text_has_other_digests_in_every_event() -> None:
    _, first = seal(KEY, PLACE, "1990-04-01")
    _, other = seal(KEY, ELSEWHERE[0], "1990-04-01")
    assert {first.ct, first.kref, first.pt}.isdisjoint({other.ct, other.kref, other.pt})


def test_a_place_is_one_of_its_own_however_its_parts_are_cut() -> None:
    assert Place("a", "bc", "d").bytes() != Place("ab", "c", "d").bytes()
