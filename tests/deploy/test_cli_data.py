"""What do the commands show of an instance, and what do they change in it?"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.city import load_city
from deploy.instance import Instance
from services.actors.views.organisation import ORGANISATIONS
from shared.edge.tokens import Issuer
from shared.eventlog.parked import ParkedMessage, ParkedState
from shared.events.codec import decode
from shared.events.process import ParkedEventSkipped
from shared.events.registry import SERVICES
from shared.service import clock
from shared.service.projection import ViewsProjection
from shared.service.tables import Role
from tests.deploy.desk import Desk, register

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def parked(source: str, position: int) -> ParkedMessage:
    """An event that failed."""
    return ParkedMessage(
        consumer="reactions",
        source=source,
        position=position,
        stream="organisation-1",
        error_class="LookupError",
        reason="LookupError while reacting",
        fingerprint="f",
        attempts=3,
        parked_at=NOON,
        next_at=NOON,
        state=ParkedState.FAILED,
    )


def park(instance: Instance, service: str, message: ParkedMessage) -> None:
    """Park it."""
    store = instance.units[service].store
    with store.transaction() as tx:
        store.parked.park(tx, message)


def test_migrating_says_first_what_it_would_do_and_then_does_it_once(bare_desk: Desk) -> None:
    planned = bare_desk.call("migrate", "actors", "--plan", "--json").data
    assert planned["actors"][0] == "0001_log"
    assert bare_desk.call("migrate", "actors", "--json").data == planned
    assert bare_desk.call("migrate", "actors", "--json").data == {"actors": []}
    assert "up to date" in bare_desk.call("migrate", "actors").out


def test_the_statements_are_those_of_the_configured_database(bare_desk: Desk) -> None:
    files = bare_desk.call("migrate", "actors", "--sql").out
    server = bare_desk.call("migrate", "actors", "--sql", KOSILAB_ACTORS_DATABASE_URL="postgresql://h/d").out
    assert "CREATE TABLE event" in files
    assert "plpgsql" in server
    assert "plpgsql" not in files


def test_a_token_is_of_the_role_the_actor_and_the_city(desk: Desk) -> None:
    printed = desk.call("token", "--role", "organisation", "--actor", "o-1", "--ttl", "5m", "--json")
    caller = Issuer.of(desk.settings(), "wuppertal").verify(printed.data["token"])
    assert (caller.role, caller.actor) == (Role.ORGANISATION, "o-1")
    assert desk.call("token", "--role", "auditor").out.count(".") == 2


def test_events_are_shown_from_a_position_on_or_the_last_of_them(desk: Desk) -> None:
    instance = desk.open()
    register(instance, *(f"Organisation {n}" for n in range(12)))
    instance.close()
    assert len(desk.call("tail").out.splitlines()) == 10
    assert len(desk.call("tail", "--after", "0").out.splitlines()) == 12
    none = desk.call("tail", "--type", "OrganisationVerified")
    assert (none.code, none.out) == (0, "")
    assert none.err == "There is no event of the type OrganisationVerified here.\n"
    (line,) = desk.call("tail", "--after", "11", "--service", "actors", "--json").out.splitlines()
    assert json.loads(line)["data"]["name"] == "Organisation 11"


def test_a_position_behind_the_end_of_a_log_is_named_and_its_very_end_is_not(desk: Desk) -> None:
    instance = desk.open()
    register(instance, "Eins", "Zwei")
    instance.close()
    behind = desk.call("tail", "--after", "3", "--service", "actors")
    assert (behind.code, behind.out) == (1, "")
    assert behind.err.startswith("Error: The log of actors ends before position 3; `kosilab tail` without")
    for follow in ([], ["--follow"]):
        every = desk.call("tail", "--after", "99", *follow)
        assert (every.code, "The logs of actors, marketplace, employment, reporting end" in every.err) == (
            1,
            True,
        )
    some = desk.call("tail", "--after", "1")
    assert (some.code, len(some.out.splitlines())) == (0, 1)
    assert some.err == "The logs of marketplace, employment, reporting end before position 1.\n"
    at_its_end = desk.call("tail", "--after", "2", "--service", "actors")
    assert (at_its_end.code, at_its_end.out, at_its_end.err) == (0, "", "")


def test_a_view_that_is_not_what_the_log_says_is_found_and_built_anew(desk: Desk) -> None:
    instance = desk.open()
    register(instance, "Bäckerei Blau", "Lesebrücke")
    instance.settle()
    store = instance.units["actors"].store
    assert desk.call("views", "verify").code == 0
    with store.transaction() as tx:
        tx.execute(text(f"UPDATE {ORGANISATIONS.table} SET document = replace(document, 'Blau', 'Grau')"))
    instance.close()
    verified = desk.call("views", "verify", "--json")
    assert (verified.code, verified.data["actors.organisations"], verified.data["actors.labs"]) == (1, 1, 0)
    assert desk.call("views", "rebuild", "actors.organisations").code == 0
    assert desk.call("views", "verify").code == 0


def test_a_fact_that_is_not_what_history_says_is_found_and_built_anew(desk: Desk) -> None:
    instance = desk.open()
    register(instance, "Bäckerei Blau")
    instance.settle()
    with instance.units["reporting"].store.transaction() as tx:
        tx.execute(text("UPDATE fact_organisation_v2 SET sector = 'none'"))
    instance.close()
    assert desk.call("views", "verify", "--json").data["reporting.organisation"] == 1
    assert desk.call("views", "rebuild", "all").code == 0
    assert desk.call("views", "verify").code == 0


def test_views_are_listed_with_their_size_and_how_far_they_are_behind(desk: Desk) -> None:
    instance = desk.open()
    register(instance, "Bäckerei Blau")
    instance.settle()
    register(instance, "Lesebrücke")
    instance.close()
    rows = {row["view"]: row for row in desk.call("views", "list", "--json").data}
    assert (rows["actors.organisations"]["n"], rows["actors.organisations"]["behind"]) == (1, 1)
    printed = desk.call("views", "rebuild", "actors.nonsense")
    assert (printed.code, "There is no read model 'actors.nonsense'" in printed.err) == (2, True)


def test_what_a_projector_passes_during_a_rebuild_is_in_the_new_view(desk: Desk) -> None:
    instance = desk.open()
    register(instance, "Bäckerei Blau")
    instance.settle()
    unit = instance.units["actors"]
    log = instance.feed_of("actors")

    class Meanwhile:
        """The feed of a log to which somebody appends, and whose projector goes on, just after it was read."""

        done = False

        def read(self, after: int, limit: int) -> list[bytes]:
            records = log.read(after, limit)
            if not self.done:
                self.done = True
                register(instance, "Lesebrücke")
                unit.projector.step()
            return records

    (organisations,) = (view for view in unit.app.tables.views if view.name == "organisations")
    ViewsProjection(unit.app.tables, unit.store, lambda _: Meanwhile()).rebuild([organisations])
    assert unit.store.views.count(organisations) == 2
    instance.close()


def test_parked_events_are_listed_shown_and_tried_again(desk: Desk) -> None:
    assert desk.call("parked", "list").out == "There are no parked events.\n"
    instance = desk.open()
    register(instance, "Bäckerei Blau")
    park(instance, "marketplace", parked("actors", 1))
    instance.close()
    (waiting,) = desk.call("parked", "list", "--json").data
    assert (waiting["service"], waiting["source"], waiting["position"], waiting["state"]) == (
        "marketplace",
        "actors",
        1,
        "failed",
    )
    assert "LookupError while reacting" in desk.call("parked", "list").out
    shown = desk.call("parked", "show", "marketplace", "actors", "1", "--json").data
    assert json.loads(shown["record"])["data"]["name"] == "Bäckerei Blau"
    assert desk.call("parked", "retry", "marketplace", "actors", "1").code == 0
    instance = desk.open()
    (due,) = instance.units["marketplace"].store.parked.due(clock.now())
    assert due.next_at > NOON
    instance.close()


def test_a_skipped_event_is_given_up_with_a_reason_in_the_log(desk: Desk) -> None:
    instance = desk.open()
    park(instance, "marketplace", parked("actors", 1))
    instance.close()
    assert desk.call("parked", "skip", "marketplace", "actors", "1").code == 2
    assert desk.call("parked", "skip", "marketplace", "actors", "1", "--reason", "a test").code == 0
    assert desk.call("parked", "skip", "marketplace", "actors", "1", "--reason", "again").code == 1
    assert desk.call("parked", "show", "marketplace", "actors", "1").code == 1
    instance = desk.open()
    (record,) = instance.feed_of("marketplace").read(0, 10)
    skipped = decode(record).data
    instance.close()
    assert skipped == ParkedEventSkipped(consumer="reactions", source="actors", position=1, reason="a test")


def test_the_configuration_says_where_each_value_comes_from_and_hides_secrets(bare_desk: Desk) -> None:
    printed = bare_desk.call("config", "show", "--json", "--city", "dortmund", KOSILAB_TOKEN_KEY="k" * 40)
    rows = {row["name"]: row for row in printed.data}
    assert (rows["KOSILAB_CITY"]["value"], rows["KOSILAB_CITY"]["origin"]) == ("dortmund", "command line")
    assert rows["KOSILAB_PORT"]["origin"] == "default"
    assert rows["KOSILAB_TOKEN_KEY"]["origin"] == "environment"
    assert "kkkk" not in printed.out
    assert (rows["city.name"]["value"], rows["city.name"]["origin"]) == ("Dortmund", "city file")
    assert "city file" in bare_desk.call("config", "show", "--origin").out


def test_the_schema_takes_the_citys_file_and_refuses_an_unknown_key(bare_desk: Desk) -> None:
    import tomllib

    import jsonschema

    schema = bare_desk.call("config", "schema").data
    path = Path(load_city.__code__.co_filename).parent / "cities" / "wuppertal.toml"
    city = tomllib.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(city, schema)
    with pytest.raises(jsonschema.ValidationError, match="nmae"):
        jsonschema.validate({**city, "city": {**city["city"], "nmae": "x"}}, schema)


def test_the_topology_is_that_of_the_brokers_virtual_host(bare_desk: Desk) -> None:
    exported = bare_desk.call("topology", "export", KOSILAB_AMQP_URL="amqp://h/some%2Fhost").data
    assert exported["vhosts"] == [{"name": "some/host"}]
    assert {"reporting.inbox", "kosilab.unrouted"} <= {queue["name"] for queue in exported["queues"]}
    assert bare_desk.call("topology", "export").data["vhosts"] == [{"name": "kosilab-wuppertal"}]


def test_a_file_is_imported_and_every_rejected_line_reported(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "organisationen.csv"
    head = "Nr.;Name;Sektor;Stadtteil;aufgenommen am;Farbe\n"
    path.write_text(
        f"{head}O-1;Bäckerei Blau;Unternehmen;Barmen;01.07.2016;blau\nO-2;Tafelrunde;Ritterorden;Barmen;;\n"
    )
    rehearsed = desk.call("import", str(path), "--dry-run", "--json")
    done = desk.call("import", str(path))
    again = desk.call("import", str(path), "--json")
    assert (rehearsed.code, rehearsed.data["n_new"], rehearsed.data["dry_run"]) == (1, 1, True)
    assert (done.code, "1 new, 0 amended, 0 unchanged, 1 rejected" in done.out) == (1, True)
    assert "Column 6 'Farbe' is not read" in done.out
    assert (again.data["n_new"], again.data["n_unchanged"]) == (0, 1)
    assert again.data["rejected"][0]["line"] == 3
    broken = tmp_path / "empty.csv"
    broken.write_text("")
    assert desk.call("import", str(broken)).err == "Error: empty.csv is empty.\n"


def test_a_city_is_simulated_into_empty_logs_only(bare_desk: Desk) -> None:
    days = ("--from", "2018-01-01", "--to", "2018-01-20", "--seed", "3", "--scale", "0.05")
    played = bare_desk.call("simulate", *days, "--json")
    assert played.code == 0
    assert sum(played.data["n_events"].values()) > 0
    again = bare_desk.call("simulate", *days)
    assert (again.code, "is not empty" in again.err) == (1, True)
    assert set(SERVICES) == set(played.data["n_events"])


@pytest.mark.parametrize(("how", "n_days"), [([], 0), (["--no-files"], 1)])
def test_a_market_day_of_the_sample_files_is_left_to_them_unless_they_do_not_follow(
    bare_desk: Desk, how: list[str], n_days: int
) -> None:
    days = ("--from", "2016-09-01", "--to", "2016-09-30", "--seed", "3", "--scale", "0.05")
    assert bare_desk.call("simulate", *days, *how).code == 0
    scheduled = bare_desk.call("tail", "--type", "MarketDayScheduled", "--after", "0").out
    assert len(scheduled.splitlines()) == n_days
