"""Who sees an entry of the board? Everybody while it is open; its owner and the coordinator always."""

from services.marketplace.views.organisation import HIDDEN, ORGANISATIONS, status_of
from shared.kernel.read_model import Ask, Column, NoneOf, all_found
from shared.service.tables import Caller, Role
from shared.service.visible import EVERYTHING, Visible


def is_shown(caller: Caller | None, organisation_id: str, ask: Ask, *, on_the_board: bool) -> bool:
    """The board shows what organisations in good standing have posted; owner and coordinator see the rest."""
    if caller is not None and caller.role == Role.COORDINATOR:
        return True
    if caller is not None and caller.role == Role.ORGANISATION and caller.actor == organisation_id:
        return True
    organisation = ask.get(ORGANISATIONS, organisation_id)
    return on_the_board and not (organisation is not None and status_of(organisation) in HIDDEN)


def entries_visible(caller: Caller | None, ask: Ask, on_the_board: tuple[Column, ...]) -> tuple[Visible, ...]:
    """The same, in columns: `on_the_board` are the statuses of what the board shows."""
    if caller is not None and caller.role == Role.COORDINATOR:
        return EVERYTHING
    hidden = tuple(organisation["id"] for organisation in all_found(ask, ORGANISATIONS, status=HIDDEN))
    shown = Visible(columns={"status": on_the_board, "organisation_id": NoneOf(hidden)})
    if caller is None or caller.role != Role.ORGANISATION:
        return (shown,)
    return shown, Visible(columns={"organisation_id": caller.actor})
