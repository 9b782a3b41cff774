"""What the tests of employment begin with: one placement on its way."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.employment.domain.placement import (
    ContractPlacement,
    DeclinePlacement,
    ProposePlacement,
    ReportNeverStarted,
    StartPlacement,
)
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementDeclined,
    PlacementNeverStarted,
    PlacementProposed,
    PlacementStarted,
)
from shared.events.vocabulary import EndReason, NeverStartedReason, WorkForm
from tests.employment.story import Story

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MATCH: dict[str, Any] = {"match_id": "m1", "offer_id": "of1", "search_id": "s1"}
JOB: dict[str, Any] = {
    "employer_id": "o1",
    "form": WorkForm.JOB,
    "hours_per_week": Decimal("38.5"),
    "term_months": 24,
    "kldb": "63301",
    "additional": True,
}


@pytest.fixture(scope="session")
def story() -> Story:
    """A placement from proposal to first working day: match m1, offer of1, search s1, employer o1."""
    terms: dict[str, Any] = {
        "contracted_on": date(2026, 2, 20),
        "starts_on": date(2026, 3, 1),
        "hours_per_week": Decimal("38.5"),
        "term_months": 24,
    }
    first_day = date(2026, 3, 1)
    other = NeverStartedReason.OTHER_PLACE_FOUND
    return Story(
        propose=ProposePlacement(placement_id="pl1", **MATCH, **JOB, at=AT),
        proposed=PlacementProposed(**MATCH, **JOB),
        decline=DeclinePlacement(placement_id="pl1", reason=EndReason.BY_PERSON, at=AT),
        declined=PlacementDeclined(**MATCH, reason=EndReason.BY_PERSON),
        contract=ContractPlacement(placement_id="pl1", **terms, at=AT),
        contracted=PlacementContracted(**terms),
        start=StartPlacement(placement_id="pl1", started_on=first_day, at=AT),
        started=PlacementStarted(
            **MATCH, employer_id="o1", form=WorkForm.JOB, additional=True, started_on=first_day
        ),
        never=ReportNeverStarted(placement_id="pl1", reason=other, at=AT),
        never_started=PlacementNeverStarted(**MATCH, reason=other),
    )
