"""Does the instance say how it is, and nothing about people?"""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.edge.serving.answers import DETAILS
from shared.eventlog.port import LogUnavailable
from shared.service.tables import Role
from tests.edge.door import AN_ORGANISATION, Door

SECRETS = ("org-secret", "person-secret", "Geheimer Verein", "key-secret")


@pytest.fixture(scope="module", autouse=True)
def something_happened(door: Door) -> None:
    """An organisation, a person, an offer; and some errors."""
    door.send(
        "/actors/organisations",
        AN_ORGANISATION | {"name": SECRETS[2]},
        Role.ORGANISATION,
        SECRETS[0],
        key=SECRETS[3],
    )
    door.send("/actors/persons", {"context": "volunteering"}, Role.PERSON, SECRETS[1])
    door.send("/actors/persons", {"context": "nonsense"}, Role.PERSON, SECRETS[1])
    door.get(f"/actors/persons/{SECRETS[1]}", Role.COORDINATOR)
    door.instance.settle()


def test_a_process_that_answers_is_alive(door: Door) -> None:
    answer = door.get("/livez")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_an_instance_whose_parts_are_well_is_ready(door: Door) -> None:
    assert door.get("/readyz").text == "ready\n"
    lines = door.get("/readyz?verbose", Role.OPERATOR).text.splitlines()
    assert lines[-1] == "ready"
    assert {line.partition(" ")[2] for line in lines[:-1]} == {"ok"}
    checked = {line.removeprefix("[+]").partition(".")[0] for line in lines[:-1]}
    assert checked == set(door.instance.units)
    assert "[+]marketplace.database ok" in lines


def test_a_part_that_does_not_answer_makes_it_unready_but_not_dead(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise LogUnavailable

    monkeypatch.setattr(door.instance.units["employment"].store.log, "head", gone)
    answer = door.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.text.startswith("[-]employment.database\n")
    assert answer.text.endswith("\nnot ready\n")
    assert {line.partition(".")[0] for line in answer.text.splitlines()[:-1]} == {"[-]employment"}
    assert (
        "[-]employment.database: does not answer (LogUnavailable)"
        in door.get("/readyz?verbose", Role.OPERATOR).text
    )
    failed = [line.removeprefix("[-]") for line in answer.text.splitlines()[:-1]]
    assert door.get(f"/readyz?exclude={','.join(failed)}").status_code == 200
    assert door.get("/livez").status_code == 200


def test_a_database_that_is_gone_is_503_for_whoever_asks(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise LogUnavailable

    log = door.instance.units["actors"].store.log
    for method in ("outcome", "append", "head"):
        monkeypatch.setattr(log, method, gone)
    command = door.send("/actors/persons", {"context": "volunteering"}, Role.COORDINATOR, key="k")
    feed = door.get("/actors/log", Role.SERVICE)
    for answer in (command, feed):
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/metrics", "/readyz?verbose", "/readyz?verbose&exclude=x"])
def test_what_shows_each_act_as_it_happens_is_for_operators_and_auditors(door: Door, path: str) -> None:
    assert door.get(path).status_code == 401
    statuses = {role: door.get(path, role).status_code for role in Role}
    assert {role for role, status in statuses.items() if status == 200} == {Role.OPERATOR, Role.AUDITOR}
    assert {statuses[role] for role in Role if role not in {Role.OPERATOR, Role.AUDITOR}} == {403}


def test_metrics_are_prometheus_own_format_and_ours_have_our_prefix(door: Door) -> None:
    answer = door.get("/metrics", Role.AUDITOR)
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(answer.text))
    names = {family.name for family in families}
    assert {"kosilab_log_position", "kosilab_relay_position", "kosilab_command_duration_seconds"} <= names
    assert {name for name in names if not name.startswith(("kosilab_", "process_"))} == set()
    assert all(family.documentation for family in families)
    positions = {
        sample.labels["service"]: sample.value
        for family in families
        if family.name == "kosilab_log_position"
        for sample in family.samples
    }
    assert positions == {service: float(len(door.records(service))) for service in door.instance.units}


def test_metrics_have_no_label_but_these_and_no_value_that_names_anybody(door: Door) -> None:
    text = door.get("/metrics", Role.AUDITOR).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    services = set(door.instance.units)
    allowed = {
        "service": services,
        "source": services,
        "command": {r.command.__name__ for app in door.instance.apps.values() for r in app.tables.commands},
        "loop": {loop.name for loop in door.instance.loops},
        "views": services | {"facts"},
        "state": {"failed", "behind", "skipped"},
        "status": {str(status) for status in DETAILS},
    }
    labels = {(label, value) for sample in samples for label, value in sample.labels.items() if label != "le"}
    assert [(label, value) for label, value in labels if value not in allowed[label]] == []
    assert not [secret for secret in SECRETS if secret in text]
