"""What answers a request? One WSGI application per process, with its routes, problems and safe headers."""

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from shared.edge.commands import command_routes
from shared.edge.districts import Districts, Municipality
from shared.edge.documents import document_routes
from shared.edge.feed import Feed
from shared.edge.health import Check, Gauges, health_routes, staff_only
from shared.edge.limits import Limits, hold_to_limit
from shared.edge.own_data import OwnEvents
from shared.edge.pages import static_route
from shared.edge.problems import (
    Problem,
    Sentences,
    malformed,
    response_of,
    sentences_in,
    unavailable,
)
from shared.edge.queries import query_routes
from shared.edge.routes import Answer, Route, caller_of
from shared.edge.serving.doors import ALIVE, Admission
from shared.edge.tokens import Issuer
from shared.eventlog.port import LogUnavailable
from shared.kernel.sentence import Sentence
from shared.service import clock, ids, telemetry
from shared.service.app import App
from shared.service.tables import Caller, nothing_about

ADMITTED = "kosilab.admitted"
"""The name in a request's environment that says that it has passed `admit`."""

MAX_URL = 4096
NO_HOST = "kosilab"
"""One host name for all requests: answers neither depend on the caller's name for us nor repeat it."""

SAFE: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}

log = telemetry.logger("edge")


class Application:
    """A WSGI callable over a table of routes; `limits` apply to each caller, whom `issuer` knows by their token.

    `sentences` are those in which problems speak.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        limits: Limits | None = None,
        issuer: Issuer | None = None,
        sentences: Sentences | None = None,
    ) -> None:
        self._limits = limits
        self._sentences = sentences or sentences_in()
        self._issuer = issuer
        self._answers: dict[str, Answer] = {}
        rules = []
        for route in routes:
            endpoint = f"{route.method} {route.path}"
            self._answers[endpoint] = route.answer
            rules.append(Rule(route.path, methods=[route.method], endpoint=endpoint))
        self._map = Map(rules, strict_slashes=False, redirect_defaults=False)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer one request, in every case with a status and the safe headers."""
        refusal = None if ADMITTED in environ else self.admit(environ).refusal
        response = refusal or _safe(self.answer(Request(environ)))
        return response(environ, start_response)

    def admit(self, environ: Any) -> Admission:
        """Whether the request keeps within the caller's limit: by its head, before anybody reads its body."""
        environ[ADMITTED] = True
        request = Request(environ)
        if request.path == ALIVE:
            return Admission()
        caller = self._caller(request)
        try:
            if self._limits is not None:
                hold_to_limit(self._limits, request, caller)
        except Problem as refused:
            return Admission(refusal=_safe(response_of(refused, request, self._sentences)))
        return Admission(session="" if caller is None else caller.token_id)

    def _caller(self, request: Request) -> Caller | None:
        """Who has signed in; whoever guesses a token counts as a stranger, so that guessing is slow."""
        try:
            return None if self._issuer is None else caller_of(request, self._issuer)
        except (Problem, LogUnavailable):
            return None

    def answer(self, request: Request) -> Response:
        """The response to a request; never an exception."""
        try:
            return self._routed(request)
        except Problem as refused:
            problem = refused
        except RequestEntityTooLarge:
            problem = Problem(413, "The request is too large.")
        except HTTPException:  # werkzeug's word for a request that can't be read, a form for example
            problem = malformed("The request cannot be read.")
        except LogUnavailable:
            problem = unavailable("The database does not answer now; try again.", 5)
        except Exception:
            reference = ids.new_id()
            log.exception("request_failed", reference=reference, method=request.method)
            sentence = "An internal error occurred; tell the operator this reference: {reference}"
            problem = Problem(500, Sentence(sentence, reference=reference))
        return response_of(problem, request, self._sentences)

    def _routed(self, request: Request) -> Response:
        if len(request.path) + len(request.query_string) > MAX_URL:
            raise Problem(414, Sentence("An address may have at most {most} characters.", most=MAX_URL))
        try:
            endpoint, args = self._map.bind(NO_HOST).match(request.path, request.method)
        except MethodNotAllowed as error:
            allowed = ", ".join(sorted({*(error.valid_methods or ()), "OPTIONS"}))
            if request.method == "OPTIONS":
                return Response(status=204, headers={"Allow": allowed})
            sentence = Sentence("Only {allowed} is possible here.", allowed=allowed)
            raise Problem(405, sentence, headers={"Allow": allowed}) from None
        except HTTPException:
            raise Problem(404, "There is nothing here.") from None
        return self._answers[endpoint](request, args)


def _safe(response: Response) -> Response:
    for name, value in SAFE.items():
        response.headers.setdefault(name, value)
    return response


def service_routes(
    app: App, issuer: Issuer, pause: Any = None, districts: Districts | None = None
) -> list[Route]:
    """All routes of one service: commands, queries, its log; `districts` are those of the city."""
    wait, named = pause or clock.sleep, districts or Districts()
    store: Any = app.store
    return [
        *command_routes(app, issuer, named),
        *query_routes(app.tables, store, issuer, wait, named),
        Feed(app, issuer).route(),
        *([] if app.tables.about is nothing_about else [OwnEvents(app, issuer).route()]),
    ]


def build_application(
    apps: Mapping[str, App],
    *,
    city: Municipality,
    issuer: Issuer,
    checks: Mapping[str, Check],
    gauges: Gauges,
    further_routes: Iterable[Route] = (),
    limits: Limits | None = None,
) -> Application:
    """The application of a process that hosts these services; `further_routes` are pages and others."""
    named = Districts(city.districts)
    services = [route for app in apps.values() for route in service_routes(app, issuer, districts=named)]
    own = list(further_routes)
    documents = document_routes([app.tables for app in apps.values()], city, own)
    health = health_routes(checks, gauges, staff_only(issuer))
    folders = [app.tables.locales for app in apps.values() if app.tables.locales is not None]
    sentences = sentences_in(folders)
    return Application([*services, *documents, *health, static_route(), *own], limits, issuer, sentences)
