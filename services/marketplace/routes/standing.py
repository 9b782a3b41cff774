"""Is an organisation in good standing? Rules that the view of organisations answers."""

from services.marketplace.domain.need import PostNeed
from services.marketplace.domain.offer import PostOffer
from services.marketplace.views.organisation import ORGANISATIONS
from shared.kernel.read_model import Ask


def organisation_is_verified(_: object, command: PostOffer | PostNeed, ask: Ask) -> bool:
    """Let a coordinator verify the organisation first; only a verified organisation posts."""
    organisation = ask.get(ORGANISATIONS, command.organisation_id)
    return organisation is not None and organisation["verified"]


def organisation_is_not_suspended(_: object, command: PostOffer | PostNeed, ask: Ask) -> bool:
    """Wait until the organisation is reinstated; a suspended organisation posts nothing."""
    return not is_suspended(command.organisation_id, ask)


MAY_POST = (organisation_is_verified, organisation_is_not_suspended)


def is_suspended(organisation_id: str, ask: Ask) -> bool:
    """Whether an organisation is known and suspended."""
    organisation = ask.get(ORGANISATIONS, organisation_id)
    return organisation is not None and organisation["suspended"]


def waits_for_a_check(organisation_id: str, ask: Ask) -> bool:
    """Whether an organisation is known and has not been verified as it is now."""
    organisation = ask.get(ORGANISATIONS, organisation_id)
    return organisation is not None and not organisation["verified"]
