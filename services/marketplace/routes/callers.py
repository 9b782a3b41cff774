"""Who sends commands to the marketplace, and which fields follow from the caller?"""

from shared.service.tables import Caller, Role

BOARD = frozenset({Role.COORDINATOR, Role.ORGANISATION})
CHECKERS = frozenset({Role.COORDINATOR})
MATCHERS = frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.BROKER})
SIDES = MATCHERS | {Role.ORGANISATION, Role.PERSON}
SEARCHERS = frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.PERSON})
NOTARIES = frozenset({Role.NOTARY})
TRADERS = frozenset({Role.COORDINATOR, Role.BROKER, Role.ORGANISATION})
HOSTS = frozenset({Role.COORDINATOR, Role.ORGANISATION})
VOLUNTEERS = frozenset({Role.COORDINATOR, Role.PERSON})
SERVICE_ONLY: frozenset[Role] = frozenset()
"""Commands that only reactions and timers send."""


def own_organisation(caller: Caller, _: object) -> str | None:
    """An organisation posts in its own name; staff name the organisation."""
    return caller.actor if caller.role == Role.ORGANISATION else None


def own_person(caller: Caller, _: object) -> str | None:
    """A person acts in their own name; staff name the person."""
    return caller.actor if caller.role == Role.PERSON else None
