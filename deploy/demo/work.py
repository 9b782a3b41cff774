"""The story of a job: from an offer of work to a placement that lasts, checked after 3, 6 and 12 months.

The clock is real, so the dates of contract and start lie more than a year back.
"""

from datetime import timedelta

from deploy.demo.story import COUNSELLOR, Story, expect
from shared.events.employment.placement import MILESTONES
from shared.service import clock
from shared.service.tables import Caller

STARTED_BEFORE = timedelta(days=400)  # so long ago that every check has fallen due
CONTRACTED_BEFORE = STARTED_BEFORE + timedelta(days=14)
HOURS_PER_WEEK = "25"


def tell(story: Story) -> None:
    """Play it from the beginning to the end.

    Raises: DidNotHappen.
    """
    before = story.figure("placements_started")
    employer = story.organisation("Gartenbau Wiesengrund", "company")
    person = story.person("employment")
    offer_id = story.checked_offer(employer, _terms(story))
    with story.step("the person enters a search"):
        search = {
            "kind": "work",
            "hours": "from_15_to_30",
            "distance": "near",
            "from_month": f"{clock.now():%Y-%m}",
            "kldb3": "121",
            "level": 1,
        }
        search_id = story.city.send("/marketplace/searches", person, terms=search)["id"]
    match_id = story.match(offer_id, search_id, employer, person)
    placement_id = _begin(story, match_id, employer)
    _ask_after(story, placement_id)
    with story.step("the search is met"):
        where = f"/marketplace/searches/{search_id}"
        story.city.await_so(where, person, lambda search: search["status"] == "met")
    story.counted("placements_started", before + 1)
    story.ended_in = "PlacementStarted, PlacementRetentionConfirmed at 3, 6, 12 months"


def _terms(story: Story) -> dict[str, object]:
    return {
        "kind": "work",
        "title": "Helferin oder Helfer im Gartenbau",
        "category": "helping_hands",
        "district": story.district,
        "work": {
            "form": "job",
            "hours_per_week": HOURS_PER_WEEK,
            "pay_per_hour": "14.50",
            "term_months": 24,
            "kldb": "12101",
        },
    }


def _begin(story: Story, match_id: str, employer: Caller) -> str:
    """The placement is proposed, contracted and started; returns its id."""
    city, today = story.city, clock.now().date()
    started_on = (today - STARTED_BEFORE).isoformat()
    contract = {
        "contracted_on": (today - CONTRACTED_BEFORE).isoformat(),
        "starts_on": started_on,
        "hours_per_week": HOURS_PER_WEEK,
        "term_months": 24,
    }
    with story.step("a placement is proposed"):
        placement_id = str(city.await_one("/employment/placements", employer, match_id=match_id)["id"])
    placement = f"/employment/placements/{placement_id}"
    with story.step("the contract is recorded"):
        expect(city.send(f"{placement}/contract-placement", employer, **contract), "PlacementContracted")
    with story.step("the first working day is reported"):
        expect(city.send(f"{placement}/start-placement", employer, started_on=started_on), "PlacementStarted")
    return placement_id


def _ask_after(story: Story, placement_id: str) -> None:
    city, placement = story.city, f"/employment/placements/{placement_id}"
    with story.step("the retention checks fall due"):
        city.await_so(
            "/employment/retention-checks",
            COUNSELLOR,
            lambda answer: len(answer["items"]) == len(MILESTONES),
            placement_id=placement_id,
        )
    for milestone in MILESTONES:
        with story.step(f"the counsellor confirms that the person is still there after {milestone} months"):
            answer = {"milestone": milestone, "same_employer": True}
            confirmed = city.send(f"{placement}/confirm-retention", COUNSELLOR, **answer)
            expect(confirmed, "PlacementRetentionConfirmed")
