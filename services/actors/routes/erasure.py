"""Who may ask for an erasure, who may say yes to it, and who may refuse it?"""

from services.actors.custody.erasure import (
    remember_whom_it_means,
    with_obligations,
    with_obligations_at_last,
    with_request,
    with_whom_it_means,
)
from services.actors.domain.erasure import (
    ERASURE,
    ApproveErasure,
    BeginErasure,
    EndErasureTerm,
    Erasure,
    RefuseErasure,
    ReportErasure,
    RequestErasure,
)
from shared.service.tables import Actor, Caller, CommandRoute, Role, own_id, persons

STAFF = frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.OPERATOR})


def person_themself(_: Erasure, command: RequestErasure) -> tuple[Actor, ...]:
    """The person whose data are to be erased."""
    return persons(command.person_id)


def member_of_staff(caller: Caller, _: Erasure) -> str:
    """The member of staff who asks or says yes; empty when the person asks for themself."""
    return caller.actor if caller.role in STAFF else ""


def person_meant(command: RefuseErasure) -> tuple[str, ...]:
    """The person whom the refused request means, as long as the vault knows."""
    return (command.person_id,) if command.person_id else ()


ERASURE_COMMANDS = (
    CommandRoute(
        command=RequestErasure,
        decider=ERASURE,
        nouns="erasures",
        roles=STAFF | {Role.PERSON},
        starts=True,
        parties=person_themself,
        derived={"person_id": own_id, "by": member_of_staff},
        informed=with_obligations,
        informs=frozenset({"means", "obligations"}),
        prepares=remember_whom_it_means,
        names_caller=False,
    ),
    CommandRoute(
        command=ApproveErasure,
        decider=ERASURE,
        nouns="erasures",
        roles=STAFF,
        derived={"by": member_of_staff},
        informed=with_request,
        informs=frozenset({"means", "asked_by", "obligations"}),
        names_caller=False,
    ),
    CommandRoute(
        command=RefuseErasure,
        decider=ERASURE,
        nouns="erasures",
        roles=STAFF,
        informed=with_whom_it_means,
        informs=frozenset({"person_id"}),
        persons=person_meant,
        names_caller=False,
    ),
    CommandRoute(
        command=EndErasureTerm,
        decider=ERASURE,
        nouns="erasures",
        roles=frozenset(),
        informed=with_obligations_at_last,
        informs=frozenset({"obligations"}),
    ),
    CommandRoute(command=BeginErasure, decider=ERASURE, nouns="erasures", roles=frozenset()),
    CommandRoute(command=ReportErasure, decider=ERASURE, nouns="erasures", roles=frozenset()),
)
