"""How is a view read over HTTP? Filtered, paged, limited to what the caller may see, and as fresh as requested."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.edge.cursors import Cursors
from shared.edge.districts import FIELD, Districts
from shared.edge.links import LANGUAGE, accepted
from shared.edge.problems import HTML, malformed, not_possible, not_signed_in, unavailable
from shared.edge.routes import Route, caller_of, no_such, require_role
from shared.edge.serving.workers import Crowd, without_worker
from shared.edge.tokens import Issuer
from shared.eventlog.store import SqlStore
from shared.events.schema import ID_PATTERN
from shared.kernel.sentence import Sentence
from shared.kernel.text import in_one_line
from shared.service import clock
from shared.service.projection import views_cursor
from shared.service.showing import each_shown
from shared.service.tables import Caller, Query, ServiceTables
from shared.service.visible import Visible, page_of

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
    tables: ServiceTables,
    store: SqlStore,
    issuer: Issuer,
    pause: Callable[[float], None],
    districts: Districts,
) -> Iterator[Route]:
    """The routes of all views that have a reader."""
    for query in tables.queries:
        endpoint = QueryEndpoint(tables, store, query, issuer, pause, districts)
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
        districts: Districts,
    ) -> None:
        self._districts = districts
        self._tables = tables
        self._store = store
        self._query = query
        self._issuer = issuer
        self._pause = pause
        self._cursors = Cursors(issuer, f"/{tables.name}/{query.nouns}")

    def listing(self, request: Request, _: Mapping[str, str]) -> Response:
        """Documents by key: `items`, and `next` to go on with as `after`, which says nothing of what is not shown."""
        caller = self._caller(request)
        allowed = {*self._query.filters, "limit", "after", "min_position"}
        refuse_unknown(request, allowed)
        limit = whole_number(request, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
        filters = {name: self._filter(request, name) for name in self._query.filters if name in request.args}
        after = self._cursors.read(request.args.get("after", ""), caller, filters)
        self._wait(request)
        ask, view = self._store.ask, self._query.view
        visible = self._query.visible_to(caller, ask)
        refuse_hidden(visible, filters)
        page = page_of(ask, view, visible, filters, after=after, limit=limit + 1)
        if not page:
            # As texts are kept since; what is older is kept as it was sent.
            kept = {name: in_one_line(value) for name, value in filters.items()}
            page = page_of(ask, view, visible, kept, after=after, limit=limit + 1) if kept != filters else []
        if not page:
            self._refuse_no_district(filters)
        documents = (document for _, document in page[:limit])
        items = list(each_shown(partial(self._query.shown, caller), documents))
        following = self._cursors.made(page[limit - 1][0], caller, filters) if len(page) > limit else None
        return json_response({"items": items, "next": following}, signed_in=caller is not None)

    def by_id(self, request: Request, args: Mapping[str, str]) -> Response:
        """One document by its key."""
        caller = self._caller(request)
        refuse_unknown(request, {"min_position"})
        if not re.fullmatch(ID_PATTERN, args["id"]):
            raise no_such(self._query.nouns, args["id"])
        self._wait(request)
        shown = self._query.document_for(caller, self._store.ask, args["id"])
        if shown is None:
            raise no_such(self._query.nouns, args["id"])
        return json_response(shown, signed_in=caller is not None)

    def _filter(self, request: Request, name: str) -> str:
        """The value of a filter.

        Raises: Problem 400 for a word that the filter does not have, 422 for what is no text.
        """
        value, words = _text(request, name), self._query.words.get(name)
        if words is not None and value not in set(words):
            listed = ", ".join(words)
            raise malformed(
                Sentence("`{name}` must be one of: {words}.", name=name, words=listed), field=name
            )
        return value

    def _refuse_no_district(self, filters: Mapping[str, str]) -> None:
        """Raises: Problem 400 for a district that the city does not have, and of which nothing is kept."""
        why = self._districts.why_not(filters[FIELD]) if FIELD in filters else None
        if why is not None:
            raise malformed(why, field=FIELD)

    def _caller(self, request: Request) -> Caller | None:
        caller = caller_of(request, self._issuer)
        if not self._query.roles:
            return caller
        if caller is None:
            raise not_signed_in("Sign in to read this.")
        require_role(caller, self._query.roles)
        return caller

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
        raise not_possible(
            Sentence("{service} does not follow that service.", service=tables.name), field="min_position"
        )
    until = clock.monotonic() + WAIT_S
    while position_of(source) < int(digits):
        if clock.monotonic() >= until:
            raise unavailable("The view has not reached this position yet; ask again.", 1)
        with without_worker(request.environ), WAITING.longer_pause(STEP_S) as pause_s:
            pause(pause_s)


def refuse_hidden(visible: tuple[Visible, ...], filters: Mapping[str, str]) -> None:
    """Refuse filters by what the caller sees in no document of the list.

    Raises: Problem 400.
    """
    hidden = sorted(name for name in filters if visible and all(name in part.hides for part in visible))
    if hidden:
        raise malformed(
            Sentence("You can't filter by `{name}`: it is not shown to you.", name=hidden[0]), field=hidden[0]
        )


def refuse_unknown(request: Request, allowed: set[str]) -> None:
    """Refuse parameters that have no effect, so that they mislead nobody; on a page, the language always has one.

    Raises: Problem 400.
    """
    unknown = sorted(set(request.args) - allowed)
    if LANGUAGE in unknown and accepted(request, ("application/json", HTML)) == HTML:
        unknown.remove(LANGUAGE)
    if unknown:
        name, sentence = unknown[0][:40], "Unknown parameter {name!r}; known are {known}."
        names = ", ".join(sorted(allowed)) or "–"
        raise malformed(Sentence(sentence, name=name, known=names), field=name)
    doubled = [name for name in allowed if len(request.args.getlist(name)) > 1]
    if doubled:
        raise malformed(Sentence("`{name}` is given twice.", name=doubled[0]), field=doubled[0])


def whole_number(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """A parameter that is a number.

    Raises: Problem 400, 422.
    """
    text = request.args.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise malformed(Sentence("`{name}` must be a number.", name=name), field=name)
    if not least <= int(text) <= most:
        sentence = Sentence("`{name}` must be between {least} and {most}.", name=name, least=least, most=most)
        raise not_possible(sentence, field=name)
    return int(text)


def json_response(content: Any, *, signed_in: bool) -> Response:
    """JSON that nobody may keep when it was made for one caller."""
    response = Response(json.dumps(content, ensure_ascii=False), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store" if signed_in else "no-cache"
    return response


def _text(request: Request, name: str) -> str:
    value = request.args[name]
    if len(value) > MAX_FILTER or "\x00" in value or any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):  # noqa: PLR2004
        raise not_possible(Sentence("`{name}` is too long, or not text.", name=name), field=name)
    return value
