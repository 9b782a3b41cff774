"""Is the proxy that the handbook shows one that nginx accepts, and does it do what the handbook says of it?"""

import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from shared.edge.addresses import Proxies
from shared.edge.serving.doors import Door
from shared.edge.serving.server import Server
from tests.servers.ports import free_port
from tests.servers.proxies import running

HANDBOOK = Path(__file__).parents[2] / "docs" / "operations.md"
AROUND = """
daemon off;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{shown}
}}
"""
CLIENT = "127.0.0.2"
"""Another address of this machine, which is not the proxy's."""

ASKED = "X-Asked"
EVIL = b"X-Forwarded-Prefix: /evil\r\n"
"""What a client sends to bend the links of its answer."""


def shown_in_the_handbook() -> str:
    """The settings of nginx, as they stand there."""
    text = HANDBOOK.read_text(encoding="utf-8")
    section = re.split(r"^## ", text.partition("\n## Behind a proxy\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("    "))


def shown_for_a_path() -> str:
    """The location of a city under a path, as it stands there."""
    return HANDBOOK.read_text(encoding="utf-8").partition("```nginx\n")[2].partition("```")[0]


class Edge:
    """What is behind the proxy: it says from where it was asked."""

    def __init__(self) -> None:
        """Open it."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.port = listener.getsockname()[1]
        door = Door(listener, self.application, proxies=Proxies.of("127.0.0.1"))
        self.server = Server([door], lambda run: threading.Thread(target=run, daemon=True).start())
        self.server.start()

    @staticmethod
    @Request.application
    def application(request: Request) -> Response:
        """The client's address, and how much it sent; in a field of its own the address that was asked."""
        asked = {ASKED: f"{request.script_root or '/'} {request.path}"}
        return Response(f"{request.remote_addr} {len(request.get_data())} {request.host}", headers=asked)


@pytest.fixture
def edge() -> Iterator[Edge]:
    opened = Edge()
    yield opened
    opened.server.finish()


@pytest.fixture
def proxy(edge: Edge, tmp_path: Path) -> Iterator[int]:
    """The handbook's proxy, with a certificate of its own, on ports of ours."""
    key, certificate, port = tmp_path / "key.pem", tmp_path / "certificate.pem", free_port()
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=lab.wuppertal.example"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    shown = shown_in_the_handbook()
    for there, here in (
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("/etc/letsencrypt/live/lab.wuppertal.example/fullchain.pem", str(certificate)),
        ("/etc/letsencrypt/live/lab.wuppertal.example/privkey.pem", str(key)),
        ("http://127.0.0.1:8000", f"http://127.0.0.1:{edge.port}"),
    ):
        assert there in shown
        shown = shown.replace(there, here)
    with running("nginx", AROUND.format(folder=tmp_path, shown=shown), port, tmp_path):
        yield port


def connected(port: int) -> ssl.SSLSocket:
    """A connection over TLS from the client's address."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(CLIENT, 0))
    return context.wrap_socket(plain, server_hostname="lab.wuppertal.example")


HEAD = (
    b"POST /actors/persons HTTP/1.1\r\nHost: lab.wuppertal.example\r\nConnection: close\r\n"
    b"X-Forwarded-For: 203.0.113.9\r\nContent-Length: 10\r\n\r\n"
)


def test_the_handbooks_proxy_speaks_tls_names_the_client_and_waits_for_the_body(
    edge: Edge, proxy: int
) -> None:
    with connected(proxy) as client:
        client.sendall(HEAD + b"abcde")
        with connected(proxy) as other:
            other.sendall(HEAD + b"abcdefghij")
            answer = b"".join(iter(lambda: other.recv(65_536), b""))
        assert b"Strict-Transport-Security: max-age=31536000" in answer
        assert answer.endswith(f"{CLIENT} 10 lab.wuppertal.example".encode())
        assert edge.server.n_accepted == 1
        client.sendall(b"fghij")
        assert b"".join(iter(lambda: client.recv(65_536), b"")).endswith(b" 10 lab.wuppertal.example")


def asked_of(answer: bytes) -> str:
    """The prefix and the path that the edge saw."""
    head = answer.partition(b"\r\n\r\n")[0].decode().splitlines()
    return next(line for line in head if line.startswith(f"{ASKED}:")).removeprefix(f"{ASKED}: ")


def test_the_handbooks_proxy_passes_on_no_prefix_that_a_client_sends(proxy: int) -> None:
    with connected(proxy) as client:
        request = b"GET /reporting HTTP/1.1\r\nHost: lab.wuppertal.example\r\nConnection: close\r\n"
        client.sendall(request + EVIL + b"\r\n")
        answer = b"".join(iter(lambda: client.recv(65_536), b""))
    assert asked_of(answer) == "/ /reporting"


def test_under_a_path_the_edge_learns_the_path_from_the_proxy_alone(edge: Edge, tmp_path: Path) -> None:
    port = free_port()
    location = shown_for_a_path().replace("http://127.0.0.1:8000", f"http://127.0.0.1:{edge.port}")
    shown = f"server {{ listen 127.0.0.1:{port};\n{location}}}"
    with (
        running("nginx", AROUND.format(folder=tmp_path, shown=shown), port, tmp_path),
        socket.create_connection(("127.0.0.1", port), timeout=30) as client,
    ):
        client.sendall(b"GET /lab/reporting HTTP/1.1\r\nHost: city\r\nConnection: close\r\n" + EVIL + b"\r\n")
        answer = b"".join(iter(lambda: client.recv(65_536), b""))
    assert asked_of(answer) == "/lab /reporting"
