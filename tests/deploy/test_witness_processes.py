"""Do a city and a witness find each other as processes of their own, as an operator starts them?"""

import re
import signal
import socket
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.history.vouching import LedgerFolder
from deploy.history.witnessing import COSIGNED, lines_for_others, witness_line
from shared.events.registry import SERVICES
from shared.ledger.checkpoint import read_checkpoint
from shared.ledger.keys import signer_of
from shared.ledger.note import COSIGNATURE
from tests.deploy.cities import CITIES, City
from tests.deploy.desk import Desk, register
from tests.servers import until
from tests.servers.children import Child
from tests.servers.ports import free_port
from tests.system.cluster import get_status

WITNESS = CITIES[1]
"""The key of Dortmund, which is the witness here."""


@pytest.fixture
def folder(tmp_path: Path) -> LedgerFolder:
    """The witness's folder."""
    made = LedgerFolder(tmp_path / "witness" / "ledger", WITNESS)
    made.path.mkdir(parents=True)
    return made


@contextmanager
def serving(what: list[str], where: Path, folder: Path, **env: str) -> Iterator[tuple[str, Child]]:
    """A process of `kosilab serve` with these settings; where it answers."""
    port = free_port()
    options = ["--data", str(where), "--port", str(port)]
    child = Child([sys.executable, "-m", "deploy.cli", "serve", *what, *options], folder, env)
    child.start()
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: get_status(address, "/readyz") == 200, f"{what[0]} is ready", within=60)
        yield address, child
    finally:
        child.stop(signal.SIGTERM, within=20)


@contextmanager
def silent() -> Iterator[str]:
    """An address where everybody is let in and nobody answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def read(address: str, path: str) -> str:
    """What is answered to a GET."""
    with urllib.request.urlopen(address + path, timeout=10) as response:
        return str(response.read().decode())


def test_a_witness_runs_in_a_process_of_its_own(folder: LedgerFolder, tmp_path: Path) -> None:
    city = City.with_log(CITIES[0], tmp_path / "city", seed=1)
    own, *_ = lines_for_others([city.log.store], city.folder, "")
    (folder.path / COSIGNED).write_text(f"{own}\n", encoding="utf-8")
    with serving(["witness", "--city", "dortmund"], folder.path.parent, tmp_path) as (address, child):
        line = witness_line(folder, address)
        city.folder.policy_path.write_text(f"{own}\n{line}\nquorum {WITNESS}\n", encoding="utf-8")
        assert city.vouches() == 1
        assert city.marks() == (5, 5)
        assert line in child.log.read_text()
    city.append(1)
    assert (city.vouches(), city.marks()) == (0, (6, 5))
    city.closes()
    city.log.store.close()


def test_a_city_has_its_logs_cosigned_though_another_witness_never_answers(
    desk: Desk, folder: LedgerFolder, tmp_path: Path
) -> None:
    instance = desk.open()
    register(instance, "Eins", "Zwei")
    instance.close()
    assert desk.call("history", "export", str(tmp_path / "audit")).code == 0  # signs for what is there
    own = [line for line in desk.call("history", "keys").out.splitlines() if line.startswith("log ")]
    (folder.path / COSIGNED).write_text("\n".join(own), encoding="utf-8")
    nobody = signer_of(tmp_path / "nobody.pem", "nobody", COSIGNATURE).key
    with (
        silent() as nowhere,
        serving(["witness", "--city", "dortmund"], folder.path.parent, tmp_path) as (at, _),
    ):
        asked = [f"witness nobody {nobody} {nowhere}", witness_line(folder, at)]
        policy = [*own, *asked, f"group some any nobody {WITNESS}", "quorum some", ""]
        (desk.folder / "ledger" / "policy.txt").write_text("\n".join(policy), encoding="utf-8")
        port = free_port()
        with serving(list(SERVICES), desk.folder, tmp_path, KOSILAB_WORKER_PORT=str(port)) as (city, _):
            watched = f"http://127.0.0.1:{port}"
            gauge = re.compile(r'^kosilab_ledger_witnessed{service="actors"} [1-9]', re.MULTILINE)
            until(
                lambda: gauge.search(read(watched, "/metrics")) is not None,
                "the log is witnessed",
                within=120,
            )
            _, note = read_checkpoint(read(city, "/actors/log/checkpoint"))
    assert any(signature.name == f"{WITNESS}.kosilab/witness" for signature in note.signatures)


def test_a_witness_that_nobody_told_whom_to_cosign_says_what_to_do(desk: Desk) -> None:
    printed = desk.call("serve", "witness")
    assert (printed.code, printed.err.count("\n")) == (2, 1)
    assert "kosilab history keys" in printed.err
    assert desk.call("serve", "witness", "actors").code == 2


def test_a_witness_whose_file_is_wrong_says_where(desk: Desk) -> None:
    folder = desk.folder / "ledger"
    folder.mkdir(exist_ok=True)
    (folder / COSIGNED).write_text("log nonsense\n", encoding="utf-8")
    printed = desk.call("serve", "witness")
    assert (printed.code, printed.err.count("\n")) == (2, 1)
    assert f"{COSIGNED}: line 1" in printed.err
