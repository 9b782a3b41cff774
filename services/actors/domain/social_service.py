"""The social service: planned by a provider, opened, extended, closed; its users are reported month by month.

One stream per service guards that the users of a month are counted once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeAlias, assert_never

from shared.events.actors import social_service as events
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.quantity import USERS, Users
from shared.kernel.refusal import require
from shared.kernel.text import LONGEST_NAME, Month, Name

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSocialService:
    """Say that an organisation plans a social service."""

    social_service_id: str
    provider_id: str
    name: Name
    topic: events.SocialTopic
    district: Name
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSocialService:
    """Say on which day the service began to work."""

    social_service_id: str
    opened_on: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendSocialService:
    """Say what the service offers more, and since when."""

    social_service_id: str
    extended_on: date
    extension: Name
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSocialServiceUsage:
    """Report how many people used the service in a month (2026-03)."""

    social_service_id: str
    month: Month
    n_users: Users
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSocialService:
    """Say on which day the service ended."""

    social_service_id: str
    closed_on: date
    at: datetime


Step: TypeAlias = ExtendSocialService | CloseSocialService
SocialServiceCommand: TypeAlias = PlanSocialService | OpenSocialService | ReportSocialServiceUsage | Step


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class SocialService:
    """What the rules read: the plan (None before), opening, extensions, closing, and the users of each month."""

    planned: events.SocialServicePlanned | None = None
    opened_on: date | None = None
    extensions: tuple[events.SocialServiceExtended, ...] = ()
    n_users: Mapping[str, int] = field(default_factory=dict)
    closed_on: date | None = None


# --- rules: each reads as one sentence --------------------------------------------------------
def service_is_not_planned_yet(service: SocialService, _: PlanSocialService) -> bool:
    """A service is planned once; plan another service under another id."""
    return service.planned is None


def texts_fit(_: SocialService, command: PlanSocialService | ExtendSocialService) -> bool:
    """Give the service a name and a district, and an extension its words, in at most 200 characters each."""
    texts = (
        (command.name, command.district) if isinstance(command, PlanSocialService) else (command.extension,)
    )
    return all(text.strip() and len(text) <= LONGEST_NAME for text in texts)


def service_waits_for_its_opening(service: SocialService, _: OpenSocialService) -> bool:
    """Plan a service before it opens; it opens once, and what it offers later is an extension."""
    return service.planned is not None and service.opened_on is None


def opening_is_not_in_the_future(_: SocialService, command: OpenSocialService) -> bool:
    """Report an opening on its day or later."""
    return command.opened_on <= today_in_the_city(command.at)


def service_is_open(service: SocialService, _: Step) -> bool:
    """Only a service that was opened and is not closed is extended or closed."""
    return service.opened_on is not None and service.closed_on is None


def step_follows_the_last_one(service: SocialService, command: Step) -> bool:
    """An extension or the closing follows the opening and the last extension, and is not in the future."""
    day = command.closed_on if isinstance(command, CloseSocialService) else command.extended_on
    last = max((each.extended_on for each in service.extensions), default=service.opened_on)
    return last is not None and last <= day <= today_in_the_city(command.at)


def report_is_possible(service: SocialService, command: ReportSocialServiceUsage) -> bool:
    """Report a month such as 2026-03, from the opening to the closing, once it has begun; 0 to 100,000 users."""
    if service.opened_on is None or not _MONTH.fullmatch(command.month):
        return False
    last_day = service.closed_on or today_in_the_city(command.at)
    is_in_time = f"{service.opened_on:%Y-%m}" <= command.month <= f"{last_day:%Y-%m}"
    return is_in_time and USERS.holds(command.n_users)


def month_is_not_reported_yet(service: SocialService, command: ReportSocialServiceUsage) -> bool:
    """The users of a month are reported once."""
    return command.month not in service.n_users


# --- decide: one function per command ---------------------------------------------------------
def plan(service: SocialService, command: PlanSocialService) -> list[events.SocialServiceEvent]:
    """The service is known as planned; the same plan again stays quiet."""
    planned = events.SocialServicePlanned(
        provider_id=command.provider_id, name=command.name, topic=command.topic, district=command.district
    )
    if service.planned == planned:
        return []
    require(service, command, service_is_not_planned_yet, texts_fit)
    return [planned]


def begin(service: SocialService, command: OpenSocialService) -> list[events.SocialServiceEvent]:
    """The service works from this day on."""
    if service.opened_on == command.opened_on:
        return []
    require(service, command, service_waits_for_its_opening, opening_is_not_in_the_future)
    return [events.SocialServiceOpened(opened_on=command.opened_on)]


def extend(service: SocialService, command: ExtendSocialService) -> list[events.SocialServiceEvent]:
    """The service offers more; the same extension again stays quiet."""
    extended = events.SocialServiceExtended(extended_on=command.extended_on, extension=command.extension)
    if extended in service.extensions:
        return []
    require(service, command, service_is_open, texts_fit, step_follows_the_last_one)
    return [extended]


def report_usage(
    service: SocialService, command: ReportSocialServiceUsage
) -> list[events.SocialServiceEvent]:
    """A month's users are counted, also after the closing; the same number again stays quiet."""
    if service.n_users.get(command.month) == command.n_users:
        return []
    require(service, command, report_is_possible, month_is_not_reported_yet)
    return [events.SocialServiceUsageReported(month=command.month, n_users=command.n_users)]


def close(service: SocialService, command: CloseSocialService) -> list[events.SocialServiceEvent]:
    """The service is over."""
    if service.closed_on == command.closed_on:
        return []
    require(service, command, service_is_open, step_follows_the_last_one)
    return [events.SocialServiceClosed(closed_on=command.closed_on)]


def decide(service: SocialService, command: SocialServiceCommand) -> Sequence[events.SocialServiceEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case PlanSocialService():
            return plan(service, command)
        case OpenSocialService():
            return begin(service, command)
        case ExtendSocialService():
            return extend(service, command)
        case ReportSocialServiceUsage():
            return report_usage(service, command)
        case CloseSocialService():
            return close(service, command)
        case _:
            assert_never(command)


# --- evolve -----------------------------------------------------------------------------------
def evolve(service: SocialService, event: events.SocialServiceEvent) -> SocialService:
    """The service after an event."""
    match event:
        case events.SocialServicePlanned():
            return replace(service, planned=event)
        case events.SocialServiceOpened():
            return replace(service, opened_on=event.opened_on)
        case events.SocialServiceExtended():
            return replace(service, extensions=(*service.extensions, event))
        case events.SocialServiceUsageReported():
            return replace(service, n_users={**service.n_users, event.month: event.n_users})
        case events.SocialServiceClosed():
            return replace(service, closed_on=event.closed_on)
        case _:
            assert_never(event)


SOCIAL_SERVICE = Decider(name="social_service", initial=SocialService(), decide=decide, evolve=evolve)
