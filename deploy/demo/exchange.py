"""The story of an exchange: from an offer and a need to an agreement that both sides have kept."""

from typing import Any

from deploy.demo.story import NOTARY, Story, expect
from shared.service.tables import Caller

CATEGORY = "space_and_equipment"
GIVEN = {"giver": "a", "category": CATEGORY, "description": "Lastenrad für ein Wochenende", "hours": "16"}
RETURNED = {
    "giver": "b",
    "category": "know_how",
    "description": "Vorlesestunde in der Werkstatt",
    "hours": "2",
}


def tell(story: Story) -> None:
    """Play it from the beginning to the end.

    Raises: DidNotHappen.
    """
    city = story.city
    before = story.figure("agreements_sealed")
    company = story.organisation("Radwerk Lindenhof", "company")
    library = story.organisation("Bücherei am Markt", "non_profit")
    with story.step("an offer and a need are posted"):
        offer_id = city.send("/marketplace/offers", company, terms=_terms(story, "Lastenrad zu leihen"))["id"]
        need_id = city.send("/marketplace/needs", library, terms=_terms(story, "Lastenrad gesucht"))["id"]
    match_id = story.match(offer_id, need_id, company, library)
    agreement_id = _agree(story, match_id, company, library)
    _keep(story, agreement_id, company, library)
    with story.step("the need is met"):
        city.await_so(f"/marketplace/needs/{need_id}", library, lambda need: need["status"] == "met")
    story.counted("agreements_sealed", before + 1)
    story.ended_in = "AgreementFulfilled"


def _terms(story: Story, title: str) -> dict[str, Any]:
    return {
        "kind": "exchange",
        "title": title,
        "category": CATEGORY,
        "district": story.district,
        "skills": ["Lastenrad", "Transport"],
    }


def _agree(story: Story, match_id: str, company: Caller, library: Caller) -> str:
    """Both give something and sign, a notary seals the agreement; returns its id."""
    city = story.city
    with story.step("an agreement is drafted"):
        drafted = city.await_one("/marketplace/agreements", library, match_id=match_id)
    agreement = f"/marketplace/agreements/{drafted['id']}"
    with story.step("the other side adds what it gives in return"):
        both = {"commitments": [GIVEN, RETURNED], "reciprocity": "mutual"}
        expect(city.send(f"{agreement}/revise-draft", library, **both), "AgreementDrafted")
    with story.step("both sign"):
        for party in (company, library):
            expect(city.send(f"{agreement}/sign-agreement", party), "AgreementSigned")
    with story.step("a notary seals"):
        expect(city.send(f"{agreement}/seal-agreement", NOTARY), "AgreementSealed")
    return str(drafted["id"])


def _keep(story: Story, agreement_id: str, company: Caller, library: Caller) -> None:
    """Each side reports what it gave, and the other confirms it."""
    city, agreement = story.city, f"/marketplace/agreements/{agreement_id}"
    with story.step("the partners get in touch"):
        expect(city.send(f"{agreement}/record-contact", library), "AgreementContactMade")
    with story.step("what the company promised is delivered and confirmed"):
        city.send(f"{agreement}/report-delivery", company, number=1)
        expect(city.send(f"{agreement}/confirm-delivery", library, number=1), "CommitmentConfirmed")
    with story.step("what was promised in return is delivered and confirmed, and the agreement fulfilled"):
        city.send(f"{agreement}/report-delivery", library, number=2)
        expect(city.send(f"{agreement}/confirm-delivery", company, number=2), "AgreementFulfilled")
