"""Does each service keep what its OpenAPI promises, whatever comes: right, wrong, unsigned, by another method?"""

from collections.abc import Iterator

import pytest

from deploy.services import SERVICE_TABLES
from shared.edge import feed, openapi, queries
from shared.events.process import ParkedEventSkipped
from tests.edge.door import Door
from tests.edge.fuzzing import Tried, tried
from tests.few import one_in

SEED = 20160601
N_EXAMPLES = 2
ALL_CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "positive_data_acceptance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
}


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    """Nobody waits long for a view or for new events; the document says so too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "WAIT_S", 0.0)
        for module in (feed, openapi):
            patch.setattr(module, "MAX_TIMEOUT_MS", 20)
        yield patch


@pytest.fixture(scope="module", params=SERVICE_TABLES)
def result(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch
) -> Tried:
    """One run for each service, on a city of its own in which one organisation may post."""
    door = Door(tmp_path_factory.mktemp("city"), KOSILAB_REQUESTS_PER_S="0")
    door.verified_organisation("organisation-1")
    sign(door, request.param)
    answers = tried(
        door, request.param, patch, n_examples=N_EXAMPLES, seed=SEED, one_in=one_in(request.config)
    )
    door.instance.close()
    return answers


def sign(door: Door, service: str) -> None:
    """A checkpoint over the service's log, which holds something at least."""
    unit, now = door.instance.units[service], door.instance.now()
    happened = ParkedEventSkipped(consumer="reactions", source="actors", position=1, reason="made up")
    unit.app.note(happened, stream="parked-actors-1", at=now)
    issuer = door.instance.ledger.issuer(unit.store)
    issuer.step(now)
    issuer.issue(now)


def test_nothing_is_answered_that_the_document_does_not_say(result: Tried) -> None:
    assert result.errors == []
    assert result.failures == []


def test_every_check_was_made(result: Tried) -> None:
    assert set(result.checks) >= ALL_CHECKS


def test_every_operation_was_seen_to_succeed(result: Tried) -> None:
    asked = {operation for operation, _ in result.statuses}
    assert asked - {operation for operation, status in result.statuses if 200 <= status < 300} == set()
