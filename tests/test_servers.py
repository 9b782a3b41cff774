"""Are the servers that the tests stand on what they promise: fresh, durable, killable, and gone afterwards?"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pika
import pika.exceptions
import psycopg
import pytest

from tests.servers import (
    NotOurs,
    PostgresServer,
    RabbitServer,
    Unavailable,
    programs,
    running_postgres,
    running_rabbit,
    until,
)
from tests.servers.children import Child
from tests.servers.choice import described, postgres_providers, rabbit_providers
from tests.servers.programs import postgres_folder

NOBODY_LISTENS = "127.0.0.1:9"


@contextmanager
def channel(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """A channel with confirms."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        opened = connection.channel()
        opened.confirm_delivery()
        yield opened
    finally:
        connection.close()


def publish_durably(url: str, body: bytes) -> None:
    """One persistent, confirmed message in a quorum queue."""
    with channel(url) as opened:
        opened.queue_declare("inbox", durable=True, arguments={"x-queue-type": "quorum"})
        opened.basic_publish("", "inbox", body, pika.BasicProperties(delivery_mode=2), mandatory=True)


def first_message(url: str) -> bytes | None:
    """The body of the queue's next message."""
    with channel(url) as opened:
        return opened.basic_get("inbox", auto_ack=True)[2]


@pytest.mark.needs_postgres
def test_a_fresh_database_is_fresh(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE left_behind (x int)")
    with psycopg.connect(second) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    postgres_server.drop_database(first)
    postgres_server.drop_database(second)
    assert first != second
    assert tables == (0,)


@pytest.mark.needs_postgres
def test_a_database_is_honest_about_its_commits(postgres_url: str, request: pytest.FixtureRequest) -> None:
    with psycopg.connect(postgres_url) as connection:
        fsync = connection.execute("SHOW fsync").fetchone()
        commit = connection.execute("SHOW synchronous_commit").fetchone()
    assert (fsync, commit) == (("off" if request.config.getoption("no_fsync") else "on",), ("on",))


@pytest.mark.fault
@pytest.mark.needs_postgres
def test_a_killed_database_comes_back_with_what_was_committed(own_postgres: PostgresServer) -> None:
    url = own_postgres.create_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS x")
    own_postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)
    own_postgres.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (1,)
    own_postgres.restart()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (1,)


@pytest.mark.needs_rabbitmq
def test_a_fresh_virtual_host_is_fresh(rabbit_server: RabbitServer, amqp_url: str) -> None:
    other = rabbit_server.new_vhost()
    publish_durably(other, b"left behind")
    with (
        pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no queue 'inbox'"),
        channel(amqp_url) as opened,
    ):
        opened.queue_declare("inbox", passive=True)
    rabbit_server.drop_vhost(other)


@pytest.mark.needs_rabbitmq
def test_the_broker_can_be_asked_over_its_management_interface(
    rabbit_server: RabbitServer, amqp_url: str
) -> None:
    assert amqp_url.rpartition("/")[2] in {vhost["name"] for vhost in rabbit_server.api("GET", "/vhosts")}


@pytest.mark.fault
@pytest.mark.needs_rabbitmq
def test_a_killed_broker_comes_back_with_its_durable_messages_and_a_wiped_one_without(
    own_rabbit: RabbitServer,
) -> None:
    own_rabbit.make_vhost("city")
    url = own_rabbit.vhost_url("city")
    publish_durably(url, b"one")
    publish_durably(url, b"two")
    own_rabbit.settle()
    own_rabbit.kill()
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(pika.URLParameters(url))
    own_rabbit.start()
    assert first_message(url) == b"one"
    assert "city" in own_rabbit.ctl("list_vhosts", "--quiet")
    own_rabbit.wipe()
    with pytest.raises(pika.exceptions.ProbableAccessDeniedError, match="vhost city not found"):
        first_message(url)
    own_rabbit.make_vhost("city")
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no queue 'inbox'"):
        first_message(url)


def test_a_server_named_by_the_environment_is_decisive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSILAB_TEST_DATABASE_URL", f"postgresql://nobody@{NOBODY_LISTENS}/none")
    with pytest.raises(Unavailable, match="does not answer"), running_postgres():
        pass
    assert described("PostgreSQL", postgres_providers()) == "PostgreSQL: given by KOSILAB_TEST_DATABASE_URL"


@pytest.mark.needs_postgres
def test_a_given_server_is_never_killed(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSILAB_TEST_DATABASE_URL", postgres_url)
    with running_postgres() as server:
        for deed in (server.kill, server.start, server.restart):
            with pytest.raises(NotOurs):
                deed()
        fresh = server.create_database()
        server.drop_database(fresh)
    assert "given" not in {provider.name for provider in postgres_providers(own=True)}


def test_with_no_provider_left_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOSILAB_TEST_DATABASE_URL", raising=False)
    monkeypatch.setenv("KOSILAB_TEST_PROVIDER", "containers")
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{NOBODY_LISTENS}")
    with (
        pytest.raises(Unavailable, match=r"apt-get install postgresql.*no container engine answers"),
        running_postgres(),
    ):
        pass


def test_an_ordinary_user_without_servers_reads_in_the_header_what_is_missing_and_in_the_failure_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("KOSILAB_TEST_DATABASE_URL", "KOSILAB_TEST_AMQP_URL", "KOSILAB_TEST_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{NOBODY_LISTENS}")
    monkeypatch.setattr(programs, "postgres_folder", lambda: None)
    monkeypatch.setattr(programs, "rabbit_folder", lambda: None)
    monkeypatch.setattr(programs, "may_install", lambda: False)
    missing = "no container engine answers; not installed; not root on a Debian-like system, so nothing is installed"
    assert described("PostgreSQL", postgres_providers()) == f"PostgreSQL: none; {missing}"
    assert described("RabbitMQ", rabbit_providers()) == f"RabbitMQ: none; {missing}"
    with pytest.raises(Unavailable) as postgres, running_postgres():
        pass
    with pytest.raises(Unavailable) as rabbit, running_rabbit():
        pass
    assert str(postgres.value) == (
        "the tests need PostgreSQL: install it (Debian: apt-get install postgresql), start a container engine, "
        f"or name a server in KOSILAB_TEST_DATABASE_URL ({missing})"
    )
    assert "apt-get install rabbitmq-server" in str(rabbit.value)


def test_an_engine_that_cannot_give_the_image_counts_as_none_and_the_next_provider_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.servers import containers

    def refuses(image: str) -> None:
        raise Unavailable(f"the container engine can't give {image}, so it counts as none")

    monkeypatch.delenv("KOSILAB_TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("KOSILAB_TEST_PROVIDER", raising=False)
    monkeypatch.setenv("DOCKER_HOST", "unix:///an/engine")
    monkeypatch.setattr(containers, "engine_gives", refuses)
    monkeypatch.setattr(programs, "postgres_folder", lambda: Path("/opt/postgres"))
    assert described("PostgreSQL", postgres_providers()) == (
        "PostgreSQL: private, of /opt/postgres; "
        f"the container engine can't give {containers.POSTGRES_IMAGE}, so it counts as none"
    )


def test_the_header_says_why_a_provider_was_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOSILAB_TEST_AMQP_URL", raising=False)
    monkeypatch.delenv("KOSILAB_TEST_PROVIDER", raising=False)
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{NOBODY_LISTENS}")
    assert described("RabbitMQ", rabbit_providers()).endswith("; no container engine answers")


def test_a_process_of_the_tests_ends_with_its_whole_family(tmp_path: Path) -> None:
    child = Child(["/bin/sh", "-c", "setsid sleep 600 & echo $! > grandchild; exec sleep 600"], tmp_path)
    child.start()
    written = tmp_path / "grandchild"
    until(lambda: written.exists() and written.read_text().strip() != "", "the grandchild is there")
    child.kill()
    assert not child.running
    until(lambda: not _runs(int(written.read_text())), "the grandchild is gone")


def test_a_server_ends_when_the_tests_themselves_are_killed(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time\n"
        "from tests.servers.children import Child\n"
        "child = Child(['/bin/sleep', '600'], pathlib.Path(sys.argv[1]))\n"
        "child.start()\n"
        "print(child._process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        server = int(tests.stdout.readline())
        assert _runs(server)
        os.kill(tests.pid, signal.SIGKILL)
        until(lambda: not _runs(server), "the server is gone")


def test_the_newest_installed_version_is_taken() -> None:
    folder = postgres_folder()
    assert folder is None or (folder / "initdb").exists()


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
