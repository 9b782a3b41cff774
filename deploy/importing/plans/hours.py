"""What does a row about hours ask for? An entry in its engagement, confirmed where the list says so.

A corrected row disputes the entry that is not confirmed yet, and makes another one.
"""

from collections.abc import Iterator
from itertools import count

from deploy.importing.identity import noun_id
from deploy.importing.known import Known
from deploy.importing.plans.engagements import search_id_of
from deploy.importing.steps import FUTURE, RowRefused, Step, needed, refuse_other
from services.marketplace.domain.engagement import ENGAGEMENT
from services.marketplace.domain.engagement_commands import ConfirmHours, DisputeHours, LogHours
from services.marketplace.domain.engagement_state import Engagement, EntryStatus
from services.marketplace.domain.need import NEED
from services.marketplace.reactions import engagement_id_of
from shared.tabular.rows import Row

BY_RULE = {
    FUTURE: "on",
    "hours_fit_into_a_day": "hours",
    "work_was_done_while_engaged": "on",
    "engagement_has_started": "engagement",
}


def steps(row: Row, known: Known) -> Iterator[Step]:
    """The steps of one row."""
    engagement_id = _engagement_id(row, known)
    engagement: Engagement = known.state(ENGAGEMENT, engagement_id)
    entry_id, earlier_id = _entry_ids(row, engagement)
    worked_on = needed(row.day("on"), "on")
    log = LogHours(
        engagement_id=engagement_id,
        entry_id=entry_id,
        worked_on=worked_on,
        hours=needed(row.number("hours"), "hours"),
        civic=row.flag("eligible") is not False,
        at=known.at(worked_on),
    )
    if earlier_id is not None and not _says_the_same(log, engagement, earlier_id):
        dispute = DisputeHours(engagement_id=engagement_id, entry_id=earlier_id, at=known.now)
        yield Step(command=dispute, name="hours")
        yield Step(command=log, name="hours", by_rule=BY_RULE)
    elif earlier_id is not None:
        entry_id = earlier_id
    else:
        yield Step(command=log, name="hours", begins=True, by_rule=BY_RULE)
    if confirmed_on := row.day("confirmed_on"):
        confirm = ConfirmHours(engagement_id=engagement_id, entry_id=entry_id, at=known.at(confirmed_on))
        yield Step(command=confirm, name="confirmed_on")
    elif earlier_id == entry_id and engagement.entries[entry_id].status == EntryStatus.CONFIRMED:
        refuse_other("confirmed", None, "confirmed_on")


def _engagement_id(row: Row, known: Known) -> str:
    told = needed(row.text("engagement"), "engagement")
    match_id = known.state(NEED, search_id_of(told)).held_by
    candidates = [engagement_id_of(match_id)] if match_id else []
    for candidate in (*candidates, told):
        if known.exists(ENGAGEMENT, candidate):
            return candidate
    raise RowRefused("engagement", f"'{told}' is no engagement that is known; import the engagements first")


def _entry_ids(row: Row, engagement: Engagement) -> tuple[str, str | None]:
    """The id for the next entry of this row, and that of the one which stands for it so far."""
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
