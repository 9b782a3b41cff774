"""What can a test ask of a server? The two kinds of servers, wherever they come from."""

import base64
import json
import secrets
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql


class Unavailable(Exception):  # noqa: N818 - says what is the case
    """A provider has no server to offer; the message says why."""


class NotOurs(Exception):  # noqa: N818 - says what is the case
    """The server was given to the tests; it is not theirs to kill."""


PASSWORD = "made up for tests"


def as_role(url: str, role: str) -> str:
    """The same database, signed in as another role, whose password is that of all roles in tests."""
    parts = urlsplit(url)
    place = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(PASSWORD)}@{place}"))


class PostgresServer(ABC):
    """A PostgreSQL server in which tests make databases, and which they may kill unless it was given."""

    @property
    def files(self) -> Path:
        """Where its data and logs lie, for tests that look at what a thief of the disk would.

        Raises: NotOurs where it does not run on this machine's files.
        """
        raise NotOurs("the files of this server are not within reach")

    @abstractmethod
    def url(self, dbname: str = "postgres") -> str:
        """Where a database of this server is: `postgresql://…`."""

    @abstractmethod
    def start(self) -> None:
        """Start it (again) on the same data and the same port; returns when it answers."""

    @abstractmethod
    def kill(self) -> None:
        """SIGKILL to all its processes."""

    @abstractmethod
    def stop(self) -> None:
        """Shut it down in order; open connections are ended."""

    @abstractmethod
    def remove(self) -> None:
        """End it and remove its data; a given server stays."""

    def restart(self) -> None:
        """Shut it down in order and start it again."""
        self.stop()
        self.start()

    def create_database(self, template: str = "template1", *, owner: str = "") -> str:
        """The URL of a fresh database, a copy of the template; with an owner, as this role."""
        name = f"kosilab_{secrets.token_hex(6)}"
        self._admin("CREATE DATABASE {} TEMPLATE {}", name, template)
        if owner:
            self._admin("ALTER DATABASE {} OWNER TO {}", name, owner)
        return as_role(self.url(name), owner) if owner else self.url(name)

    def create_role(self) -> str:
        """The name of a fresh role that may do nothing by itself; for `as_role`."""
        name = f"kosilab_{secrets.token_hex(6)}"
        self._admin(f"CREATE ROLE {{}} LOGIN PASSWORD '{PASSWORD}'", name)
        return name

    def drop_role(self, name: str) -> None:
        """Remove a role that owns nothing any more."""
        self._admin("DROP ROLE IF EXISTS {}", name)

    def drop_database(self, url: str) -> None:
        """Remove a database that `create_database` made, also while somebody is connected."""
        self._admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", urlsplit(url).path.lstrip("/"))

    def _admin(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class RabbitServer(ABC):
    """A RabbitMQ broker in which tests make virtual hosts, and which they may kill unless it was given."""

    @property
    def files(self) -> Path:
        """Where its messages and logs lie, as above.

        Raises: NotOurs where it does not run on this machine's files.
        """
        raise NotOurs("the files of this broker are not within reach")

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it is, its first virtual host: `amqp://…`."""

    @property
    @abstractmethod
    def api_url(self) -> str:
        """Where its management interface is: `http://…`."""

    @abstractmethod
    def start(self) -> None:
        """Start it (again) on the same data and the same ports; returns when it answers."""

    @abstractmethod
    def kill(self) -> None:
        """SIGKILL to all its processes."""

    @abstractmethod
    def wipe(self) -> None:
        """Take it down, remove all its data, start it again: it knows no exchange, queue or virtual host any more."""

    @abstractmethod
    def remove(self) -> None:
        """End it and remove its data; a given server stays."""

    @abstractmethod
    def ctl(self, *args: str) -> str:
        """What `rabbitmqctl` with these arguments prints."""

    def settle(self) -> None:
        """Have the node write down at once what it else writes within a second or so; to be called before a kill.

        RabbitMQ 3.10 loses a quorum queue, confirmed messages and all, when it is killed within about a second of the
        queue's declaration: until then its place in the quorum log is in memory only. It never gets a leader again.
        """
        self.ctl("eval", "[ok = dets:sync(Table) || Table <- dets:all()].")

    def new_vhost(self) -> str:
        """The URL of a fresh virtual host."""
        name = f"kosilab-{secrets.token_hex(6)}"
        self.make_vhost(name)
        return self.vhost_url(name)

    def vhost_url(self, name: str) -> str:
        """Where the virtual host of this name is."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{quote(name, safe='')}"))

    def make_vhost(self, name: str) -> None:
        """Make a virtual host (again, after `wipe`) with all rights for the user of the URL."""
        self.api("PUT", f"/vhosts/{quote(name, safe='')}")
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        self.api("PUT", f"/permissions/{quote(name, safe='')}/{quote(self._user, safe='')}", rights)

    def drop_vhost(self, url: str) -> None:
        """Remove a virtual host with all that is in it; who is connected to it is disconnected."""
        self.api("DELETE", f"/vhosts/{urlsplit(url).path.lstrip('/')}")

    def api(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the management interface; `path` begins behind `/api`. The answer's JSON, None where it has none.

        Raises: urllib.error.HTTPError.
        """
        request = urllib.request.Request(f"{self.api_url}/api{path}", method=method)
        parts = urlsplit(self.url)
        login = base64.b64encode(f"{self._user}:{parts.password or 'guest'}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        request.add_header("Content-Type", "application/json")
        request.data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    @property
    def api_answers(self) -> bool:
        """Whether the management interface is there."""
        try:
            self.api("GET", "/whoami")
        except (OSError, ValueError):
            return False
        return True

    @property
    def _user(self) -> str:
        return urlsplit(self.url).username or "guest"
