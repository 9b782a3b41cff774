"""How does somebody find each service? At its own address, as a proxy in front of them would."""

from deploy.demo.stranger import Document, Stranger
from shared.service.tables import Caller
from tests.system.cluster import Cluster

WELL, MALFORMED = 200, frozenset({400, 422})


class Citizen(Stranger):
    """A client of the whole city."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__("", cluster.token)
        self._cluster = cluster

    def sees(self, path: str, by: Caller) -> Document:
        """What is read from the log itself, so that no view need come along."""
        status, answer = self._ask("GET", path, by)
        assert status == WELL, answer
        return answer

    def refused(self, path: str, by: Caller, /, **body: object) -> None:
        """Send what cannot be understood."""
        status, answer = self._ask("POST", path, by, body)
        assert status in MALFORMED, answer

    def _ask(
        self, method: str, where: str, by: Caller | None, body: Document | None = None
    ) -> tuple[int, Document]:
        self._address = self._cluster.address(where.split("/")[1])
        return super()._ask(method, where, by, body)
