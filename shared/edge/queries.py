"""How is a view read over HTTP? Filtered, paged, limited to what the caller may see, and as fresh as requested."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.edge.problems import Problem, malformed, not_possible, not_signed_in, unavailable
from shared.edge.routes import Route, caller_of
from shared.edge.serving.workers import Crowd, without_worker
from shared.edge.tokens import Issuer
from shared.eventlog.store import SqlStore
from shared.events.schema import ID_PATTERN
from shared.kernel.read_model import Document
from shared.service import clock
from shared.service.projection import views_cursor
from shared.service.tables import OWN_ROLES, Caller, Query, ServiceTables

MAX_LIMIT = 500
DEFAULT_LIMIT = 100
WAIT_S = 5.0
STEP_S = 0.01
MAX_FILTER = 200
WAITING = Crowd()
"""All who wait for a position: the more they are, the less often each one looks."""
POSITION_PATTERN = "^([a-z]+:)?[0-9]{1,18}$"
"""A position of the service's own log, or of another that it follows: `57`, `marketplace:57`."""


def query_routes(
    tables: ServiceTables, store: SqlStore, issuer: Issuer, pause: Callable[[float], None]
) -> Iterator[Route]:
    """The routes of all views that have a reader."""
    for query in tables.queries:
        endpoint = QueryEndpoint(tables, store, query, issuer, pause)
        yield Route("GET", f"/{tables.name}/{query.nouns}", endpoint.listing)
        yield Route("GET", f"/{tables.name}/{query.nouns}/<id>", endpoint.by_id)


class QueryEndpoint:
    """Answers one line of the view table."""

    def __init__(
        self,
        tables: ServiceTables,
        store: SqlStore,
        query: Query[Any],
        issuer: Issuer,
        pause: Callable[[float], None],
    ) -> None:
        self._tables = tables
        self._store = store
        self._query = query
        self._issuer = issuer
        self._pause = pause

    def listing(self, request: Request, _: Mapping[str, str]) -> Response:
        """Documents by key: `items`, and `next` to go on with as `after`."""
        caller = self._caller(request)
        allowed = {*self._query.filters, "limit", "after", "min_position"}
        refuse_unknown(request, allowed)
        limit = whole_number(request, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
        after = request.args.get("after", "")
        if after and not re.fullmatch(ID_PATTERN, after):
            raise not_possible("`after` must be the id of the last item of the previous page.", field="after")
        self._wait(request)
        columns = {name: _filter(request, name) for name in self._query.filters if name in request.args}
        documents = self._select(caller, columns, after, limit)
        shown = [
            item
            for item in (self._query.shown(caller, document, self._store.ask) for document in documents)
            if item is not None
        ]
        following = documents[-1]["id"] if len(documents) == limit else None
        return json_response({"items": shown, "next": following}, signed_in=caller is not None)

    def by_id(self, request: Request, args: Mapping[str, str]) -> Response:
        """One document by its key."""
        caller = self._caller(request)
        refuse_unknown(request, {"min_position"})
        if not re.fullmatch(ID_PATTERN, args["id"]):
            raise Problem(404, "There is no such id.")
        self._wait(request)
        document = self._store.ask.get(self._query.view, args["id"])
        if document is None or not self._is_own(caller, document):
            raise Problem(404, "There is no such id.")
        shown = self._query.shown(caller, document, self._store.ask)
        if shown is None:
            raise Problem(404, "There is no such id.")
        return json_response(shown, signed_in=caller is not None)

    def _caller(self, request: Request) -> Caller | None:
        caller = caller_of(request, self._issuer)
        if not self._query.roles:
            return caller
        if caller is None:
            raise not_signed_in("Sign in to read this.")
        if caller.role not in self._query.roles:
            raise Problem(403, "Your role does not allow this.")
        return caller

    def _is_own(self, caller: Caller | None, document: Document) -> bool:
        if caller is None or caller.role not in OWN_ROLES or not self._query.own:
            return True
        columns = self._query.view.columns
        return caller.actor in {columns[name](document) for name in self._query.own}

    def _select(
        self, caller: Caller | None, columns: dict[str, Any], after: str, limit: int
    ) -> list[Document]:
        ask, view = self._store.ask, self._query.view
        if caller is None or caller.role not in OWN_ROLES or not self._query.own:
            return ask.find(view, limit=limit, after=after, **columns)
        documents: dict[str, Document] = {}
        for own in self._query.own:
            if columns.get(own, caller.actor) == caller.actor:
                mine = {**columns, own: caller.actor}
                documents |= {
                    document["id"]: document for document in ask.find(view, limit=limit, after=after, **mine)
                }
        return [documents[key] for key in sorted(documents)][:limit]

    def _wait(self, request: Request) -> None:
        wait_for_position(request, self._tables, self.position_of, self._pause)

    def position_of(self, source: str) -> int:
        """The position that the service's views have reached in the log of a source."""
        return self._store.cursors.cursor(views_cursor(source))


def wait_for_position(
    request: Request,
    tables: ServiceTables,
    position_of: Callable[[str], int],
    pause: Callable[[float], None],
) -> None:
    """Wait up to 5 s until the views have reached `min_position` (`57`, or `marketplace:57` for another log).

    Raises: Problem 503 when they have not, 400 or 422 for a malformed position.
    """
    wanted = request.args.get("min_position")
    if wanted is None:
        return
    if not re.fullmatch(POSITION_PATTERN, wanted):
        raise malformed(
            "`min_position` must be a number, or a service and a number: marketplace:57.",
            field="min_position",
        )
    named, _, digits = wanted.rpartition(":")
    source = named or tables.name
    if source not in (tables.name, *tables.follows):
        raise not_possible(f"{tables.name} does not follow that service.", field="min_position")
    until = clock.monotonic() + WAIT_S
    while position_of(source) < int(digits):
        if clock.monotonic() >= until:
            raise unavailable("The view has not reached this position yet; ask again.", 1)
        with without_worker(request.environ), WAITING.longer_pause(STEP_S) as pause_s:
            pause(pause_s)


def refuse_unknown(request: Request, allowed: set[str]) -> None:
    """Refuse parameters that have no effect, so that they mislead nobody.

    Raises: Problem 400.
    """
    unknown = sorted(set(request.args) - allowed)
    if unknown:
        raise malformed(
            f"Unknown parameter {unknown[0][:40]!r}; known are {', '.join(sorted(allowed))}.",
            field=unknown[0][:40],
        )
    doubled = [name for name in allowed if len(request.args.getlist(name)) > 1]
    if doubled:
        raise malformed(f"`{doubled[0]}` is given twice.", field=doubled[0])


def whole_number(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """A parameter that is a number.

    Raises: Problem 400, 422.
    """
    text = request.args.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise malformed(f"`{name}` must be a number.", field=name)
    if not least <= int(text) <= most:
        raise not_possible(f"`{name}` must be between {least} and {most}.", field=name)
    return int(text)


def json_response(content: Any, *, signed_in: bool) -> Response:
    """JSON that nobody may keep when it was made for one caller."""
    response = Response(json.dumps(content, ensure_ascii=False), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store" if signed_in else "no-cache"
    return response


def _filter(request: Request, name: str) -> str:
    value = request.args[name]
    if len(value) > MAX_FILTER or "\x00" in value or any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):  # noqa: PLR2004
        raise not_possible(f"`{name}` is too long, or not text.", field=name)
    return value
