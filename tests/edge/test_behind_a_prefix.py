"""Does every link lead back through the proxy that serves the city under a path of its own?"""

import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.edge.addresses import Proxies
from shared.edge.serving.doors import Door as ServedDoor
from shared.edge.serving.server import Server
from shared.service.tables import Role
from tests.edge.door import AN_ORGANISATION, Door

PREFIX = "/lab/wuppertal"
BEHIND = {"SCRIPT_NAME": PREFIX}
ADDRESS = re.compile(r"""(?:href|src|action)=["']([^"']*)["']""")
PAGES = (
    "/",
    "/docs/events",
    "/reporting",
    "/reporting/releases",
    "/reporting/indicators/offers_confirmed_current",
)
ROOTED = ("/actors", "/marketplace", "/employment", "/reporting", "/schemas", "/asyncapi.json", "/static")


def addresses_in(content: Any) -> Iterator[str]:
    """Every text in JSON that is an address of this city."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        for inner in content:
            yield from addresses_in(inner)
    elif isinstance(content, str) and any(start in content for start in ROOTED) and " " not in content:
        yield content


@pytest.mark.parametrize("path", [*PAGES, "/actors/own-data", "/nothing"])
def test_every_link_of_a_page_begins_with_the_prefix(door: Door, path: str) -> None:
    answer = door.get(path, headers={"Accept": "text/html"}, environ_overrides=BEHIND)
    links = [link for link in ADDRESS.findall(answer.text) if not link.startswith(("#", "?"))]
    assert len(links) > 5
    assert [link for link in links if not link.startswith(f"{PREFIX}/")] == []
    assert PREFIX not in door.get(path, headers={"Accept": "text/html"}).text


def test_the_feeds_next_page_is_behind_the_prefix(door: Door) -> None:
    answer = door.get("/actors/log?limit=1", Role.AUDITOR, environ_overrides=BEHIND)
    assert answer.headers["Link"].startswith(f"<{PREFIX}/actors/log?after=")


def test_a_new_thing_is_behind_the_prefix(door: Door) -> None:
    answer = door.ask(
        "POST",
        "/actors/organisations",
        role=Role.ORGANISATION,
        actor="prefixed",
        json=AN_ORGANISATION,
        environ_overrides=BEHIND,
    )
    assert answer.headers["Location"] == f"{PREFIX}/actors/organisations/prefixed"


@pytest.mark.parametrize("path", ["/", "/reporting/indicators/agreements_sealed/lineage"])
def test_addresses_in_json_are_behind_the_prefix(door: Door, path: str) -> None:
    answer = door.get(path, environ_overrides=BEHIND, headers={"Accept": "application/json"})
    addresses = list(addresses_in(answer.get_json()))
    assert addresses
    assert [address for address in addresses if not address.startswith(f"{PREFIX}/")] == []


@pytest.mark.parametrize("service", ["actors", "marketplace", "employment", "reporting"])
def test_openapi_names_the_prefix_as_its_server(door: Door, service: str) -> None:
    document = door.get(f"/{service}/openapi.json", environ_overrides=BEHIND).get_json()
    assert document["servers"] == [{"url": PREFIX}]
    assert door.get(f"/{service}/openapi.json").get_json()["servers"] == [{"url": "/"}]


# --- whose word counts ----------------------------------------------------------------------------------


def asked(proxies: Proxies, *fields: str) -> str:
    """The prefix that an application behind this door sees."""
    prefixes: list[str] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        prefixes.append(json.dumps([environ["SCRIPT_NAME"], environ["PATH_INFO"]]))
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = Server(
        [ServedDoor(listener, application, proxies=proxies)],
        lambda run: threading.Thread(target=run, daemon=True).start(),
    )
    server.start()
    try:
        with socket.create_connection(listener.getsockname(), timeout=10) as wire:
            head = "\r\n".join(
                ["GET /reporting HTTP/1.1", "Host: city", "Connection: close", *fields, "", ""]
            )
            wire.sendall(head.encode("latin-1"))
            while wire.recv(4096):
                pass
    finally:
        server.finish()
    return prefixes[0]


TRUSTED = Proxies.of("127.0.0.1")


@pytest.mark.parametrize(
    ("sent", "prefix"),
    [
        ("/lab", "/lab"),
        ("/lab/", "/lab"),
        ("/lab/wuppertal_1.0~x", "/lab/wuppertal_1.0~x"),
        ("/", ""),
        ("", ""),
        ("//evil.example", ""),
        ("/lab//x", ""),
        ("/..", ""),
        ("/lab/../x", ""),
        ("https://evil.example", ""),
        ("lab", ""),
        ('/"><script>', ""),
        ("/a, /b", ""),
        ("/" + "a" * 300, ""),
    ],
)
def test_a_trusted_proxy_says_the_prefix_if_it_is_one(sent: str, prefix: str) -> None:
    assert json.loads(asked(TRUSTED, f"X-Forwarded-Prefix: {sent}")) == [prefix, "/reporting"]


def test_two_prefixes_are_none() -> None:
    assert json.loads(asked(TRUSTED, "X-Forwarded-Prefix: /a", "X-Forwarded-Prefix: /b"))[0] == ""


def test_a_stranger_says_no_prefix() -> None:
    assert json.loads(asked(Proxies(), "X-Forwarded-Prefix: /lab"))[0] == ""


def test_templates_write_no_rooted_address_themselves() -> None:
    root = Path(__file__).parents[2]
    written = [
        (path.name, line)
        for top in ("shared", "services", "deploy")
        for path in sorted((root / top).rglob("*.html"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"""(?:href|src|action)=["']/""", line)
    ]
    assert written == []
