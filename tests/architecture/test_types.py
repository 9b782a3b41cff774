"""Do types reach across borders? Each error planted into the product's own code is one that mypy names."""

import os
from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parent.parent.parent
MARKETPLACE = "services/marketplace"

# What is wrong, the file, what stands there, what is planted in its place, and what mypy says.
PLANTED = [
    (
        "a reaction reads a field that its event lacks",
        "reactions/match.py", "held.need_id", "held.need", '"PlaceHeld" has no attribute "need"',
    ),
    (
        "a reaction listens to an event that it does not take",
        "reactions/match.py", "events_of(CameToNothing), react", "events_of(Met), react", "incompatible type",
    ),
    (
        "a timer reads a field that only some of its events have",
        "reactions/offer.py", "isinstance(data, OfferPosted | OfferConfirmedCurrent)", "data", "has no attribute",
    ),
    (
        "a page misspells a status",
        "pages/board.py", "status=OfferStatus.POSTED", "status=OfferStatus.POSTD", 'has no attribute "POSTD"',
    ),
    (
        "a page reads a field that no document has",
        "pages/board.py", 'organisation.get("name")', 'organisation["nam"]', 'has no key "nam"',
    ),
    (
        "a document gets a misspelt status",
        "views/match.py", '{"status": MatchStatus.HELD}', '{"status": "hold"}', 'expected "MatchDocument | None"',
    ),
    (
        "a read model has no branch for an event",
        "views/need.py",
        'case NeedExpired():\n            return need | {"status": NeedStatus.EXPIRED}\n        case _:',
        "case _:",
        'Argument 1 to "assert_never" has incompatible type "NeedExpired"',
    ),
    (
        "an evolve has no branch for an event",
        "domain/counselling.py",
        "return replace(counted, held_on=event.held_on, stated_in=number)\n        case CounsellingCorrected():",
        "return replace(counted, held_on=event.held_on, stated_in=number)\n        case _ if number < 0:",
        'Argument 1 to "assert_never" has incompatible type "CounsellingCorrected"',
    ),
    (
        "a decider has no branch for a command",
        "domain/places.py",
        "case ReopenPlace():\n            return reopen(offer, command)\n        case _:",
        "case _:",
        'Argument 1 to "assert_never" has incompatible type "ReopenPlace"',
    ),
    (
        "a route names a command of another decider",
        "routes/agreement.py", "command=ReportFailure, decider=COMMITMENTS", "command=ReportFailure, decider=AGREEMENT",
        "Cannot infer",
    ),
    (
        "a check reads a field that the command lacks",
        "routes/standing.py", "is_suspended(command.organisation_id, ask)", "is_suspended(command.organisation, ask)",
        'has no attribute "organisation"',
    ),
    (
        "a reaction asks a read model for a field that its documents lack",
        "reactions/agreement.py", 'proposed["proposed_by"]', 'proposed["proposer"]', 'has no key "proposer"',
    ),
]  # fmt: skip


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy remembers of the unchanged modules from one planted error to the next."""
    return tmp_path_factory.mktemp("types")


def errors(cache: Path, file: str, text: str) -> list[str]:
    """What mypy says of the file, were this its text."""
    shadow = cache / f"{os.getpid()}.py"
    shadow.write_text(text, encoding="utf-8")
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary", "--no-color-output"]
    report, broken, _ = api.run(
        [*options, "--cache-dir", str(cache), "--shadow-file", file, str(shadow), file]
    )
    assert broken == "", broken
    return report.splitlines()


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a developer calls mypy."""
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize(
    ("file", "there", "planted", "message"),
    [entry[1:] for entry in PLANTED],
    ids=[entry[0] for entry in PLANTED],
)
def test_a_planted_error_is_found_by_its_type(
    cache: Path, file: str, there: str, planted: str, message: str
) -> None:
    path = f"{MARKETPLACE}/{file}"
    text = Path(path).read_text(encoding="utf-8")
    assert there in text, f"{path} changed: plant the error elsewhere"
    assert errors(cache, path, text) == []
    lines = errors(cache, path, text.replace(there, planted, 1))
    assert any(line.startswith(f"{path}:") and message in line for line in lines), lines
