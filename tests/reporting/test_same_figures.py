"""Do the figures of a large history stay what they were, whatever changes in the way they are declared?"""

import hashlib
import json
from datetime import date
from itertools import product

import pytest

from services.reporting.answers import Answers, Asked
from tests.reporting.histories import InMemory
from tests.reporting.sizes import MANY, large

TODAY = date(2020, 6, 1)
PERIODS = ((date.min, date.max), (date(2016, 1, 1), date(2016, 12, 31)))
DIGESTS = {
    ("agreements_sealed", 1): "17c5f047498ac39a",
    ("agreements_per_participant", 1): "29ddc73abdf8efe0",
    ("redemption_rate", 1): "ae7bac88c65eae30",
    ("reciprocity_balance", 1): "37101aa13234541e",
    ("need_coverage", 1): "710d6295717d451d",
    ("time_to_match", 1): "15be1412c0bcce11",
    ("match_acceptance", 1): "739e8dbe048a9489",
    ("counselling_requests", 1): "d675210aee940d37",
    ("trial_success", 1): "8a079e69dd4dcb91",
    ("confirmed_volunteer_hours", 1): "da6e376e2a945c29",
    ("placements_started", 1): "ad4fa39638c75816",
    ("start_rate", 1): "9d504634853f2362",
    ("retention_3_months", 1): "696cc3d775acd3ed",
    ("retention_6_months", 1): "50178a5bf0cf4356",
    ("retention_12_months", 1): "fecc3f0c92c902ff",
}
"""By name and version: a new version gets a line, an old line is never edited."""


@pytest.fixture(scope="module")
def answers() -> Answers:
    """The figures of the large history."""
    return Answers(InMemory(large(MANY)))


@pytest.mark.parametrize(("name", "version"), DIGESTS)
def test_a_definition_counts_what_it_always_counted(answers: Answers, name: str, version: int) -> None:
    breakdowns = answers.indicator(name, Asked(version=version), TODAY)["breakdowns"]
    counted = []
    for by, full, lab, (begins, ends) in product(breakdowns, (False, True), (None, "north"), PERIODS):
        asked = Asked(begins=begins, ends=ends, by=by, lab=lab, full=full, version=version)
        answer = answers.indicator(name, asked, TODAY)
        counted.append((by, full, lab, answer["from"], answer["result"], answer["groups"]))
    written = json.dumps(counted, sort_keys=True).encode()
    assert hashlib.sha256(written).hexdigest()[:16] == DIGESTS[name, version]
