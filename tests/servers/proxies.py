"""How do nginx and HAProxy run for a test? Each in the foreground, in a folder of its own, as lenient as it can be.

A proxy that refuses what is wrong hides what stands behind it; so both pass on whatever they may.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import programs
from tests.servers.children import Child
from tests.servers.kinds import Unavailable
from tests.servers.ports import free_port
from tests.servers.waiting import accepts, until

MARK = "X-Through"
"""The field with which a proxy marks each request that it passes on, with a value of its own for each."""

PACKAGES = {"nginx": "nginx-light", "haproxy": "haproxy"}

NGINX = """
daemon off;
pid {folder}/pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_header_timeout 1s;
    client_body_timeout 1s;
    keepalive_timeout 1s;
    ignore_invalid_headers off;
    underscores_in_headers on;
    upstream city {{ server 127.0.0.1:{behind}; keepalive 4; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://city;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header X-Through $request_id;
            proxy_read_timeout 2s;
        }}
    }}
}}
"""

HAPROXY = """
global
    maxconn 1000
defaults
    mode http
    timeout connect 2s
    timeout client 1s
    timeout server 2s
    timeout http-request 1s
    timeout http-keep-alive 1s
    http-reuse always
frontend world
    bind 127.0.0.1:{port}
    option accept-invalid-http-request
    http-request set-header X-Through %[uuid()]
    default_backend city
backend city
    server city 127.0.0.1:{behind}
"""


def installed(name: str) -> str:
    """The program of a proxy, installed first where it is missing and may be.

    Raises: Unavailable.
    """
    if programs.proxy(name) is None and programs.may_install():
        programs.install(PACKAGES[name])
    program = programs.proxy(name)
    if program is None:
        raise Unavailable(f"the tests need {name}: install it (Debian: apt-get install {PACKAGES[name]})")
    return program


@contextmanager
def proxy_before(behind: int, name: str, folder: Path) -> Iterator[int]:
    """A proxy of this name before a port; the port where it listens itself.

    Raises: Unavailable.
    """
    port = free_port()
    text = NGINX if name == "nginx" else HAPROXY
    with running(name, text.format(folder=folder, port=port, behind=behind), port, folder):
        yield port


@contextmanager
def running(name: str, text: str, port: int, folder: Path) -> Iterator[None]:
    """A proxy with these settings, which answers on this port.

    Raises: Unavailable.
    """
    file = folder / f"{name}.conf"
    file.write_text(text, encoding="utf-8")
    arguments = ["-p", str(folder), "-c", str(file)] if name == "nginx" else ["-db", "-f", str(file)]
    child = Child([installed(name), *arguments], folder)
    child.start()
    try:
        until(lambda: accepts("127.0.0.1", port) or not child.running, f"{name} answers")
        if not child.running:
            raise Unavailable(f"{name} does not start: {child.last_words()}")
        yield
    finally:
        child.kill()
