"""Does the doctor see what is wrong, and say how to mend it?"""

import json
import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from deploy.cli import OWNER_ALONE
from deploy.running import address_of_running, alone
from deploy.services import SERVICE_TABLES
from shared.bus.amqp import AmqpBus
from shared.bus.topology import EXCHANGE, definitions
from shared.kernel.sealed import Retention
from shared.service import clock
from shared.service.settings import Settings
from shared.vault.rotation import EPOCH_LASTS
from shared.vault.tables import EPOCH, KEY
from tests.deploy.desk import Desk, register
from tests.deploy.test_cli_data import park, parked
from tests.servers import RabbitServer
from tests.servers.ports import free_port

pytestmark = pytest.mark.apart  # the doctor listens on the port for a moment, to see whether it is free


@pytest.fixture(autouse=True)
def owner_alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is written belongs to its owner alone, as what the command itself writes."""
    if "desk" in request.fixturenames:
        desk: Desk = request.getfixturevalue("desk")
        for path in (desk.folder, *desk.folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~OWNER_ALONE)
    before = os.umask(OWNER_ALONE)
    yield
    os.umask(before)


def findings(desk: Desk, **env: str) -> dict[str, dict[str, Any]]:
    """What the doctor found, by what it looked at."""
    printed = desk.call("doctor", "--json", **{"KOSILAB_PORT": str(free_port()), **env})
    findings_by_name = {finding["what"]: finding for finding in printed.data}
    assert printed.code == (
        1 if any(finding["well"] is False for finding in findings_by_name.values()) else 0
    )
    return findings_by_name


def wrong(desk: Desk, **env: str) -> dict[str, str]:
    """What has to be mended, and how."""
    return {
        what: finding["mend"] for what, finding in findings(desk, **env).items() if finding["well"] is False
    }


def test_a_city_in_which_nothing_happened_yet_is_well(desk: Desk) -> None:
    desk.open().close()
    printed = desk.call("doctor", KOSILAB_PORT=str(free_port()))
    assert (printed.code, printed.out.splitlines()[-1]) == (0, "All is well.")


def test_what_was_never_started_is_said_so(bare_desk: Desk) -> None:
    mends = wrong(bare_desk)
    assert "kosilab up" in mends["data"]
    assert "kosilab up" in mends["actors: database"]


def test_missing_tables_want_a_migration(bare_desk: Desk) -> None:
    (bare_desk.folder / "databases").mkdir(parents=True)
    (bare_desk.folder / "databases" / "actors.db").touch()
    (bare_desk.folder / "vault").mkdir()
    (bare_desk.folder / "vault" / "vault.db").touch()
    mends = wrong(bare_desk)
    assert mends["actors: tables"] == "kosilab migrate actors"
    assert mends["vault: tables"] == "kosilab migrate vault"


def test_files_that_others_may_read_are_seen(desk: Desk) -> None:
    desk.open().close()
    assert "files" not in wrong(desk)
    (desk.folder / "databases" / "actors.db").chmod(0o644)
    assert wrong(desk)["files"] == f"chmod -R go= {desk.folder}"


def test_a_log_that_can_be_changed_is_seen(desk: Desk) -> None:
    instance = desk.open()
    with instance.units["actors"].store.transaction() as tx:
        tx.execute(text("DROP TRIGGER event_not_changed"))
    instance.close()
    assert "restore the database" in wrong(desk)["actors: log"]


def test_a_log_that_was_stopped_is_seen(desk: Desk) -> None:
    instance = desk.open()
    instance.units["actors"].store.log.stop_appends("it is not the log that was signed")
    instance.close()
    assert "backup restore" in wrong(desk)["actors: log"]


def test_a_parked_event_is_seen(desk: Desk) -> None:
    instance = desk.open()
    park(instance, "marketplace", parked("actors", 1))
    instance.close()
    assert "kosilab parked list" in wrong(desk)["marketplace: parked"]


def test_whoever_lags_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.diagnosis.databases.BEHIND", 1)
    instance = desk.open()
    register(instance, "Bäckerei Blau", "Lesebrücke")
    instance.close()
    assert {"actors: relay", "actors: views"} <= set(wrong(desk))


def test_keys_that_live_too_long_or_can_not_be_opened_are_seen(desk: Desk) -> None:
    instance = desk.open()
    instance.vault.key_for_sealing("person-1", Retention.ENQUIRY)
    assert findings(desk)["vault: keys"]["seen"].startswith("1 keys, 0 of them")
    with instance.vault.database.transaction() as tx:
        tx.execute(EPOCH.update().values(begun_at=clock.now() - EPOCH_LASTS - timedelta(days=2)))
        tx.execute(KEY.update().values(expires_at=clock.now() - timedelta(days=2)))
    instance.close()
    mends = wrong(desk)
    assert "epoch_not_ended" in mends["vault: epoch"]
    assert "term_not_ended" in mends["vault: terms"]
    assert "vault: keys" not in mends
    (desk.folder / "vault" / "keys").rename(desk.folder / "elsewhere")
    assert "KOSILAB_VAULT_DIR" in wrong(desk)["vault: keys"]


def test_a_clock_behind_the_log_is_seen(desk: Desk) -> None:
    instance = desk.open()
    instance.now.set(clock.now() + timedelta(hours=3))
    register(instance, "Bäckerei Blau")
    instance.close()
    assert "clock" in wrong(desk)["actors: clock"]


def test_a_key_that_others_may_read_is_seen(desk: Desk) -> None:
    desk.open().close()
    (desk.folder / "token.key").chmod(0o644)
    (desk.folder / "ledger" / "keys" / "actors.pem").chmod(0o640)
    mends = wrong(desk)
    assert set(mends) == {"files", f"keys {desk.folder}/*.key", f"keys {desk.folder}/ledger/keys/*"}
    assert all("chmod 600" in mend for what, mend in mends.items() if what != "files")


def test_a_port_that_another_program_has_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.diagnosis.place.WAIT_S", 0.1)  # it accepts, and says nothing
    desk.open().close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Port {port} is taken" in wrong(desk, KOSILAB_PORT=port)["port"]


def test_the_port_in_use_is_looked_at_whatever_port_the_next_start_would_take(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.diagnosis.place.WAIT_S", 0.1)  # it accepts, and says nothing
    desk.open().close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with alone(desk.folder, "127.0.0.1", port):
            assert f"Port {port} is taken" in wrong(desk)["port"]
            asked: list[str] = []

            def answered(url: str) -> str:
                asked.append(url)
                return "ok" if url.endswith("/livez") else "ready"

            monkeypatch.setattr("deploy.diagnosis.place._get", answered)
            assert findings(desk)["port"]["seen"] == f"an instance answers on {port}, and is ready"
            assert asked == [f"http://127.0.0.1:{port}/{path}" for path in ("livez", "readyz")]
    assert findings(desk)["port"]["seen"].endswith(" is free")  # it runs no longer


def test_an_instance_that_starts_names_its_address_to_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses: list[tuple[str, int] | None] = []

    def host(settings: Settings, _: object) -> None:
        addresses.append(address_of_running(settings.data_dir()))

    monkeypatch.setattr("deploy.cli.up._host", host)
    for port in ("8123", "8124"):
        assert desk.call("up", "--port", port).code == 0
    assert addresses == [("127.0.0.1", 8123), ("127.0.0.1", 8124)]
    assert address_of_running(desk.folder) is None


def test_an_address_at_which_nobody_answers_is_seen_and_the_key_that_all_share(desk: Desk) -> None:
    desk.open().close()
    mends = wrong(desk, KOSILAB_ACTORS_URL=f"http://127.0.0.1:{free_port()}")
    assert "KOSILAB_ACTORS_URL" in mends["actors: feed"]
    assert "KOSILAB_SERVICE_KEY" in mends["service key"]


def test_a_broker_that_does_not_answer_is_seen(desk: Desk) -> None:
    desk.open().close()
    assert "KOSILAB_AMQP_URL" in wrong(desk, KOSILAB_AMQP_URL=f"amqp://127.0.0.1:{free_port()}/")["broker"]


def test_a_database_that_does_not_answer_is_seen(bare_desk: Desk) -> None:
    url = f"postgresql://a:secret@127.0.0.1:{free_port()}/actors"
    finding = findings(bare_desk, KOSILAB_ACTORS_DATABASE_URL=url)["actors: database"]
    assert (finding["well"], "correct its URL" in finding["mend"]) == (False, True)
    assert "secret" not in json.dumps(finding)


@pytest.mark.needs_rabbitmq
def test_a_broker_that_knows_nothing_yet_is_told_what_it_lacks(
    desk: Desk, amqp_url: str, rabbit_server: RabbitServer
) -> None:
    desk.open().close()
    env = {"KOSILAB_AMQP_URL": amqp_url, "KOSILAB_AMQP_API_URL": rabbit_server.api_url}
    mends = wrong(desk, **env)
    assert "topology export" in mends[f"exchange {EXCHANGE}"]
    assert "kosilab serve reporting" in mends["reporting: inbox"]
    bus = AmqpBus(amqp_url)
    follows = {name: tables.follows for name, tables in SERVICE_TABLES.items()}
    for service, sources in follows.items():
        bus.declare(service, sources)
        if sources:
            bus.consume(service, lambda _: None, timeout=0.01)
    mends = wrong(desk, **env)
    assert set(mends) == {f"{service}: policy" for service, sources in follows.items() if sources}
    vhost = amqp_url.rpartition("/")[2]
    for policy in definitions(vhost, follows)["policies"]:
        body = {name: policy[name] for name in ("pattern", "apply-to", "priority", "definition")}
        rabbit_server.api("PUT", f"/policies/{vhost}/{policy['name']}", body)
    assert wrong(desk, **env) == {}
    bus.close()
