"""What does a row about an agreement ask for? It is drafted, signed and sealed on its day; then follows its outcome."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.marketplace.domain.agreement import (
    AGREEMENT,
    Agreement,
    DraftAgreement,
    SealAgreement,
    SignAgreement,
    agreement_id_of,
)
from services.marketplace.domain.commitments import (
    CloseAgreement,
    ConfirmDelivery,
    RecordContact,
    ReportDelivery,
    ReportFailure,
)
from services.marketplace.importing import words
from services.marketplace.importing.market_day import market_day_in
from services.marketplace.importing.match import Matched, come_together, matched
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    Commitment,
)
from shared.events.vocabulary import Category, FailureReason, Party, ReciprocityKind
from shared.importing.identity import noun_id
from shared.importing.kinds import Import
from shared.importing.lookup import Lookup
from shared.importing.step import FUTURE, RowRefused, Step, needed
from shared.tabular import cells
from shared.tabular.cells import Labels, OneOf
from shared.tabular.fields import About, Kind, key, may, must
from shared.tabular.rows import Row


class Outcome(StrEnum):
    """The outcome of an agreement in a list; `open` means that it is not known yet."""

    FULFILLED = "fulfilled"
    PARTLY_FULFILLED = "partly_fulfilled"
    FAILED = "failed"
    OPEN = "open"


OUTCOMES: Labels = {
    Outcome.FULFILLED: "erfüllt | eingelöst | erledigt | umgesetzt | ja",
    Outcome.PARTLY_FULFILLED: "teilweise erfüllt | teilweise | teils | zum Teil | teilweise eingelöst",
    Outcome.FAILED: "gescheitert | nicht erfüllt | nicht eingelöst | nicht umgesetzt | geplatzt | nein",
    Outcome.OPEN: "offen | läuft | in Arbeit | laufend",
}

FAILURE_REASONS: Labels = {
    FailureReason.NO_RESPONSE: "keine Rückmeldung | keine Reaktion | nicht erreicht | kein Kontakt",
    FailureReason.CAPACITY_GONE: "keine Kapazität | Kapazität fehlt | keine Zeit | Personalmangel",
    FailureReason.NEED_GONE: "Bedarf entfallen | kein Bedarf mehr | hat sich erledigt",
    FailureReason.PARTNER_CHANGED: "Wechsel beim Partner | Partner gewechselt | Zuständigkeit gewechselt",
    FailureReason.QUALITY: "Qualität | mangelnde Qualität",
    FailureReason.OTHER: "Sonstiges | anderer Grund | sonstiger Grund",
}

KIND = Kind(
    name="agreements",
    about=About.ORGANISATION,
    fields=(
        key("Vereinbarung | Vereinbarung Nr. | Vereinbarungs-Nr."),
        may("market_day", cells.day_or_key, words.MARKET_DAY, refers_to="market_days"),
        must("party_a", cells.line_of_text, "Partner A | Seite A | Organisation A | Geber"),
        must("party_b", cells.line_of_text, "Partner B | Seite B | Organisation B | Nehmer"),
        may("offer", cells.line_of_text, "Angebots-Nr. | Angebot Nr. | Angebot"),
        may("need", cells.line_of_text, "Gesuch-Nr. | Gesuch Nr. | Gesuch | Bedarf-Nr. | Bedarf Nr."),
        must("a_gives_category", OneOf(words.CATEGORIES), "Kategorie A | Kategorie Leistung"),
        must("a_gives", cells.text, "Leistung A | A gibt | Leistung"),
        may("a_hours", cells.hours, "Stunden A | Std. A | Stunden Leistung"),
        may("b_gives_category", OneOf(words.CATEGORIES), "Kategorie B | Kategorie Gegenleistung"),
        may("b_gives", cells.text, "Leistung B | B gibt | Gegenleistung"),
        may("b_hours", cells.hours, "Stunden B | Std. B | Stunden Gegenleistung"),
        may("due_on", cells.day, "einzulösen bis | zu erbringen bis | Frist | fällig am"),
        must("sealed_on", cells.day, "besiegelt am | geschlossen am | vereinbart am | Datum | date"),
        may(
            "contacted_on",
            cells.day,
            "Kontakt am | Erstkontakt | erster Kontakt | Kontaktaufnahme | Kontaktaufnahme am",
        ),
        may("outcome", OneOf(OUTCOMES), "Ergebnis | Stand | Status | Einlösung", default="open"),
        may(
            "outcome_on", cells.day, "Ergebnis am | Stand vom | erledigt am | eingelöst am | abgeschlossen am"
        ),
        may(
            "failure_reason",
            OneOf(FAILURE_REASONS),
            "Grund | Grund des Scheiterns | warum nicht | reason",
        ),
        may("broker", cells.yes_or_no, "Makler | mit Makler | durch Makler"),
    ),
    in_order=(("sealed_on", "due_on"), ("sealed_on", "contacted_on"), ("sealed_on", "outcome_on")),
    meanings={
        "key": "Nummer der Zeile in Ihrer Liste. Sie bleibt gleich, wenn die Zeile berichtigt wird.",
        "market_day": "Marktplatz, auf dem die Vereinbarung geschlossen wurde.",
        "party_a": "Erste Organisation: ihre Nummer oder ihr Name.",
        "party_b": "Zweite Organisation: ihre Nummer oder ihr Name.",
        "offer": "Nummer des Angebots, aus dem die Vereinbarung entstand.",
        "need": "Nummer des Gesuchs, das sie erfüllt.",
        "a_gives_category": "Handelsecke der Leistung von Partner A.",
        "a_gives": "Was Partner A leistet.",
        "a_hours": "Stunden, die Partner A leistet.",
        "b_gives_category": "Handelsecke der Leistung von Partner B.",
        "b_gives": "Was Partner B leistet. Leer, wenn nur A leistet.",
        "b_hours": "Stunden, die Partner B leistet.",
        "due_on": "Tag, bis zu dem alles geleistet sein soll.",
        "sealed_on": "Tag, an dem die Vereinbarung besiegelt wurde.",
        "contacted_on": "Tag des ersten Kontakts danach.",
        "outcome": "Was daraus wurde. Leer zählt als offen.",
        "outcome_on": "Tag, an dem das Ergebnis feststand.",
        "failure_reason": "Nötig, wenn die Vereinbarung gescheitert ist.",
        "broker": "Ob ein Makler vermittelt hat.",
    },
    examples=(
        (
            "BSP-V1 | | BSP-O1 | BSP-O2 | | | Sachmittel | Brötchen für ein Fest (erfunden) | 4 | Know-how |"
            " Vorlesen (erfunden) | 6 | t-200 | t-300 | t-290 | erfüllt | t-210 | | nein"
        ),
        (
            "BSP-V2 | | BSP-O2 | BSP-O1 | | | Know-how | Lesekurs (erfunden) | 8 | | | | t-200 | t-300 | t-290 | "
            " gescheitert | t-220 | keine Kapazität | ja"
        ),
    ),
    after=("organisations", "offers", "needs"),
)

NOTARY = "notary-in-the-file"  # a list of agreements doesn't say who sealed them; no party ever has this id
BY_RULE = {
    FUTURE: "sealed_on",
    "parties_are_two": "party_b",
    "commitments_promise_no_money": "a_gives",
    "nobody_has_signed": "key",
    **{
        f"commitments.{number}.{name}": field
        for number, giver in enumerate(Party)
        for name, field in {"description": f"{giver}_gives", "hours": f"{giver}_hours"}.items()
    },
}
HAPPENED: dict[str, tuple[type, ...]] = {
    "sealed_on": (AgreementSealed,),
    "contacted_on": (AgreementContactMade,),
    "outcome_on": (AgreementFulfilled, AgreementPartlyFulfilled, AgreementFailed),
}


class _Sealing(NamedTuple):
    """Which agreement, from which offer and need, between whom; when it was made, when sealed, at which market day."""

    agreement_id: str
    pair: Matched | None
    party_a: str
    party_b: str
    made_at: datetime
    sealed_at: datetime
    market_day_id: str | None


def steps(row: Row, lookup: Lookup) -> Iterator[Step]:
    """The steps of one row."""
    sealing = _sealing(row, lookup)
    agreement_id, pair = sealing.agreement_id, sealing.pair
    is_new = not lookup.exists(AGREEMENT, agreement_id)
    if not is_new:
        lookup.refuse_other_days(row, AGREEMENT, agreement_id, HAPPENED)
    if pair and pair.is_new:
        yield from come_together(pair, "broker" if row.flag("broker") else "coordinator", sealing.made_at)
    draft = _draft(row, sealing)
    yield Step(command=draft, name="a_gives", begins=is_new, later=pair is not None, by_rule=BY_RULE)
    for party in Party:
        sign = SignAgreement(agreement_id=agreement_id, by=party, at=sealing.sealed_at)
        yield Step(command=sign, name="sealed_on")
    if not lookup.state(AGREEMENT, agreement_id).is_sealed:
        seal = SealAgreement(agreement_id=agreement_id, notary=NOTARY, at=sealing.sealed_at)
        yield Step(command=seal, name="sealed_on")
    if contacted_on := row.day("contacted_on"):
        contact = RecordContact(agreement_id=agreement_id, at=lookup.at(contacted_on))
        yield Step(command=contact, name="contacted_on")
    yield from _outcome(row, lookup, agreement_id)


def _sealing(row: Row, lookup: Lookup) -> _Sealing:
    """On a market day agreements are made from its opening gong on and sealed before the closing one.

    Of another agreement the file has the day only.
    """
    party_a, party_b = (lookup.neighbours.organisation(row, name) for name in ("party_a", "party_b"))
    sealed_on = needed(row.day("sealed_on"), "sealed_on")
    day = market_day_in(row, lookup)
    is_there = day is not None and day.held_on == sealed_on
    made_at = day.opens_at if day and is_there else lookup.at(sealed_on)
    pair = matched(row, lookup, party_a, party_b, made_at)
    return _Sealing(
        agreement_id=agreement_id_of(pair.match_id) if pair else noun_id("agreements", row.key),
        pair=pair,
        party_a=party_a,
        party_b=party_b,
        made_at=made_at,
        sealed_at=day.closes_at if day and is_there else lookup.at(sealed_on),
        market_day_id=day.id if day else None,
    )


def _draft(row: Row, sealing: _Sealing) -> DraftAgreement:
    returned, pair = row.text("b_gives"), sealing.pair
    if returned is None and row.text("b_gives_category"):
        raise RowRefused("b_gives", "is empty and must be filled, since its category is")
    commitments = [_commitment(row, Party.A), *([_commitment(row, Party.B)] if returned else [])]
    return DraftAgreement(
        agreement_id=sealing.agreement_id,
        party_a=sealing.party_a,
        party_b=sealing.party_b,
        commitments=tuple(commitments),
        reciprocity=ReciprocityKind.MUTUAL if returned else ReciprocityKind.ONE_SIDED,
        match_id=pair.match_id if pair else None,
        offer_id=pair.offer_id if pair else None,
        need_id=pair.need_id if pair else None,
        market_day_id=sealing.market_day_id,
        initiated_by="broker" if row.flag("broker") else "party",
        at=sealing.sealed_at,
    )


def _commitment(row: Row, giver: Party) -> Commitment:
    category = needed(row.text(f"{giver}_gives_category"), f"{giver}_gives_category")
    return Commitment(
        giver=giver,
        category=Category(category),
        description=needed(row.text(f"{giver}_gives"), f"{giver}_gives"),
        hours=row.number(f"{giver}_hours"),
        due_on=row.day("due_on"),
    )


def _outcome(row: Row, lookup: Lookup, agreement_id: str) -> Iterator[Step]:
    agreement: Agreement = lookup.state(AGREEMENT, agreement_id)
    outcome = Outcome(needed(row.text("outcome"), "outcome"))
    if outcome == Outcome.OPEN:
        return
    at = lookup.at(needed(row.day("outcome_on"), "outcome_on", f"the agreement is {outcome}"))
    if outcome == Outcome.FAILED:
        reason = FailureReason(needed(row.text("failure_reason"), "failure_reason", "the agreement failed"))
        yield Step(command=ReportFailure(agreement_id=agreement_id, reason=reason, at=at), name="outcome")
        return
    n_commitments = len(agreement.commitments)
    is_partly = outcome == Outcome.PARTLY_FULFILLED
    if is_partly and n_commitments == 1:
        raise RowRefused("outcome", "can't be partly fulfilled, since only one side gives something")
    for number in range(1, n_commitments + (0 if is_partly else 1)):
        report = ReportDelivery(agreement_id=agreement_id, number=number, at=at)
        yield Step(command=report, name="outcome_on")
        confirm = ConfirmDelivery(agreement_id=agreement_id, number=number, at=at)
        yield Step(command=confirm, name="outcome_on")
    if is_partly:
        yield Step(command=CloseAgreement(agreement_id=agreement_id, at=at), name="outcome")


AGREEMENT_FILES = Import(kind=KIND, steps=steps)
