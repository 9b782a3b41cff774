"""Who asks for counselling, and who notes that it took place?"""

from services.marketplace.domain.counselling import (
    COUNSELLING,
    Counselling,
    HoldCounselling,
    RequestCounselling,
)
from services.marketplace.routes.callers import CHECKERS, VOLUNTEERS, own_person
from shared.service.tables import CommandRoute


def requesting_person(_: Counselling, command: RequestCounselling) -> tuple[str, ...]:
    """The person who asks for counselling."""
    return (command.person_id,)


COUNSELLING_COMMANDS = (
    CommandRoute(
        command=RequestCounselling, decider=COUNSELLING, nouns="counsellings", roles=VOLUNTEERS, starts=True,
        parties=requesting_person, derived={"person_id": own_person},
    ),
    CommandRoute(command=HoldCounselling, decider=COUNSELLING, nouns="counsellings", roles=CHECKERS),
)  # fmt: skip
