"""Who drafts, signs, seals and delivers an agreement?"""

from services.marketplace.domain.agreement import (
    AGREEMENT,
    Agreement,
    DraftAgreement,
    RefuseSeal,
    ReviseDraft,
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
)
from services.marketplace.domain.commitments import (
    COMMITMENTS,
    CloseAgreement,
    ConfirmDelivery,
    DisputeDelivery,
    RecordContact,
    ReportDelivery,
    ReportFailure,
)
from services.marketplace.routes.callers import NOTARIES, TRADERS
from services.marketplace.routes.standing import is_suspended, waits_for_a_check
from services.marketplace.views.market_day import MARKET_DAYS, is_trading_at
from services.marketplace.views.organisation import ORGANISATIONS
from shared.events.vocabulary import Party
from shared.kernel.read_model import Ask
from shared.service.tables import Actor, Caller, CommandRoute, Role, organisations

INITIATED_BY = {Role.ORGANISATION: "party", Role.BROKER: "broker"}


# --- who may --------------------------------------------------------------------------------------
def drafting_parties(agreement: Agreement, command: DraftAgreement) -> tuple[Actor, ...]:
    """Both parties of a draft; an existing draft is changed by its own parties only."""
    if agreement.draft is None:
        return organisations(command.party_a, command.party_b)
    return both_parties(agreement, command)


def both_parties(agreement: Agreement, _: object) -> tuple[Actor, ...]:
    """Both parties of an agreement."""
    return organisations(agreement.party_a, agreement.party_b)


def speaking_party(agreement: Agreement, command: SignAgreement | WithdrawAgreement) -> tuple[Actor, ...]:
    """The party that signs or steps back."""
    return organisations(agreement.party_a if command.by == Party.A else agreement.party_b)


def giver(agreement: Agreement, command: ReportDelivery) -> tuple[Actor, ...]:
    """Who promised the commitment."""
    return _commitment_party(agreement, command.number, of_giver=True)


def receiver(agreement: Agreement, command: ConfirmDelivery | DisputeDelivery) -> tuple[Actor, ...]:
    """To whom the commitment was promised."""
    return _commitment_party(agreement, command.number, of_giver=False)


def _commitment_party(agreement: Agreement, number: int, *, of_giver: bool) -> tuple[Actor, ...]:
    if not 1 <= number <= len(agreement.commitments):
        return organisations(
            agreement.party_a, agreement.party_b
        )  # the decider says that there is no such commitment
    gives_a = agreement.commitments[number - 1].giver == Party.A
    return organisations(agreement.party_a if gives_a == of_giver else agreement.party_b)


def agreement_party(caller: Caller, agreement: Agreement) -> Party | None:
    """The party of the agreement which the caller is; staff name the party."""
    if caller.role != Role.ORGANISATION:
        return None
    return Party.A if caller.actor == agreement.party_a else Party.B


def whoever_drafts(caller: Caller, agreement: Agreement) -> str:
    """Who began the draft: a party, the broker of a market day, or the lab for its coordinator; a redraft keeps it."""
    return agreement.draft.initiated_by if agreement.draft else INITIATED_BY.get(caller.role, "lab")


def whoever_seals(caller: Caller, _: Agreement) -> str | None:
    """The notary who is signed in."""
    return caller.actor


# --- rules that the views answer ------------------------------------------------------------------
def parties_are_known_and_not_suspended(_: Agreement, command: DraftAgreement, ask: Ask) -> bool:
    """Name two organisations of the city in good standing."""
    if command.match_id is not None:  # both were in good standing when they said yes
        return True
    return all(
        ask.get(ORGANISATIONS, party) is not None and not is_suspended(party, ask)
        for party in (command.party_a, command.party_b)
    )


def parties_are_verified(_: Agreement, command: DraftAgreement, ask: Ask) -> bool:
    """Let a coordinator verify both organisations as they are now; an unverified organisation drafts nothing."""
    if command.match_id is not None:  # both were verified when they said yes; no caller can name a match
        return True
    return not any(waits_for_a_check(party, ask) for party in (command.party_a, command.party_b))


def seal_falls_between_the_gongs(agreement: Agreement, command: SealAgreement, ask: Ask) -> bool:
    """Seal an agreement of a market day between its two gongs or that night; later, agree without that day.

    Rule: M06
    """
    if agreement.is_sealed or agreement.draft is None or agreement.draft.market_day_id is None:
        return True
    day = ask.get(MARKET_DAYS, agreement.draft.market_day_id)
    return day is not None and is_trading_at(day, command.at)


AGREEMENT_COMMANDS = (
    CommandRoute(
        command=DraftAgreement, decider=AGREEMENT, nouns="agreements", roles=TRADERS, starts=True,
        parties=drafting_parties, derived={"initiated_by": whoever_drafts},
        checks=(parties_are_known_and_not_suspended, parties_are_verified),
    ),
    CommandRoute(command=ReviseDraft, decider=AGREEMENT, nouns="agreements", roles=TRADERS, parties=both_parties),
    CommandRoute(
        command=SignAgreement, decider=AGREEMENT, nouns="agreements", roles=TRADERS,
        parties=speaking_party, derived={"by": agreement_party},
    ),
    CommandRoute(
        command=SealAgreement, decider=AGREEMENT, nouns="agreements", roles=NOTARIES,
        derived={"notary": whoever_seals}, checks=(seal_falls_between_the_gongs,),
    ),
    CommandRoute(command=RefuseSeal, decider=AGREEMENT, nouns="agreements", roles=NOTARIES),
    CommandRoute(command=RecordContact, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=both_parties),
    CommandRoute(command=ReportDelivery, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=giver),
    CommandRoute(command=ConfirmDelivery, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=receiver),
    CommandRoute(command=DisputeDelivery, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=receiver),
    CommandRoute(command=CloseAgreement, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=both_parties),
    CommandRoute(command=ReportFailure, decider=COMMITMENTS, nouns="agreements", roles=TRADERS, parties=both_parties),
    CommandRoute(
        command=WithdrawAgreement, decider=AGREEMENT, nouns="agreements", roles=TRADERS,
        parties=speaking_party, derived={"by": agreement_party},
    ),
)  # fmt: skip
