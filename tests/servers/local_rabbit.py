"""How does a RabbitMQ of the tests' own run from the installed programs? With a private name, ports, folder and cookie.

Its port mapper (epmd) is a private one too, so that nothing is left behind and no other node is met.
"""

import secrets
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from tests.servers.children import Child
from tests.servers.kinds import RabbitServer, Unavailable
from tests.servers.ports import free_port
from tests.servers.waiting import TooLate, speaks_amqp, until


class LocalRabbit(RabbitServer):
    """A private broker: one node that only this machine can reach."""

    def __init__(self, programs: Path) -> None:
        """Make the folder and the settings; nothing runs yet."""
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="kosilab-rabbitmq-"))
        self._port, self._api_port, self._epmd_port = free_port(), free_port(), free_port()
        (self._folder / "rabbitmq.conf").write_text(
            f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {self._api_port}\n", encoding="utf-8"
        )
        (self._folder / "enabled_plugins").write_text("[rabbitmq_management].\n", encoding="utf-8")
        (self._folder / "rabbitmq-env.conf").write_text("", encoding="utf-8")
        self._env = self._environment()
        epmd = [shutil.which("epmd") or "epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)]
        self._mapper = Child(epmd, self._folder, self._env)
        self._child = Child([str(programs / "rabbitmq-server")], self._folder, self._env)

    @property
    def files(self) -> Path:
        """Its temporary folder."""
        return self._folder

    @property
    def url(self) -> str:
        """Where the default virtual host is."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}/%2F"

    @property
    def api_url(self) -> str:
        """Where the management interface is."""
        return f"http://127.0.0.1:{self._api_port}"

    def start(self) -> None:
        """Start it (again) and wait until messages and management both answer."""
        if not self._mapper.running:
            self._mapper.start()
        self._child.start()
        up = partial(speaks_amqp, "127.0.0.1", self._port)
        until(lambda: up() or not self._child.running, "RabbitMQ answers", within=120)
        if not self._child.running:
            raise Unavailable(f"RabbitMQ does not start: {self._child.last_words()}")
        until(lambda: self.api_answers, "RabbitMQ's management answers", within=60)

    def kill(self) -> None:
        """SIGKILL to the node and its helpers."""
        self._child.kill()

    def wipe(self) -> None:
        """Kill it, remove its data, start it again as a new node on the same ports."""
        self.kill()
        shutil.rmtree(self._folder / "mnesia", ignore_errors=True)
        self.start()

    def ctl(self, *args: str) -> str:
        """What `rabbitmqctl` with these arguments prints."""
        command = [str(self._programs / "rabbitmqctl"), *args]
        done = subprocess.run(command, env=self._child.env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"rabbitmqctl {args[0]} failed: {done.stderr.strip()[-500:]}")
        return done.stdout

    def remove(self) -> None:
        """End it and remove its data."""
        self._child.kill()
        self._mapper.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        folder = self._folder
        return {
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_CRASH_DUMP_SECONDS": "0",
            "LC_ALL": "C.UTF-8",
            "RUNNING_UNDER_SYSTEMD": "1",  # the script becomes the node, so its process id is the node's
            "RABBITMQ_NODENAME": f"kosilab-{secrets.token_hex(4)}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }


def start_local_rabbit(programs: Path) -> LocalRabbit:
    """A running private broker.

    Raises: Unavailable with the end of its log when it does not start.
    """
    server = LocalRabbit(programs)
    try:
        server.start()
    except (TooLate, Unavailable) as late:
        words = server._child.last_words()
        server.remove()
        raise Unavailable(f"RabbitMQ does not start: {words}") from late
    return server
