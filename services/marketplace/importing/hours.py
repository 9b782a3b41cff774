"""What does a row about hours ask for? An entry in its engagement, confirmed where the list has a day for it.

A corrected row disputes the entry that is not confirmed yet, and makes another one.
"""

from collections.abc import Iterator
from itertools import count

from services.marketplace.domain.engagement import (
    ENGAGEMENT,
    Engagement,
    EntryStatus,
    engagement_id_of,
)
from services.marketplace.domain.hours import ConfirmHours, DisputeHours, LogHours
from services.marketplace.domain.need import NEED
from services.marketplace.importing.engagement import search_id_of
from shared.importing.identity import noun_id
from shared.importing.kinds import Import
from shared.importing.lookup import Lookup
from shared.importing.step import FUTURE, RowRefused, Step, needed, refuse_other
from shared.tabular import cells
from shared.tabular.fields import About, Kind, key, may, must
from shared.tabular.rows import Row

KIND = Kind(
    name="hours",
    about=About.PERSON,
    fields=(
        key("Eintrag"),
        must("engagement", cells.line_of_text, "Einsatz | Einsatz-Nr. | Engagement-Nr."),
        must("on", cells.day, "Datum | am | Tag | date"),
        must("hours", cells.hours, "Stunden | Std. | geleistete Stunden | h"),
        may("confirmed_on", cells.day, "bestätigt am | Bestätigung | Bestätigung am | bestätigt"),
        may("eligible", cells.yes_or_no, "anrechenbar | anrechnungsfähig | als Eigenleistung"),
    ),
    in_order=(("on", "confirmed_on"),),
    meanings={
        "key": "Nummer der Zeile in Ihrer Liste. Sie bleibt gleich, wenn die Zeile berichtigt wird.",
        "engagement": "Nummer des Einsatzes, zu dem die Stunden gehören.",
        "on": "Tag, an dem gearbeitet wurde.",
        "hours": "Geleistete Stunden.",
        "confirmed_on": "Tag, an dem die Einsatzstelle die Stunden bestätigt hat.",
        "eligible": "Ob die Stunden als Eigenleistung angerechnet werden.",
    },
    examples=("BSP-S1 | BSP-E1 | t-270 | 2,5 | t-260 | ja",),
    after=("organisations", "offers", "engagements"),
)

BY_RULE = {
    FUTURE: "on",
    "hours_fit_into_a_day": "hours",
    "work_was_done_while_engaged": "on",
    "engagement_has_started": "engagement",
}


def steps(row: Row, lookup: Lookup) -> Iterator[Step]:
    """The steps of one row."""
    engagement_id = _engagement_id(row, lookup)
    engagement: Engagement = lookup.state(ENGAGEMENT, engagement_id)
    entry_id, earlier_id = _entry_ids(row, engagement)
    worked_on = needed(row.day("on"), "on")
    log = LogHours(
        engagement_id=engagement_id,
        entry_id=entry_id,
        worked_on=worked_on,
        hours=needed(row.number("hours"), "hours"),
        civic=row.flag("eligible") is not False,
        at=lookup.at(worked_on),
    )
    if earlier_id is not None and not _says_the_same(log, engagement, earlier_id):
        dispute = DisputeHours(engagement_id=engagement_id, entry_id=earlier_id, at=lookup.now)
        yield Step(command=dispute, name="hours")
        yield Step(command=log, name="hours", by_rule=BY_RULE)
    elif earlier_id is not None:
        entry_id = earlier_id
    else:
        yield Step(command=log, name="hours", begins=True, by_rule=BY_RULE)
    if confirmed_on := row.day("confirmed_on"):
        confirm = ConfirmHours(engagement_id=engagement_id, entry_id=entry_id, at=lookup.at(confirmed_on))
        yield Step(command=confirm, name="confirmed_on")
    elif earlier_id == entry_id and engagement.entries[entry_id].status == EntryStatus.CONFIRMED:
        refuse_other("confirmed", None, "confirmed_on")


def _engagement_id(row: Row, lookup: Lookup) -> str:
    text = needed(row.text("engagement"), "engagement")
    for form in row.forms("engagement"):
        match_id = lookup.state(NEED, search_id_of(form)).held_by
        candidates = [engagement_id_of(match_id)] if match_id else []
        for candidate in (*candidates, form):
            if lookup.exists(ENGAGEMENT, candidate):
                return candidate
    raise RowRefused("engagement", f"'{text}' is not a known engagement; import the engagements first")


def _entry_ids(row: Row, engagement: Engagement) -> tuple[str, str | None]:
    """The id for the next entry of this row, and the id of its present entry, if any."""
    standing = None
    for number in count(1):
        entry_id = noun_id("hours", f"{row.key}~{number}")
        if entry_id not in engagement.entries:
            return entry_id, standing
        is_disputed = engagement.entries[entry_id].status == EntryStatus.DISPUTED
        standing = None if is_disputed else entry_id
    raise AssertionError  # count() never ends


def _says_the_same(log: LogHours, engagement: Engagement, entry_id: str) -> bool:
    logged = engagement.entries[entry_id].logged
    return (logged.worked_on, logged.hours, logged.civic) == (log.worked_on, log.hours, log.civic)


HOURS_FILES = Import(kind=KIND, steps=steps)
