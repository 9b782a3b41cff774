"""What happens to a social service? Stream social_service-<id>."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from shared.events.registry import Audience, event
from shared.kernel.quantity import Users
from shared.kernel.text import Month, Name


class SocialTopic(StrEnum):
    """What a social service is about: a closed list, so that services can be counted side by side."""

    FAMILY_AND_YOUTH = "family_and_youth"
    OLDER_PEOPLE = "older_people"
    HEALTH_AND_CARE = "health_and_care"
    MIGRATION = "migration"
    HOUSING = "housing"
    OTHER = "other"


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class SocialServicePlanned:
    """An organisation plans to provide a social service."""

    provider_id: str
    name: Name
    topic: SocialTopic
    district: Name


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class SocialServiceOpened:
    """The service began to work."""

    opened_on: date


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class SocialServiceExtended:
    """The service offers more than before; `extension` says what."""

    extended_on: date
    extension: Name


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class SocialServiceUsageReported:
    """The provider counted the users of a month (2026-03); internal, since a few users might be recognised."""

    month: Month
    n_users: Users


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class SocialServiceClosed:
    """The service ended."""

    closed_on: date


SocialServicePublic: TypeAlias = (
    SocialServicePlanned | SocialServiceOpened | SocialServiceExtended | SocialServiceClosed
)
SocialServiceEvent: TypeAlias = SocialServicePublic | SocialServiceUsageReported
