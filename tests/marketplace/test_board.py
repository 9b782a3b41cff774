"""Is the board what the views hold: after every change, after a restart, and with several threads?"""

import random
import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.marketplace.domain.candidates import best_of_all
from services.marketplace.domain.need import AmendNeed, PostNeed, PostSearch, WithdrawNeed
from services.marketplace.domain.offer import PostOffer, WithdrawOffer
from services.marketplace.domain.scoring import OPEN_END, Pairing, Posting, band, level_of
from services.marketplace.reactions.board import (
    Board,
    board_of,
    posting_of_need,
    posting_of_offer,
    posting_of_search,
)
from services.marketplace.views.need import NEEDS
from shared.events.vocabulary import Category, HoursBand
from tests.marketplace.desk import Desk
from tests.marketplace.postings import anybody
from tests.marketplace.scenes import AT, EXCHANGE, NEED, SEARCH, WORK

ASKED = Posting(
    id="x",
    party="nobody",
    kind="exchange",
    corner="know_how",
    district="Barmen",
    since="2026-01-01",
    stems=frozenset({"buchhalt"}),
)


def of_needs(desk: Desk, board: Board | None = None) -> list[str]:
    """The needs that the board finds for an offer, the best first."""
    pairing = Pairing(ASKED, asked_is_offer=True)
    best = (board or board_of(desk.store.ask)).best(desk.store.ask, pairing, anybody, 10)
    return [candidate.posting.id for candidate in best]


def from_scratch(desk: Desk) -> list[str]:
    """The same by scoring every document of the view."""
    documents = desk.store.ask.find(NEEDS, limit=1000)
    postings = [posting for need in documents if (posting := posting_of_need(need)) is not None]
    best = best_of_all(postings, Pairing(ASKED, asked_is_offer=True), anybody, 10)
    return [candidate.posting.id for candidate in best]


def random_need_command(chance: random.Random) -> Any:
    """Something that changes a need, or is refused."""
    need_id = f"n{chance.randrange(12)}"
    terms = replace(
        NEED,
        title=chance.choice(["Buchhaltung", "Garten", "Buchhaltung im Garten"]),
        category=chance.choice([Category.KNOW_HOW, Category.KNOW_HOW, Category.GOODS]),
        district=chance.choice(["Barmen", "Elberfeld"]),
        skills=(),
        n_people=chance.randrange(1, 5),
    )
    return chance.choice(
        [
            PostNeed(need_id=need_id, organisation_id="seeker", terms=terms, at=AT),
            PostNeed(need_id=need_id, organisation_id="other", terms=terms, at=AT),
            AmendNeed(need_id=need_id, terms=terms, at=AT),
            WithdrawNeed(need_id=need_id, at=AT),
        ]
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_board_follows_the_views_whatever_changes(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        desk.send(random_need_command(chance))
        if chance.random() < 0.5:
            desk.settle()
            assert of_needs(desk) == from_scratch(desk)


def test_after_a_restart_the_board_is_what_it_was(desk: Desk, tmp_path: Path) -> None:
    chance = random.Random(3)
    for _ in range(40):
        desk.send(random_need_command(chance))
    desk.settle()
    before = of_needs(desk)
    again = Desk(tmp_path)
    assert of_needs(again) == before != []
    again.close()


def test_many_threads_ask_one_board_while_needs_change(desk: Desk) -> None:
    board, chance = Board(), random.Random(11)
    failures: list[BaseException] = []
    asked_enough = threading.Event()

    def ask() -> None:
        try:
            while not asked_enough.is_set():
                of_needs(desk, board)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test says so
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(60):
        desk.send(random_need_command(chance))
        desk.settle()
    asked_enough.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert of_needs(desk, board) == from_scratch(desk)


def test_offers_leave_the_board_when_they_are_full_or_gone(desk: Desk) -> None:
    def ids_of_the_best() -> list[str]:
        pairing = Pairing(replace(ASKED, id="n"), asked_is_offer=False)
        return [
            candidate.posting.id
            for candidate in board_of(desk.store.ask).best(desk.store.ask, pairing, anybody, 10)
        ]

    desk.done(PostOffer(offer_id="of1", organisation_id="host", terms=EXCHANGE, at=AT))
    assert ids_of_the_best() == ["of1"]
    desk.done(WithdrawOffer(offer_id="of1", at=AT))
    assert ids_of_the_best() == []


def test_an_offer_is_seen_with_its_free_places(desk: Desk) -> None:
    terms = replace(EXCHANGE, places=3, available_until=date(2026, 5, 1))
    desk.done(PostOffer(offer_id="of1", organisation_id="host", terms=terms, at=AT))
    posting = posting_of_offer(desk.document("offers", "of1"))
    assert posting is not None
    assert (posting.capacity, posting.ends, posting.corner) == (3, date(2026, 5, 1), "know_how")
    assert posting.spelled == {"buchhalt": "Buchhaltung"}
    assert posting_of_offer(desk.document("offers", "of1") | {"taken": ["a", "b", "c"]}) is None
    assert posting_of_offer(desk.document("offers", "of1") | {"status": "exhausted"}) is None


def test_a_work_offer_stands_in_the_corner_of_its_occupation() -> None:
    assert WORK.work is not None
    document: Any = {
        "id": "of1",
        "status": "posted",
        "taken": [],
        "organisation_id": "host",
        "posted_at": "2026-03-02",
        "terms": {
            "kind": "work",
            "title": "Lagerhilfe",
            "category": "helping_hands",
            "district": "Barmen",
            "places": 1,
            "skills": [],
            "available_from": None,
            "available_until": None,
            "work": {"kldb": "51311", "hours_per_week": "38.5", "starts_on": "2026-05-01"},
            "volunteering": None,
        },
    }
    posting = posting_of_offer(document)
    assert posting is not None
    assert (posting.corner, posting.level, posting.hours) == ("513", 1, HoursBand.OVER_30)
    assert (posting.begins, posting.ends) == (date(2026, 5, 1), OPEN_END)


def test_a_search_is_seen_without_place_and_words(desk: Desk) -> None:
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    posting = posting_of_search(desk.document("searches", "s1"))
    assert posting is not None
    assert (posting.district, posting.stems, posting.spelled) == ("", frozenset(), {})
    assert (posting.corner, posting.level, posting.begins) == ("513", 1, date(2026, 4, 1))
    assert posting.is_search


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (None, None),
        ("4.5", HoursBand.UNDER_5),
        ("5", HoursBand.FROM_5_TO_15),
        ("14.99", HoursBand.FROM_5_TO_15),
        ("15", HoursBand.FROM_15_TO_30),
        ("30", HoursBand.OVER_30),
        (str(Decimal("38.5")), HoursBand.OVER_30),
    ],
)
def test_weekly_hours_fall_into_bands(hours: str | None, expected: HoursBand | None) -> None:
    assert band(hours) == expected


@pytest.mark.parametrize(
    ("kldb", "level"), [("51311", 1), ("51314", 4), ("513", None), ("", None), ("5131x", None)]
)
def test_the_level_is_the_fifth_digit(kldb: str, level: int | None) -> None:
    assert level_of(kldb) == level
