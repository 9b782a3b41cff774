"""What did the city know then? Figures as of a cut-off, from the history that reporting keeps; two can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deploy.failed import Failed
from deploy.instance import Instance
from services.reporting.answers import Asked, NotBrokenDown
from services.reporting.as_of import difference, figures_as_of, manifest
from services.reporting.cutoff import BadCutoff, Cutoff
from services.reporting.history import StoredHistory
from services.reporting.indicators.catalogue import INDICATORS, NoSuchVersion
from shared.service import clock
from shared.tabular.spelling import listed, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which indicators in which version, as of which cut-off, compared with which; an empty cut-off means now."""

    names: tuple[str, ...] = ()
    cutoff: str = ""
    compare: str | None = None
    by: str | None = None
    version: int | None = None


def answer_as_of(instance: Instance, question: Question) -> dict[str, Any]:
    """The figures with their manifest, and the differences when another cut-off is given.

    Raises: Failed, Unreadable, LogUnavailable.
    """
    names = _named(question.names) or tuple(INDICATORS)
    history, asked, now = (
        StoredHistory(instance.units["reporting"].store),
        Asked(by=question.by, full=True, version=question.version),
        clock.now(),
    )
    try:
        cutoff = Cutoff.read(question.cutoff) if question.cutoff else Cutoff()
        figures = figures_as_of(history, cutoff, names, asked, now)
        answer: dict[str, Any] = {"manifest": manifest(history, cutoff, figures, now), "figures": figures}
        if question.compare is not None:
            other = Cutoff.read(question.compare)
            answer["difference"] = difference(figures, figures_as_of(history, other, names, asked, now))
    except (BadCutoff, NotBrokenDown, NoSuchVersion) as error:
        raise Failed(str(error)) from error
    return answer


def _named(asked: Sequence[str]) -> tuple[str, ...]:
    """The indicators of these names, or of these ids in the handbook, such as `X3`.

    Raises: Failed for one that is unknown.
    """
    names: list[str] = []
    for each in asked:
        same_id = [
            name for name, indicator in INDICATORS.items() if indicator.id.casefold() == each.casefold()
        ]
        if each not in INDICATORS and not same_id:
            likely = nearest(each, INDICATORS)
            hint = f"did you mean {listed(likely)}?" if likely else f"there are {', '.join(INDICATORS)}."
            raise Failed(f"There is no indicator '{each}'; {hint}")
        names += [each] if each in INDICATORS else same_id
    return tuple(dict.fromkeys(names))
