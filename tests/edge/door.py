"""How does a test knock at the door? A whole city's WSGI application in this process, and tokens for whoever asks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.test import Client, TestResponse

from deploy.launch import application_of
from shared.service.tables import Role
from tests.city import WholeCity

AN_ORGANISATION = {"name": "Repair-Café Ölberg (made up)", "sector": "initiative", "district": "Elberfeld"}
AN_OFFER = {
    "kind": "exchange",
    "title": "Werkstatt für einen Tag",
    "category": "space_and_equipment",
    "district": "Elberfeld",
}
STAFF = {
    role: f"{role}-1" for role in (Role.COORDINATOR, Role.COUNSELLOR, Role.OPERATOR, Role.BROKER, Role.NOTARY)
}


class Door(WholeCity):
    """A city, and all that one can ask of it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Open it."""
        super().__init__(folder, settings=settings)
        self.application = application_of(self.instance)
        self._client = Client(self.application)

    def token(self, role: Role, actor: str | None = None) -> str:
        """A bearer token; without an actor that of some member of staff."""
        if role == Role.SERVICE:
            return self.instance.issuer.service_token()
        return self.instance.issuer.issue(role, actor or f"{role}-1", timedelta(hours=1))

    def ask(
        self,
        method: str,
        path: str,
        *,
        role: Role | None = None,
        actor: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """One request as werkzeug's client sends it, signed in where there is a role."""
        signed = {"Authorization": f"Bearer {self.token(role, actor)}"} if role else {}
        return self._client.open(path, method=method, headers={**signed, **(headers or {})}, **options)

    def get(
        self, path: str, role: Role | None = None, actor: str | None = None, **options: Any
    ) -> TestResponse:
        """Read."""
        return self.ask("GET", path, role=role, actor=actor, **options)

    def send(
        self, path: str, body: Any, role: Role, actor: str | None = None, *, key: str | None = None
    ) -> TestResponse:
        """Send a command."""
        headers = {"Idempotency-Key": key} if key is not None else {}
        return self.ask("POST", path, role=role, actor=actor, json=body, headers=headers)

    def verified_organisation(self, actor: str) -> str:
        """An organisation that may post, known to all services."""
        assert (
            self.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, actor).status_code == 201
        )
        path = f"/actors/organisations/{actor}/verify-organisation"
        assert self.send(path, {}, Role.COORDINATOR).status_code == 200
        self.instance.settle()
        return actor

    def registered_person(self, actor: str, half: str = "volunteering") -> str:
        """A person of this half, known to all services."""
        answer = self.send("/actors/persons", {"context": half}, Role.PERSON, actor)
        assert answer.status_code == 201, answer.text
        self.instance.settle()
        return actor

    def posted_offer(self, actor: str, **terms: Any) -> str:
        """The id of an offer on the board, of an organisation that may post."""
        body = {"terms": AN_OFFER | terms}
        answer = self.send("/marketplace/offers", body, Role.ORGANISATION, actor)
        assert answer.status_code == 201, answer.text
        self.instance.settle()
        return str(answer.get_json()["id"])
