"""What does the log say of a request? What helps to find a defect, and nothing that names anybody."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.eventlog.port import LogUnavailable
from shared.eventlog.sql.database import Database
from tests.edge.door import Door

SECRETS = ("person-secret", "Geheimer Verein", "key-secret", "secret-token")

UNKIND = f"""
import json, sys
from pathlib import Path
from shared.service import telemetry
from shared.service.tables import Role
from shared.eventlog.port import LogUnavailable
from shared.eventlog.sql.database import Database
from tests.edge.door import Door

telemetry.configure("DEBUG")
door = Door(Path(sys.argv[1]))
person, secret, key, token = {SECRETS!r}
ask = door.instance.units["actors"].store.ask

def broken(*_, **asked):
    raise RuntimeError("a defect")

ask.find = broken
answers = [
    door.send("/actors/persons", {{"context": "volunteering"}}, Role.PERSON, person, key=key),
    door.send("/actors/persons", {{"context": secret}}, Role.PERSON, person, key=key),
    door.send("/actors/persons", {{secret: 1}}, Role.PERSON, person),
    door.get(f"/actors/persons/{{person}}?x={{secret}}", Role.COORDINATOR),
    door.get("/actors/persons", headers={{"Authorization": f"Bearer {{token}}"}}),
    door.get(f"/actors/organisations?district={{secret}}"),
]
print(json.dumps([[answer.status_code, answer.text] for answer in answers]))
"""


@pytest.fixture(scope="module")
def answers_and_log(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[int, str]], str]:
    """The answers, and the log, of a process of its own: logging is configured once in a process."""
    command = [sys.executable, "-c", UNKIND, str(tmp_path_factory.mktemp("city"))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return [(status, text) for status, text in json.loads(done.stdout)], done.stderr


def test_nothing_that_names_anybody_is_logged(answers_and_log: tuple[list[tuple[int, str]], str]) -> None:
    answers, log = answers_and_log
    assert [status for status, _ in answers] == [201, 422, 400, 400, 401, 500]
    assert log
    assert [secret for secret in SECRETS if secret in log] == []


def test_a_defect_is_logged_under_the_reference_that_the_caller_was_told(
    answers_and_log: tuple[list[tuple[int, str]], str],
) -> None:
    answers, log = answers_and_log
    problem = json.loads(answers[-1][1])
    (line,) = (line for line in map(json.loads, log.splitlines()) if line["event"] == "request_failed")
    assert line["reference"] in problem["detail"]
    assert "RuntimeError: a defect" in line["exception"]
    assert "a defect" not in problem["detail"]


def test_an_error_of_the_database_says_nothing_of_what_was_to_be_written(door: Door) -> None:
    says_nothing(door.instance.units["actors"].store.database)


@pytest.mark.needs_postgres
def test_neither_does_one_of_postgresql(postgres_url: str) -> None:
    database = Database(postgres_url)
    says_nothing(database)
    database.close()


def says_nothing(database: Database) -> None:
    statement = text("INSERT INTO no_such_table VALUES (:value)")
    with pytest.raises((LogUnavailable, DBAPIError)) as error, database.transaction() as tx:
        tx.execute(statement, {"value": SECRETS[1]})
    assert "no_such_table" in str(error.value)
    assert SECRETS[1] not in str(error.value)
