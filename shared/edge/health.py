"""Is the process alive and ready, and what are its figures? `/livez`, `/readyz` and `/metrics` answer."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from werkzeug.wrappers import Request, Response

from shared.edge.problems import Problem, not_signed_in
from shared.edge.queries import refuse_unknown
from shared.edge.routes import Route, caller_of, require_role
from shared.edge.tokens import Issuer
from shared.service.tables import Role

Check: TypeAlias = Callable[[], str | None]
"""Returns None when all is well, else one sentence that says what is wrong."""

Gauges: TypeAlias = Callable[[], Iterator[tuple[str, str, dict[str, str], float]]]
"""Yields name without prefix, help text, labels and value; names that end in `_total` are counters."""


Guard: TypeAlias = Callable[[Request], None]
"""Raises a Problem for whoever may not see positions, counts and reasons: they show each act as it happens."""

INSIDERS = frozenset({Role.OPERATOR, Role.AUDITOR})


def health_routes(checks: Mapping[str, Check], gauges: Gauges, guard: Guard) -> list[Route]:
    """The three routes."""

    def ready(request: Request, _: Mapping[str, str]) -> Response:
        if "verbose" in request.args:
            guard(request)
        return readiness(request, checks)

    def figures(request: Request, _: Mapping[str, str]) -> Response:
        guard(request)
        return metrics(gauges)

    return [
        Route("GET", "/livez", lambda *_: Response("ok\n", mimetype="text/plain")),
        Route("GET", "/readyz", ready),
        Route("GET", "/metrics", figures),
    ]


def everybody(_: Request) -> None:
    """Everybody who reaches the worker port may see all."""


def nobody(_: Request) -> None:
    """Raises: Problem 403, for a process that knows no tokens."""
    raise Problem(403, "This is answered on the worker port only (KOSILAB_WORKER_PORT).")


def staff_only(issuer: Issuer) -> Guard:
    """Operators and auditors may see all; everybody else gets Problem 401 or 403."""

    def guard(request: Request) -> None:
        caller = caller_of(request, issuer)
        if caller is None:
            raise not_signed_in("Sign in as operator or auditor, or ask on the worker port.")
        require_role(caller, INSIDERS)

    return guard


def readiness(request: Request, checks: Mapping[str, Check]) -> Response:
    """200 when every check passes, else 503; with `verbose` one line per check."""
    refuse_unknown(request, {"verbose", "exclude"})
    excluded = request.args.get("exclude", "").split(",")
    results = {name: _tried(check) for name, check in checks.items() if name not in excluded}
    wrong = {name: why for name, why in results.items() if why is not None}
    lines = [f"[-]{name}: {why}" if why else f"[+]{name} ok" for name, why in results.items()]
    shown = lines if "verbose" in request.args else [f"[-]{name}" for name in wrong]
    body = "\n".join([*shown, "not ready" if wrong else "ready"]) + "\n"
    return Response(
        body, 503 if wrong else 200, mimetype="text/plain", headers={"Retry-After": "5"} if wrong else {}
    )


def _tried(check: Check) -> str | None:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a failing check is an answer
        return f"does not answer ({type(error).__name__})"


def metrics(gauges: Gauges) -> Response:
    """The page for Prometheus."""
    return Response(generate_latest(_Both(gauges)), content_type=CONTENT_TYPE_LATEST)


class _Both:
    """The process's registry, and figures that are read at the time of the scrape."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        """Every metric of the product; the process's own come from the registry."""
        yield from (
            metric for metric in REGISTRY.collect() if metric.name.startswith(("kosilab_", "process_"))
        )
        families: dict[str, Any] = {}
        for name, help_text, labels, value in self._gauges():
            kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            family = families.setdefault(name, kind(f"kosilab_{name}", help_text, labels=list(labels)))
            family.add_metric(list(labels.values()), value)
        yield from families.values()
