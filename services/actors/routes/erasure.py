"""Who may ask for an erasure, and who may refuse one?"""

from services.actors.custody.erasure import with_obligations
from services.actors.domain.erasure import (
    ERASURE,
    BeginErasure,
    Erasure,
    RefuseErasure,
    ReportErasure,
    RequestErasure,
)
from services.actors.routes.person import PERSON_OR_CASEWORKER
from shared.service.tables import CommandRoute, Role, own_id


def person_themself(_: Erasure, command: RequestErasure) -> tuple[str, ...]:
    """The person whose data are to be erased."""
    return (command.person_id,)


ERASURE_COMMANDS = (
    CommandRoute(
        command=RequestErasure,
        decider=ERASURE,
        nouns="erasures",
        roles=PERSON_OR_CASEWORKER | {Role.OPERATOR},
        starts=True,
        parties=person_themself,
        derived={"person_id": own_id},
        informed=with_obligations,
        informs=frozenset({"obligations"}),
        names_caller=False,
    ),
    CommandRoute(command=BeginErasure, decider=ERASURE, nouns="erasures", roles=frozenset()),
    CommandRoute(command=RefuseErasure, decider=ERASURE, nouns="erasures", roles=frozenset({Role.OPERATOR})),
    CommandRoute(command=ReportErasure, decider=ERASURE, nouns="erasures", roles=frozenset()),
)
