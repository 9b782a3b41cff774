"""Is the first start's filling whole or not at all, and never twice?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from deploy import filling
from deploy.city import load_city
from deploy.filling import fill, is_new, years_before
from deploy.instance import Instance
from shared.events.registry import SERVICES
from shared.service.settings import Settings
from tests.deploy.desk import Desk, register

WUPPERTAL = load_city("wuppertal")


class Stopped(Exception):  # noqa: N818 - says what happened
    """Somebody pulled the plug."""


@contextmanager
def unseen(_: str) -> Iterator[None]:
    """Nobody looks at the progress."""
    yield None


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was simulated: one organisation, in place of three years; the files are another test's."""
    calls: list[dict[str, Any]] = []

    def simulate(instance: Instance, **how: Any) -> None:
        calls.append(how)
        register(instance, "Bäckerei Blau")

    monkeypatch.setattr(filling, "simulate", simulate)
    monkeypatch.setattr(filling, "import_samples", lambda instance, _: register(instance, "Lesebrücke"))
    return calls


def positions(settings: Settings) -> dict[str, tuple[int, int]]:
    """Where each log ends, and how far its relay is."""
    instance = Instance(WUPPERTAL, settings)
    logs = {service: instance.units[service].store.log for service in SERVICES}
    positions = {service: (log.head().position, log.cursor("relay")) for service, log in logs.items()}
    instance.close()
    return positions


def test_the_first_start_simulates_and_imports_and_the_second_finds_it_done(
    bare_desk: Desk, simulated: list[dict[str, Any]]
) -> None:
    settings = bare_desk.settings()
    assert is_new(settings)
    fill(settings, WUPPERTAL, unseen)
    assert not is_new(settings)
    assert positions(settings) == {
        "actors": (2, 2),
        "marketplace": (0, 0),
        "employment": (0, 0),
        "reporting": (0, 0),
    }
    (how,) = simulated
    assert how["seed"] == filling.SEED
    assert (how["ends"] - how["begins"]).days in {1094, 1095}


def test_what_was_stopped_in_the_middle_is_thrown_away_and_begun_anew(
    bare_desk: Desk, simulated: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = bare_desk.settings()

    def stop(instance: Instance, _: Any) -> None:
        register(instance, "Lesebrücke")
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(filling, "import_samples", stop)
        with pytest.raises(Stopped):
            fill(settings, WUPPERTAL, unseen)
    assert is_new(settings)
    fill(settings, WUPPERTAL, unseen)
    assert positions(settings)["actors"] == (2, 2)
    assert [path.name for path in bare_desk.folder.glob("databases*")] == ["databases"]
    assert len(simulated) == 2


def test_a_city_with_a_database_of_its_own_is_never_filled(desk: Desk, bare_desk: Desk) -> None:
    assert not is_new(desk.settings())
    elsewhere = "sqlite:////tmp/kosilab-elsewhere/{service}.db"
    assert not is_new(bare_desk.settings(KOSILAB_DATABASE_URL=elsewhere))
    assert not is_new(bare_desk.settings(KOSILAB_DATABASE_URL="postgresql://host/{service}"))


@pytest.mark.parametrize(
    ("today", "begins", "ends"),
    [
        (date(2026, 11, 25), date(2023, 11, 25), date(2026, 11, 24)),
        (date(2024, 3, 1), date(2021, 3, 1), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2021, 2, 28), date(2024, 2, 28)),
        (date(2025, 1, 1), date(2022, 1, 1), date(2024, 12, 31)),
    ],
    ids=str,
)
def test_the_three_years_end_yesterday(today: date, begins: date, ends: date) -> None:
    assert years_before(today) == (begins, ends)
