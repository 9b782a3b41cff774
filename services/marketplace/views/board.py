"""Who sees an entry of the board? Everybody while it is open; its owner and the coordinator always."""

from services.marketplace.views.organisation import HIDDEN, ORGANISATIONS, status_of
from shared.kernel.read_model import Ask
from shared.service.tables import Caller, Role


def is_shown(caller: Caller | None, organisation_id: str, ask: Ask, *, on_the_board: bool) -> bool:
    """The board shows what organisations in good standing have posted; owner and coordinator see the rest."""
    if caller is not None and (caller.role == Role.COORDINATOR or caller.actor == organisation_id):
        return True
    organisation = ask.get(ORGANISATIONS, organisation_id)
    return on_the_board and not (organisation is not None and status_of(organisation) in HIDDEN)
