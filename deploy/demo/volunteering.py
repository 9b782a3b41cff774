"""The story of an engagement: from a place for a volunteer to hours that the host has confirmed."""

from decimal import Decimal

from deploy.demo.story import COORDINATOR, Story, expect
from shared.service import clock, ids
from shared.service.tables import Caller

HOURS = Decimal("3.5")  # [h]


def tell(story: Story) -> None:
    """Play it from the beginning to the end.

    Raises: DidNotHappen.
    """
    before = story.figure("confirmed_volunteer_hours")
    host = story.organisation("Nachbarschaftshaus Sonnenhang", "non_profit")
    volunteer = story.person("volunteering")
    offer_id = story.checked_offer(host, _terms(story))
    with story.step("the person enters a search"):
        search = {
            "kind": "volunteering",
            "hours": "under_5",
            "distance": "city",
            "from_month": f"{clock.now():%Y-%m}",
            "category": "event_support",
        }
        search_id = story.city.send("/marketplace/searches", volunteer, terms=search)["id"]
    match_id = story.match(offer_id, search_id, host, volunteer)
    engagement_id = _begin(story, match_id, host)
    _work(story, engagement_id, host, volunteer)
    with story.step("the search is met"):
        where = f"/marketplace/searches/{search_id}"
        story.city.await_so(where, volunteer, lambda search: search["status"] == "met")
    story.counted("confirmed_volunteer_hours", before + HOURS)
    story.ended_in = f"VolunteerHoursConfirmed ({HOURS} h)"


def _terms(story: Story) -> dict[str, object]:
    return {
        "kind": "volunteering",
        "title": "Café am Nachmittag",
        "category": "event_support",
        "district": story.district,
        "volunteering": {"form": "regular", "hours_per_week": "3"},
    }


def _begin(story: Story, match_id: str, host: Caller) -> str:
    """The person is referred, on trial, then engaged; returns the engagement's id."""
    city, today = story.city, f"{clock.now():%Y-%m-%d}"
    with story.step("the volunteer is referred to the host"):
        engagement_id = str(city.await_one("/marketplace/engagements", host, match_id=match_id)["id"])
    engagement = f"/marketplace/engagements/{engagement_id}"
    with story.step("a trial begins"):
        expect(city.send(f"{engagement}/start-trial", host, started_on=today), "TrialStarted")
    with story.step("the engagement begins"):
        expect(city.send(f"{engagement}/start-engagement", host, started_on=today), "EngagementStarted")
    return engagement_id


def _work(story: Story, engagement_id: str, host: Caller, volunteer: Caller) -> None:
    city, engagement = story.city, f"/marketplace/engagements/{engagement_id}"
    entry_id = ids.new_id()
    with story.step("the volunteer reports hours"):
        entry = {"entry_id": entry_id, "worked_on": f"{clock.now():%Y-%m-%d}", "hours": str(HOURS)}
        expect(city.send(f"{engagement}/log-hours", volunteer, **entry), "VolunteerHoursLogged")
    with story.step("the host confirms them"):
        confirmed = city.send(f"{engagement}/confirm-hours", host, entry_id=entry_id)
        expect(confirmed, "VolunteerHoursConfirmed")
    with story.step("the agency sees the engagement with its hours"):
        city.await_so(
            engagement, COORDINATOR, lambda document: document["entries"][entry_id]["status"] == "confirmed"
        )
