"""Who may plan, open, extend and close a social service?"""

from services.actors.domain import social_service as domain
from services.actors.domain.social_service import PlanSocialService, SocialService, SocialServiceCommand
from services.actors.views.organisation import ORGANISATIONS
from shared.kernel.read_model import Ask
from shared.service.tables import CommandRoute, Role, own_id

NOUNS = "social-services"
PROVIDER_OR_STAFF = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.ORGANISATION})


def provider(service: SocialService, command: SocialServiceCommand) -> tuple[str, ...]:
    """The organisation that provides the service."""
    planned = command if isinstance(command, PlanSocialService) else service.planned
    return () if planned is None else (planned.provider_id,)


def provider_is_registered(_: SocialService, command: PlanSocialService, ask: Ask) -> bool:
    """Register the provider as an organisation before you plan a service."""
    return ask.get(ORGANISATIONS, command.provider_id) is not None


def _route(command: type[SocialServiceCommand]) -> CommandRoute[SocialService, SocialServiceCommand]:
    return CommandRoute(
        command=command, decider=domain.SOCIAL_SERVICE, nouns=NOUNS, roles=PROVIDER_OR_STAFF, parties=provider
    )


SOCIAL_SERVICE_COMMANDS = (
    CommandRoute(
        command=PlanSocialService, decider=domain.SOCIAL_SERVICE, nouns=NOUNS, roles=PROVIDER_OR_STAFF,
        starts=True, parties=provider, derived={"provider_id": own_id}, checks=(provider_is_registered,),
    ),
    _route(domain.OpenSocialService),
    _route(domain.ExtendSocialService),
    _route(domain.ReportSocialServiceUsage),
    _route(domain.CloseSocialService),
)  # fmt: skip
