"""Which matches and searches do staff deal with? No role has both volunteering and employment (contract 4)."""

from shared.events.vocabulary import OfferKind
from shared.service.tables import Caller, Role
from shared.service.visible import Visible

EVERY_KIND = frozenset(OfferKind)
KINDS_OF_STAFF = {
    Role.COORDINATOR: frozenset({OfferKind.EXCHANGE, OfferKind.VOLUNTEERING}),
    Role.COUNSELLOR: frozenset({OfferKind.WORK}),
    Role.BROKER: frozenset({OfferKind.EXCHANGE}),
    Role.NOTARY: frozenset({OfferKind.EXCHANGE}),
}


def kinds_of(caller: Caller) -> tuple[Visible, ...]:
    """The documents of the kinds that the caller's role deals with, in columns."""
    return (Visible(columns={"kind": tuple(KINDS_OF_STAFF.get(caller.role, EVERY_KIND))}),)


def may_read_kind(caller: Caller, kind: OfferKind) -> bool:
    """Whether the caller's role deals with this kind of match or search; parties do with their own of any kind."""
    return kind in KINDS_OF_STAFF.get(caller.role, EVERY_KIND)
