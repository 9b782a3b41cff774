"""Who sees an entry of the board? Everybody while it is open; its owner and the coordinator always."""

from services.marketplace.views.organisation import HIDDEN, ORGANISATIONS
from shared.kernel.read_model import Ask, Column, NoneOf, all_found
from shared.service.tables import Caller, Role
from shared.service.visible import EVERYTHING, Visible


def in_good_standing(ask: Ask) -> NoneOf:
    """The organisations whose entries everybody sees, in a column: all but those that are hidden."""
    return NoneOf(tuple(organisation["id"] for organisation in all_found(ask, ORGANISATIONS, status=HIDDEN)))


def entries_visible(caller: Caller | None, ask: Ask, on_the_board: tuple[Column, ...]) -> tuple[Visible, ...]:
    """The board shows what organisations in good standing have posted; owner and coordinator see the rest.

    `on_the_board` are the statuses of what the board shows.
    """
    if caller is not None and caller.role == Role.COORDINATOR:
        return EVERYTHING
    shown = Visible(columns={"status": on_the_board, "organisation_id": in_good_standing(ask)})
    if caller is None or caller.role != Role.ORGANISATION:
        return (shown,)
    return shown, Visible(columns={"organisation_id": caller.actor})
