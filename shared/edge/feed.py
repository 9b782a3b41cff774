"""How does a reader replay a log? `GET /<service>/log` gives a batch, lines or server-sent events, byte for byte.

Source: contract 4; the http-feeds convention; HTML standard, server-sent events.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from shared.access.register import BELIEVED_FOR_S
from shared.edge.links import accepted, rooted
from shared.edge.problems import Problem, malformed, not_signed_in
from shared.edge.queries import refuse_unknown, whole_number
from shared.edge.routes import Route, caller_of, require_role
from shared.edge.serving.workers import without_worker
from shared.edge.tokens import Issuer
from shared.eventlog.port import EventLog, LogUnavailable, StoredRecord
from shared.events.process import AuditAccessOpened
from shared.events.registry import Audience
from shared.kernel.sentence import Sentence
from shared.service import clock
from shared.service.app import App
from shared.service.tables import Caller, Role

BATCH, LINES, STREAM = "application/cloudevents-batch+json", "application/x-ndjson", "text/event-stream"
FORMS = (BATCH, LINES, STREAM, "application/json")
DEFAULT_LIMIT, MAX_LIMIT = 500, 500
MAX_POSITION = 2**53
MAX_TIMEOUT_MS = 30_000
STREAM_QUIET_S = 10.0
STREAM_LONGEST_S = 3600.0
KNOWN = {"after", "lastEventId", "limit", "audience", "type", "subject", "timeout"}
READERS = frozenset({Role.SERVICE, Role.AUDITOR, Role.DOWNSTREAM})


@dataclass(frozen=True, slots=True)
class Selection:
    """The requested records."""

    after: int
    limit: int
    audience: str | None
    type: str | None
    subject: str | None

    def holds(self, stored: StoredRecord) -> bool:
        """Whether a record is requested."""
        return self.type in (None, stored.type) and self.subject in (None, stored.stream)

    def after_position(self, position: int) -> "Selection":
        """The same selection after another position."""
        return replace(self, after=position)


@dataclass(frozen=True, slots=True)
class Page:
    """The result of one look at the log.

    The reader goes on after `position`. `scanned` is the last position that was examined: it may lie further on, in
    records of another audience. `head` is the last position that the reader may know of.
    """

    records: Sequence[StoredRecord]
    position: int
    scanned: int
    head: int


class Feed:
    """Answers with one service's log."""

    def __init__(self, app: App, issuer: Issuer) -> None:
        self._app = app
        self._log: EventLog = app.store.log
        self._issuer = issuer
        self._opened: set[str] = set()

    def route(self) -> Route:
        """The route of the feed."""
        return Route("GET", f"/{self._app.tables.name}/log", self)

    def __call__(self, request: Request, _: Mapping[str, str]) -> Response:
        """The requested records in the requested form."""
        caller = self._reader(request)
        selection = self._selection(request, caller)
        timeout_ms = whole_number(request, "timeout", default=0, least=0, most=MAX_TIMEOUT_MS)
        form = accepted(request, FORMS) if "Accept" in request.headers else BATCH
        if form is None:
            forms = f"{BATCH}, {LINES}, {STREAM}"
            raise Problem(406, Sentence("The feed answers as one of: {forms}.", forms=forms))
        if caller.role == Role.AUDITOR:
            self._note_audit(caller)
        if form == STREAM:
            return self._stream(selection, self._still_signed_in(request))
        return self._page(request, selection, timeout_ms, LINES if form == LINES else BATCH)

    def _reader(self, request: Request) -> Caller:
        caller = caller_of(request, self._issuer)
        if caller is None:
            raise not_signed_in("Sign in to read the log.")
        require_role(caller, READERS)
        return caller

    def _selection(self, request: Request, caller: Caller) -> Selection:
        refuse_unknown(request, KNOWN)
        if "after" in request.args and "lastEventId" in request.args:
            raise malformed("Give `after` or `lastEventId`, not both.", field="after")
        name = "lastEventId" if "lastEventId" in request.args else "after"
        after = whole_number(request, name, default=0, least=0, most=MAX_POSITION)
        resumed = request.headers.get("Last-Event-ID", "")
        if resumed.isascii() and resumed.isdigit():
            after = min(int(resumed[:18]), MAX_POSITION)
        audience = request.args.get("audience")
        if audience not in (None, *Audience):
            raise malformed("`audience` must be open or internal.", field="audience")
        if caller.role == Role.DOWNSTREAM:
            if audience == Audience.INTERNAL:
                raise Problem(403, "You may read open events only.")
            audience = Audience.OPEN
        limit = whole_number(request, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
        return Selection(after, limit, audience, request.args.get("type"), request.args.get("subject"))

    def _note_audit(self, caller: Caller) -> None:
        """Record the auditor's access, once per token and log, before anything is read."""
        if caller.token_id not in self._opened:
            opened = AuditAccessOpened(token_id=caller.token_id)
            self._app.note(opened, stream=f"audit-{caller.token_id}", at=clock.now())
            self._opened.add(caller.token_id)

    def _page(self, request: Request, selection: Selection, timeout_ms: int, form: str) -> Response:
        until = clock.monotonic() + timeout_ms / 1000
        page = self._read(selection)
        while not page.records and (left := until - clock.monotonic()) > 0:
            with without_worker(request.environ):
                self._log.wait(page.scanned, left)
            caller_of(request, self._issuer)  # the token may have ended meanwhile
            page = self._read(selection.after_position(page.position))
        records = [stored.record for stored in page.records]
        body = (
            b"[" + b",".join(records) + b"]"
            if form == BATCH
            else b"".join(record + b"\n" for record in records)
        )
        response = Response(body, mimetype=form)
        response.headers["Event-Position-Head"] = str(page.head)
        others = [
            (name, value) for name, value in request.args.items() if name not in {"after", "lastEventId"}
        ]
        following = urlencode([("after", page.position), *others])
        response.headers["Link"] = f'<{rooted(request, request.path)}?{following}>; rel="next"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def _read(self, selection: Selection) -> Page:
        head = (
            self._log.head()
        )  # first, so that records appended meanwhile are in the page or waited for, never skipped
        records = self._log.read(after=selection.after, limit=selection.limit, audience=selection.audience)
        last = records[-1].position if records else selection.after
        own_head = head.by_audience.get(selection.audience, 0) if selection.audience else head.position
        return Page(
            records=[stored for stored in records if selection.holds(stored)],
            position=last,
            scanned=max(last, head.position) if len(records) < selection.limit else last,
            head=max(own_head, records[-1].position if records else 0),
        )

    def _still_signed_in(self, request: Request) -> Callable[[], bool]:
        """Asks whether the token holds that the stream began with: it may end, or be taken back."""

        def holds() -> bool:
            try:
                return caller_of(request, self._issuer) is not None
            except (Problem, LogUnavailable):
                return False

        return holds

    def _stream(self, selection: Selection, is_signed_in: Callable[[], bool]) -> Response:
        response = Response(self._events(selection, is_signed_in), mimetype=STREAM)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        return response

    def _events(self, selection: Selection, is_signed_in: Callable[[], bool]) -> Iterator[bytes]:
        """Server-sent events from a position on, with a comment now and then to notice a lost reader.

        It ends with the token: nobody reads on who could not begin any more.
        """
        until = clock.monotonic() + STREAM_LONGEST_S
        quiet_until = clock.monotonic() + STREAM_QUIET_S
        yield b": the id of an event is its position\n\n"
        while clock.monotonic() < until and is_signed_in():
            page = self._read(selection)
            for stored in page.records:
                yield b"id: %d\nevent: %s\ndata: %s\n\n" % (
                    stored.position,
                    stored.type.encode(),
                    stored.record,
                )
            selection = selection.after_position(page.position)
            if page.records or self._log.wait(page.scanned, min(BELIEVED_FOR_S, STREAM_QUIET_S)):
                continue
            if clock.monotonic() >= quiet_until:
                quiet_until = clock.monotonic() + STREAM_QUIET_S
                yield b": still here\n\n"
