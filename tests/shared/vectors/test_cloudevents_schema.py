"""Is every golden sample a CloudEvent by the published JSON Schema?"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from tests.shared.events.golden import SAMPLES

ROOT = Path(__file__).parent.parent.parent.parent
FORMATS = jsonschema.FormatChecker(formats=())

pytestmark = pytest.mark.vectors


@FORMATS.checks("date-time", raises=ValueError)
def is_moment(text: object) -> bool:
    """A date with a time and an offset."""
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


@FORMATS.checks("uri")
def is_uri(text: object) -> bool:
    """An address that stands alone: it has a scheme."""
    return not isinstance(text, str) or bool(urlsplit(text).scheme)


@pytest.fixture(scope="module")
def validator() -> Any:
    """A validator by the published schema of CloudEvents 1.0."""
    folder = Path(os.environ.get("KOSILAB_SHARED_DATA", ROOT.parent / "shared" / "data"))
    path = folder / "cloudevents.schema.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there; KOSILAB_SHARED_DATA says where it is")
    schema = json.loads(path.read_text(encoding="utf-8"))
    return jsonschema.Draft7Validator(schema, format_checker=FORMATS)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_a_cloudevent(validator: Any, name: str) -> None:
    assert [error.message for error in validator.iter_errors(json.loads(SAMPLES[name]))] == []


@pytest.mark.parametrize(
    "broken", [{"id": ""}, {"time": "2026-01-15T09:30:00"}, {"source": 3}, {"dataschema": "x"}]
)
def test_what_is_none_is_found(validator: Any, broken: dict[str, Any]) -> None:
    sample = {**json.loads(next(iter(SAMPLES.values()))), **broken}
    assert list(validator.iter_errors(sample))
    missing = {name: value for name, value in sample.items() if name != "type"}
    assert list(validator.iter_errors(missing))
