"""What does a request ask of the figures? A period, a lab, a breakdown, a version, a state, a cut-off."""

import re
from collections.abc import Sequence
from datetime import date

from werkzeug.wrappers import Request

from services.reporting.answers import Asked
from services.reporting.cutoff import BadCutoff, Cutoff
from services.reporting.indicators.catalogue import INDICATORS, NoSuchVersion
from shared.edge.problems import Problem, malformed, not_possible
from shared.events.schema import ID_PATTERN
from shared.kernel.sentence import Sentence

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
VERSION = re.compile(r"[1-9][0-9]{0,5}")
RELEASES = "/reporting/releases"


def cutoff_of(request: Request) -> Cutoff | None:
    """The cut-off that the request names, if any.

    Raises: Problem 400.
    """
    text = request.args.get("as_of")
    if text is None:
        return None
    try:
        return Cutoff.read(text)
    except BadCutoff as wrong:
        raise malformed(str(wrong), field="as_of") from None


def asked_of(request: Request, *, full: bool, by: str | None = None) -> Asked:
    """The question in the parameters.

    Raises: Problem 400 for a malformed day, id or version; 422 for a period that ends before it begins.
    """
    begins, ends = _day(request, "from", date.min), _day(request, "to", date.max)
    if begins > ends:
        raise not_possible("The period ends before it begins.", field="to")
    lab = request.args.get("lab")
    if lab is not None and not re.fullmatch(ID_PATTERN, lab):
        raise malformed("`lab` must be the id of a lab.", field="lab")
    return Asked(
        begins=begins,
        ends=ends,
        by=request.args.get("by", by),
        lab=lab,
        full=full,
        version=version_of(request),
    )


def version_of(request: Request) -> int | None:
    """The version of the definition that is asked for, if any.

    Raises: Problem 400 for what is no version.
    """
    text = request.args.get("version")
    if text is None:
        return None
    if not VERSION.fullmatch(text):
        raise malformed(
            "`version` must be a number from 1 on; the listing names all versions.", field="version"
        )
    return int(text)


def state_in(text: str, days: Sequence[date]) -> date | None:
    """The state that a text names, if it is one."""
    try:
        day = date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        return None
    return day if day in days else None


def nearest_state(text: str, days: Sequence[date]) -> date:
    """The last state that is not later than what a text names, else the first; the last where it names no day."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return days[-1]
    return max((each for each in days if each <= day), default=days[0])


def require_definition(name: str, version: int | None) -> None:
    """Raises: Problem 404, which lists the versions where the name is right."""
    try:
        INDICATORS.of(name, version)
    except NoSuchVersion as wrong:
        raise Problem(404, str(wrong), field="version", versions=INDICATORS.versions(name)) from None
    except KeyError:
        raise Problem(404, "There is no such indicator; /reporting/indicators lists them.") from None


def _day(request: Request, name: str, default: date) -> date:
    text = request.args.get(name)
    if text is None:
        return default
    try:
        return date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        raise malformed(
            Sentence("`{name}` must be a date, for example 2018-12-31.", name=name), field=name
        ) from None
