"""Do the files for containers and systemd call what there is?"""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

import deploy
from deploy.cli.commands import kosilab
from shared.events.registry import SERVICES
from shared.service.settings import SETTINGS

DEPLOY = Path(deploy.__file__).parent
yaml: Any = import_module("yaml")  # untyped
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
KNOWN = {*SETTINGS, *(f"{name}_FILE" for name, setting in SETTINGS.items() if setting.secret)}
SECRETS = "/run/secrets/"
SECRET_NAMES = {name for name, setting in SETTINGS.items() if setting.secret}
LEAST_FILES = 4096


def called() -> Iterator[tuple[str, ...]]:
    """The arguments of every call of `kosilab`."""
    for service in COMPOSE["services"].values():
        if service["image"] == "kosilab" and service.get("entrypoint", ["kosilab"]) == ["kosilab"]:
            yield tuple(service["command"])
    for unit in (DEPLOY / "systemd").glob("*.service"):
        for line in re.findall(
            r"^ExecStart=\S+/kosilab (.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE
        ):
            yield tuple(shlex.split(line.replace("%i", "reporting")))


@pytest.mark.parametrize("arguments", sorted(set(called())), ids=" ".join)
def test_every_call_can_be_understood(arguments: tuple[str, ...]) -> None:
    command = kosilab.get_command(click.Context(kosilab), arguments[0])
    assert command is not None
    command.make_context(arguments[0], list(arguments[1:]))


def test_compose_sets_only_what_can_be_set_and_runs_a_worker_for_every_service() -> None:
    for name, service in COMPOSE["services"].items():
        if service["image"] == "kosilab":
            assert set(service.get("environment", {})) <= KNOWN, name
    workers = {
        service["command"][1] for name, service in COMPOSE["services"].items() if name.startswith("worker")
    }
    assert workers == set(SERVICES)


def test_compose_gives_every_process_a_role_and_a_user_of_its_own_and_no_more_secrets_than_it_reads() -> None:
    readers: dict[str, list[str]] = {}
    for name, service in COMPOSE["services"].items():
        given = set(service.get("secrets", ()))
        assert given == {
            value.removeprefix(SECRETS)
            for value in service.get("environment", {}).values()
            if value.startswith(SECRETS)
        }, name
        for secret in given:
            readers.setdefault(secret, []).append(name)
    assert readers.keys() == COMPOSE["secrets"].keys()
    assert readers["database-owner"] == ["migrate", "operator"]
    assert readers["broker-admin"] == ["operator"]
    for service in SERVICES:
        assert readers[f"broker-{service}"] == [f"worker-{service}"]
        assert readers[f"database-{service}"] == ["edge", f"worker-{service}"]


def test_compose_has_no_secret_in_an_environment() -> None:
    for name, service in COMPOSE["services"].items():
        assert [key for key in service.get("environment", {}) if key in SECRET_NAMES] == [], name


def test_everything_that_runs_may_open_as_many_files_as_it_holds_connections() -> None:
    for name, service in COMPOSE["services"].items():
        if name == "edge" or name.startswith("worker-"):
            assert service["ulimits"]["nofile"] >= LEAST_FILES, name
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        limits = [int(limit) for limit in re.findall(r"^LimitNOFILE=(\d+)$", text, re.MULTILINE)]
        assert "Type=oneshot" in text or min(limits) >= LEAST_FILES, unit.name


def test_operations_describe_every_setting_and_name_none_that_there_is_not() -> None:
    text = (DEPLOY.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    for_all = {re.sub("ACTORS|MARKETPLACE|EMPLOYMENT|REPORTING", "<SERVICE>", name) for name in SETTINGS}
    described = set(re.findall(r"KOSILAB_(?:<SERVICE>|[A-Z])[A-Z_]*(?<!_)", text))
    assert for_all - described == set()
    assert described - for_all == set()
