"""Who asks for counselling, and who notes that it took place?"""

from services.marketplace.domain.counselling import (
    COUNSELLING,
    CorrectCounselling,
    Counselling,
    HoldCounselling,
    RequestCounselling,
)
from services.marketplace.routes.callers import CHECKERS, VOLUNTEERS, own_person
from shared.events.vocabulary import PersonContext
from shared.service.tables import Actor, CommandRoute, persons


def requesting_person(_: Counselling, command: RequestCounselling) -> tuple[Actor, ...]:
    """The person who asks for counselling."""
    return persons(command.person_id)


def half_that_counsels(_: RequestCounselling) -> PersonContext:
    """The volunteer agency holds the talk."""
    return PersonContext.VOLUNTEERING


COUNSELLING_COMMANDS = (
    CommandRoute(
        command=RequestCounselling, decider=COUNSELLING, nouns="counsellings", roles=VOLUNTEERS, starts=True,
        parties=requesting_person, derived={"person_id": own_person}, half=half_that_counsels,
    ),
    CommandRoute(command=HoldCounselling, decider=COUNSELLING, nouns="counsellings", roles=CHECKERS),
    CommandRoute(command=CorrectCounselling, decider=COUNSELLING, nouns="counsellings", roles=CHECKERS),
)  # fmt: skip
