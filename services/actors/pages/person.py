"""Where can a person see, download and erase their data? On one page, without a cookie.

The token comes in a form's field and goes nowhere else: not into an address, not into a cookie, not into a log line.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from services.actors.custody.person import StoredAboutPerson, stored_about
from services.actors.domain.erasure import RequestErasure
from services.actors.edge.person import Disclosures, answered
from shared.edge.bodies import MAX_BODY
from shared.edge.links import LANGUAGE
from shared.edge.pages import either, page_response
from shared.edge.problems import Problem
from shared.edge.queries import refuse_unknown
from shared.edge.routes import Route, caller_with
from shared.edge.tokens import Issuer
from shared.eventlog.port import Refusal
from shared.service import clock, ids
from shared.service.app import App
from shared.service.origin import Origin
from shared.service.tables import Caller, Role

TEMPLATES = Path(__file__).parent / "templates"
ADDRESS = "/actors/own-data"


def own_data_routes(app: App, issuer: Issuer, city: str) -> list[Route]:
    """The addresses of personal data: for machines, and the person's page."""
    page = OwnPage(app, issuer, city)
    of_person, own = Disclosures(app, issuer).routes()
    return [
        of_person,
        Route("GET", ADDRESS, either(own.answer, page.door), own.operation),
        Route("POST", ADDRESS, page.inside),
    ]


class OwnPage:
    """The person's page."""

    def __init__(self, app: App, issuer: Issuer, city: str) -> None:
        self._app = app
        self._issuer = issuer
        self._city = city

    def door(self, request: Request, _: Mapping[str, str]) -> Response:
        """Asks for the token."""
        refuse_unknown(request, {LANGUAGE})
        return self._page(request, wrong=False)

    def inside(self, request: Request, _: Mapping[str, str]) -> Response:
        """Shows the data, hands them out, or erases them."""
        refuse_unknown(request, {LANGUAGE})
        request.max_content_length = MAX_BODY
        token = request.form.get("token", "").strip()
        try:
            caller = caller_with(token, self._issuer)
        except Problem as problem:
            if problem.status != 401:  # noqa: PLR2004 - not signed in: ask again
                raise
            return self._page(request, wrong=True)
        if caller.role != Role.PERSON:
            return self._page(request, wrong=True)
        action = request.form.get("action", "show")
        if action == "erase" and request.form.get("sure") == "yes":
            self._erase(caller, request.form.get("key", ""))
        stored = answered(lambda: stored_about(self._app, caller))
        if action == "download":
            return _file(stored)
        erasing = action == "erase"
        return self._page(request, wrong=False, stored=stored, token=token, key=ids.new_id(), erasing=erasing)

    def _erase(self, caller: Caller, key: str) -> None:
        """One erasure per form that was shown, however often it is sent."""
        command_id = ids.command_id("actors", f"{caller.role}:{caller.actor}", key or ids.new_id())
        command = RequestErasure(
            erasure_id=ids.derived("noun", command_id), person_id=caller.actor, at=clock.now()
        )
        outcome = self._app.handle(
            command, command_id=command_id, request_digest=command_id, origin=Origin(caller=caller)
        )
        if isinstance(outcome, Refusal):
            raise Problem(409, outcome.sentence, rule=outcome.rule)

    def _page(self, request: Request, **values: Any) -> Response:
        shown: dict[str, Any] = {"stored": None, "token": "", "key": "", "erasing": False} | values
        return page_response(
            request, "own_data.html", TEMPLATES, signed_in=True, city=self._city, address=ADDRESS, **shown
        )


def _file(stored: StoredAboutPerson) -> Response:
    response = Response(json.dumps(stored, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="kosilab-own-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response
