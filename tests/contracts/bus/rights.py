"""How do the tests set rights and policies on a broker? Over its management interface, from the topology alone."""

from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from deploy.services import SERVICE_TABLES
from shared.bus.topology import EXCHANGE, Rights, definitions
from tests.servers import RabbitServer

FOLLOWS = {name: tables.follows for name, tables in SERVICE_TABLES.items()}
PASSWORD = "made up for this test"


def vhost_of(url: str) -> str:
    """The virtual host of a URL, as the management interface's paths hold it."""
    return urlsplit(url).path.lstrip("/")


def import_definitions(server: RabbitServer, url: str) -> None:
    """What an operator does with the file of `kosilab topology export`."""
    parts: dict[str, Any] = definitions(vhost_of(url), FOLLOWS)
    server.api(
        "POST", f"/definitions/{vhost_of(url)}", {key: _here(parts[key]) for key in parts if key != "vhosts"}
    )


def make_user(server: RabbitServer, url: str, name: str, rights: Rights) -> str:
    """A user with these rights in the virtual host; the URL by which it connects."""
    user = f"{name}-{vhost_of(url)}"
    server.api("PUT", f"/users/{user}", {"password": PASSWORD, "tags": ""})
    named = asdict(rights)
    topic = {"write": named.pop("topic_write"), "read": named.pop("topic_read"), "exchange": EXCHANGE}
    server.api("PUT", f"/permissions/{vhost_of(url)}/{user}", named)
    server.api("PUT", f"/topic-permissions/{vhost_of(url)}/{user}", topic)
    parts = urlsplit(url)
    place = f"{user}:{quote(PASSWORD)}@{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=place))


def remove_user(server: RabbitServer, user_url: str) -> None:
    """Take the user away again."""
    server.api("DELETE", f"/users/{urlsplit(user_url).username}")


def _here(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in entry.items() if name != "vhost"} for entry in entries]
