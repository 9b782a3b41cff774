"""What would a new indicator be? One of a new topic, with a new measure, new breakdowns and two versions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from services.reporting.facts.need import NEED
from services.reporting.indicators.breakdowns import DISTRICT, Breakdown
from services.reporting.indicators.cases import Case, Facts
from services.reporting.indicators.cohort import Cohort, day
from services.reporting.indicators.indicator import Chart, Dimension, Indicator, Topic
from services.reporting.indicators.measure import Measure, Measured, Part, Tally
from services.reporting.indicators.written import Written
from services.reporting.suppression import Protects
from services.reporting.words import Words
from shared.events.marketplace.need import NeedPosted

TOO_FEW = Words("fewer than two reports", "weniger als zwei Meldungen")
SHAPE = Breakdown(
    name="shape",
    label=Words("Shape of help", "Gestalt der Hilfe"),
    words={"round": Words("all round", "ganz rund")},
)


def shapes(facts: Facts) -> Iterator[Case]:
    """Needs and what shape they have."""
    for posted_on, district in facts.rows(NEED, "posted_on", "district"):
        if posted_on:
            groups = {"shape": "round", "district": district}
            yield Case(on=day(posted_on), value=Decimal("1.5"), groups=groups)


def spread(cases: Sequence[Case], _: Protects) -> Tally:
    """The smallest and the largest value."""
    values = sorted(case.value for case in cases if case.value is not None)
    figure: Measured = {"value": None, "smallest": None, "largest": None, "reported": len(values)}
    if values:
        figure |= {"value": "1.000", "smallest": str(values[0]), "largest": str(values[-1])}
    return Tally(TOO_FEW if len(values) == 1 else None, figure)


SPREAD = Measure(
    name="spread",
    of=spread,
    written=None,
    counts=("reported",),
    parts=(
        Part(name="smallest", head=Words("Smallest, {unit}", "Kleinster, {unit}"), written=None),
        Part(name="largest", head=Words("Largest, {unit}", "Größter, {unit}"), written=None),
        Part(name="reported", head=Words("Reported", "Gemeldet")),
    ),
    head=Words("Spread, {unit}", "Spanne, {unit}"),
    reasons=(TOO_FEW,),
)

FIRST = Indicator(
    topic=Topic(letter="Q", name=Words("Quiet places", "Stille Orte"), order=9),
    id="Q7",
    name="spread_of_shapes",
    version=1,
    title=Words("Spread of shapes", "Spanne der Gestalten"),
    formula=Words("largest - smallest", "größter minus kleinster Wert"),
    numerator=Words("the largest and the smallest shape", "die größte und die kleinste Gestalt"),
    cohort=Cohort(words=Words("needs of every kind", "Bedarfe jeder Art")),
    cases=shapes,
    facts=(NEED,),
    events=(NeedPosted,),
    measure=SPREAD,
    written=Written.MONTHS,
    breakdowns=(SHAPE,),
    protects=Protects.ORGANISATIONS,
    chart=Chart.LINE,
    step="7",
    dimension=Dimension.CONCEPTS,
)
SECOND = replace(
    FIRST,
    version=2,
    title=Words("Spread of all shapes", "Spanne aller Gestalten"),
    breakdowns=(SHAPE, DISTRICT),
)
