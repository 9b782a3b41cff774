"""One example of each event about published figures; made up."""

from datetime import date

from shared.events.reporting.release import (
    CutOff,
    Look,
    ReportReleased,
    UnpublishedFiguresOpened,
    UsedDefinition,
)

EXAMPLES: dict[str, tuple[object, ...]] = {
    "release-2025-12-31": (
        ReportReleased(
            on=date(2025, 12, 31),
            positions=(
                CutOff(service="actors", position=212),
                CutOff(service="employment", position=1840),
                CutOff(service="marketplace", position=9407),
            ),
            definitions=(UsedDefinition(indicator="redemption_rate", version=1),),
            policy="1",
            n_cells=1204,
            digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
    ),
    "look-live-70ce": (UnpublishedFiguresOpened(token_id="70ce", role="coordinator", look=Look.LIVE),),
}
