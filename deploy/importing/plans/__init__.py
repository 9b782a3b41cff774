"""Which commands does a row of a kind of file ask for? One plan per kind, from the state so far to the row's."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from deploy.importing.known import Known
from deploy.importing.plans import agreements, engagements, hours, needs, offers, organisations, placements
from deploy.importing.steps import Step
from shared.tabular.rows import Row

Plan: TypeAlias = Callable[[Row, Known], Iterator[Step]]

PLANS: Mapping[str, Plan] = {
    "organisations": organisations.steps,
    "offers": offers.steps,
    "needs": needs.steps,
    "agreements": agreements.steps,
    "engagements": engagements.steps,
    "hours": hours.steps,
    "placements": placements.steps,
}
