"""Where can a person see, download and erase their data? On one page, without a cookie.

The token comes in a form's field and goes nowhere else: not into an address, not into a cookie, not into a log line.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from services.actors.domain.erasure import RequestErasure
from services.actors.domain.person import WithdrawConsent
from services.actors.edge.person import AllAboutPerson, Disclosures, all_about, answered, must_be_a_purpose
from shared.edge.bodies import MAX_BODY
from shared.edge.links import LANGUAGE
from shared.edge.own_data import Holder
from shared.edge.pages import either, page_response
from shared.edge.problems import Problem, not_possible
from shared.edge.queries import refuse_unknown
from shared.edge.routes import Route, caller_with
from shared.edge.tokens import Issuer
from shared.eventlog.port import Refusal
from shared.events.actors.erasure import ErasureBlocked
from shared.events.vocabulary import Purpose
from shared.service import clock, ids
from shared.service.app import App
from shared.service.origin import Origin
from shared.service.tables import Caller, Role

TEMPLATES = Path(__file__).parent / "templates"
ADDRESS = "/actors/own-data"
NOT_ASKED, UNSURE, BEGUN, BEGUN_IN_PART = "not asked", "unsure", "begun", "begun in part"
"""What became of a request to erase: the page says so by a sentence of its own."""


def own_data_routes(app: App, issuer: Issuer, city: str, holders: Mapping[str, Holder]) -> list[Route]:
    """The addresses of personal data: for machines, and the person's page; `holders` keep something, too."""
    page = OwnPage(app, issuer, city, holders)
    of_person, own = Disclosures(app, issuer, holders).routes()
    return [
        of_person,
        Route("GET", ADDRESS, either(own.answer, page.door), own.operation),
        Route("POST", ADDRESS, page.inside),
    ]


class OwnPage:
    """The person's page."""

    def __init__(self, app: App, issuer: Issuer, city: str, holders: Mapping[str, Holder]) -> None:
        self._holders = holders
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
        if action == "withdraw":
            self._withdraw(caller, request.form)
        erasing = NOT_ASKED
        if action == "erase":
            erasing = self._erased(caller, request.form)
        stored = all_about(self._app, caller, token, self._holders)
        if action == "download":
            return _file(stored)
        return self._page(request, wrong=False, stored=stored, token=token, key=ids.new_id(), erasing=erasing)

    def _erased(self, caller: Caller, form: Mapping[str, str]) -> str:
        """What becomes of a request to erase: one erasure per form that was shown, however often it is sent."""
        if form.get("sure") != "yes":
            return UNSURE
        key = form.get("key", "")
        command_id = ids.command_id("actors", f"{caller.role}:{caller.actor}", key or ids.new_id())
        command = RequestErasure(
            erasure_id=ids.derived("noun", command_id), person_id=caller.actor, at=clock.now()
        )
        outcome = self._app.handle(
            command, command_id=command_id, request_digest=command_id, origin=Origin(caller=caller)
        )
        if isinstance(outcome, Refusal):
            raise Problem(409, outcome.sentence, rule=outcome.rule)
        is_kept = any(name.split(".")[2] == ErasureBlocked.__name__ for name in outcome.types)
        return BEGUN_IN_PART if is_kept else BEGUN

    def _withdraw(self, caller: Caller, form: Mapping[str, str]) -> None:
        """The person takes back a consent, whoever recorded it.

        Raises: Problem 422 for a use that there is not.
        """
        if form.get("purpose") not in set(Purpose):
            raise not_possible(must_be_a_purpose(), field="purpose")
        command = WithdrawConsent(person_id=caller.actor, purpose=Purpose(form["purpose"]), at=clock.now())
        command_id = ids.new_id()
        origin = Origin(caller=caller)
        answered(
            lambda: self._app.handle(command, command_id=command_id, request_digest=command_id, origin=origin)
        )

    def _page(self, request: Request, **values: Any) -> Response:
        shown: dict[str, Any] = {"stored": None, "token": "", "key": "", "erasing": NOT_ASKED} | values
        return page_response(
            request, "own_data.html", TEMPLATES, signed_in=True, city=self._city, address=ADDRESS, **shown
        )


def _file(stored: AllAboutPerson) -> Response:
    response = Response(json.dumps(stored, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="kosilab-own-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response
