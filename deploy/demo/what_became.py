"""What are the results of the demo? Every noun by its states, and the indicators as an auditor sees them."""

from collections import Counter
from typing import NamedTuple

from deploy.demo.story import AUDITOR, COORDINATOR, COUNSELLOR
from deploy.demo.stranger import Document, Stranger
from shared.service.tables import Caller


class Noun(NamedTuple):
    """A noun to count: its list, the callers who may read the list, and the field of its state."""

    name: str
    path: str
    callers: tuple[Caller, ...] = (COORDINATOR,)
    state: str = "status"


BOTH_HALVES = (COORDINATOR, COUNSELLOR)
"""No role sees both: volunteering is the coordinator's, work the counsellor's."""

NOUNS = (
    Noun("organisations", "/actors/organisations", state="state"),
    Noun("offers", "/marketplace/offers"),
    Noun("needs", "/marketplace/needs"),
    Noun("searches", "/marketplace/searches", BOTH_HALVES),
    Noun("matches", "/marketplace/matches", BOTH_HALVES),
    Noun("agreements", "/marketplace/agreements"),
    Noun("engagements", "/marketplace/engagements"),
    Noun("placements", "/employment/placements", (COUNSELLOR,), "state"),
)


def counted(city: Stranger) -> list[tuple[str, int, str]]:
    """Every noun: its name, how many there are, and how many in which state.

    Raises: NotSo.
    """
    rows = []
    for noun in NOUNS:
        documents = [document for caller in noun.callers for document in city.all_of(noun.path, caller)]
        states = Counter(str(document[noun.state]).replace("_", " ") for document in documents)
        summary = ", ".join(f"{n} {state}" for state, n in states.most_common())
        rows.append((noun.name, len(documents), summary))
    return rows


def indicators(city: Stranger) -> list[tuple[str, str, str]]:
    """Every indicator as it is now: its id, its title, and its value with unit, or why it will not be published.

    Raises: NotSo.
    """
    indicators = city.read("/reporting", AUDITOR)["items"]
    return [(indicator["id"], indicator["title"], _value(indicator)) for indicator in indicators]


def _value(indicator: Document) -> str:
    result = indicator["result"]
    if "withheld" in result:
        return f"not shown: {result['withheld']}"
    if result["value"] is None:
        return "no case yet"
    unit = indicator["unit"].strip("[]")
    cases = f" ({result['numerator']} of {result['denominator']})" if "denominator" in result else ""
    return f"{result['value']}{'' if unit == '1' else ' ' + unit}{cases}"
