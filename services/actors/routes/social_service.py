"""Who may plan, open, extend and close a social service?"""

from collections.abc import Callable

from services.actors.domain import social_service as domain
from services.actors.domain.social_service import PlanSocialService, SocialService, SocialServiceCommand
from services.actors.views.organisation import ORGANISATIONS
from shared.kernel.read_model import Ask
from shared.service.tables import Actor, CommandRoute, Role, organisations, own_id

NOUNS = "social-services"
PROVIDER_OR_STAFF = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.ORGANISATION})


def provider(service: SocialService, command: SocialServiceCommand) -> tuple[Actor, ...]:
    """The organisation that provides the service."""
    planned = command if isinstance(command, PlanSocialService) else service.planned
    return () if planned is None else organisations(planned.provider_id)


def provider_is_registered(_: SocialService, command: PlanSocialService, ask: Ask) -> bool:
    """Register the provider as an organisation before you plan a service."""
    return ask.get(ORGANISATIONS, command.provider_id) is not None


def provider_is_verified(service: SocialService, command: SocialServiceCommand, ask: Ask) -> bool:
    """Let a coordinator verify the provider as it is now; what a provider says of a service is public at once."""
    return all(_is_verified(provider_id, ask) for _, provider_id in provider(service, command))


def _is_verified(provider_id: str, ask: Ask) -> bool:
    organisation = ask.get(ORGANISATIONS, provider_id)
    return organisation is not None and organisation["verified"]


def _route(
    command: type[SocialServiceCommand], *checks: Callable[[SocialService, SocialServiceCommand, Ask], bool]
) -> CommandRoute[SocialService, SocialServiceCommand]:
    return CommandRoute(
        command=command, decider=domain.SOCIAL_SERVICE, nouns=NOUNS, roles=PROVIDER_OR_STAFF,
        parties=provider, checks=checks,
    )  # fmt: skip


SOCIAL_SERVICE_COMMANDS = (
    CommandRoute(
        command=PlanSocialService, decider=domain.SOCIAL_SERVICE, nouns=NOUNS, roles=PROVIDER_OR_STAFF,
        starts=True, parties=provider, derived={"provider_id": own_id},
        checks=(provider_is_registered, provider_is_verified),
    ),
    _route(domain.OpenSocialService),
    _route(domain.ExtendSocialService, provider_is_verified),
    _route(domain.ReportSocialServiceUsage),
    _route(domain.CloseSocialService),
)  # fmt: skip
