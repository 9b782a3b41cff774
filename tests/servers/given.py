"""What if the environment names a server? Then that one is taken, and none other; it is never killed."""

import os
from typing import NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

import pika
import pika.exceptions
import psycopg

from tests.servers.kinds import NotOurs, PostgresServer, RabbitServer, Unavailable

DATABASE = "KOSILAB_TEST_DATABASE_URL"
AMQP = "KOSILAB_TEST_AMQP_URL"
AMQP_API = "KOSILAB_TEST_AMQP_API_URL"


def _refuse() -> NoReturn:
    raise NotOurs("this server was given to the tests by the environment; they neither start nor end it")


class GivenPostgres(PostgresServer):
    """The server of KOSILAB_TEST_DATABASE_URL, whose user may make databases."""

    def __init__(self, url: str) -> None:
        """Connect once, to see that it is there.

        Raises: Unavailable.
        """
        self._url = url
        try:
            psycopg.connect(url, connect_timeout=10).close()
        except psycopg.Error as error:
            raise Unavailable(f"{DATABASE} names a database that does not answer: {error}") from error

    def url(self, dbname: str | None = None) -> str:
        """Where a database of this server is; without a name, the given one."""
        return (
            self._url
            if dbname is None
            else urlunsplit(urlsplit(self._url)._replace(path=f"/{quote(dbname)}"))
        )

    def start(self) -> None:
        """Raises: NotOurs."""
        _refuse()

    def kill(self) -> None:
        """Raises: NotOurs."""
        _refuse()

    def stop(self) -> None:
        """Raises: NotOurs."""
        _refuse()

    def remove(self) -> None:
        """It stays."""


class GivenRabbit(RabbitServer):
    """The broker of KOSILAB_TEST_AMQP_URL, whose user may make virtual hosts over the management interface."""

    def __init__(self, url: str) -> None:
        """Connect once, to see that it is there with its management interface.

        Raises: Unavailable.
        """
        self._url = url
        host = urlsplit(url).hostname or "localhost"
        self._api_url = os.environ.get(AMQP_API, f"http://{host}:15672").rstrip("/")
        try:
            pika.BlockingConnection(pika.URLParameters(url)).close()
        except (pika.exceptions.AMQPError, OSError) as error:
            raise Unavailable(f"{AMQP} names a broker that does not answer: {error!r}") from error
        if not self.api_answers:
            raise Unavailable(
                f"no management interface answers at {self._api_url}; each test gets a virtual host by it: "
                f"enable the plugin rabbitmq_management, or say in {AMQP_API} where it is"
            )

    @property
    def url(self) -> str:
        """Where it is."""
        return self._url

    @property
    def api_url(self) -> str:
        """Where its management interface is."""
        return self._api_url

    def start(self) -> None:
        """Raises: NotOurs."""
        _refuse()

    def kill(self) -> None:
        """Raises: NotOurs."""
        _refuse()

    def wipe(self) -> None:
        """Raises: NotOurs."""
        _refuse()

    def ctl(self, *_args: str) -> str:
        """Raises: NotOurs."""
        _refuse()

    def remove(self) -> None:
        """It stays."""
