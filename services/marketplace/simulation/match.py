"""How do two organisations find each other? One offers what the other needs; both say yes, and agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.marketplace.domain.agreement import DraftAgreement, agreement_id_of
from services.marketplace.domain.need import PostNeed
from services.marketplace.domain.offer import PostOffer
from services.marketplace.domain.places import AcceptMatch, Proposal, ProposeMatches, match_id_of
from services.marketplace.simulation.agreement import promised, sealed, withdrawn
from services.marketplace.simulation.wares import FROM_COMPANIES, FROM_OTHERS, Ware
from shared.events.marketplace.need import NeedTerms
from shared.events.marketplace.offer import OfferTerms
from shared.events.vocabulary import OfferKind, Party, ReciprocityKind, Sector, Side
from shared.kernel.city_day import today_in_the_city
from shared.simulation.chance import Chance
from shared.simulation.step import BROKER, Step, Story, organisation
from shared.simulation.town import Member

COMPANIES = (Sector.COMPANY, Sector.TRAINING_COMPANY)
OTHERS = (Sector.NON_PROFIT, Sector.INITIATIVE, Sector.SCHOOL, Sector.PUBLIC_BODY, Sector.EMPLOYMENT_CARRIER)
SAME_SIDE = 0.08  # share of pairs within one side (handbook 3.4, R25)
COMPANY_OFFERS = 0.55  # share of pairs in which the company made the offer; the other side gives in return
BROKERED = 0.35  # share of agreements that a broker helped to bring about
RECIPROCITY = {
    ReciprocityKind.MUTUAL: 0.82,
    ReciprocityKind.ONE_SIDED: 0.11,
    ReciprocityKind.ASYNCHRONOUS: 0.07,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two organisations that will find each other: A offers what B needs. Also their postings."""

    a: Member
    b: Member
    ware: Ware
    offer_id: str
    need_id: str
    market_day_id: str | None = None

    @property
    def match_id(self) -> str:
        """The id of their match."""
        return match_id_of(self.offer_id, self.need_id)


def wares_of(member: Member) -> tuple[Ware, ...]:
    """What an organisation of this sector offers."""
    return FROM_COMPANIES if member.sector in COMPANIES else FROM_OTHERS


def wanted_by(member: Member) -> tuple[Ware, ...]:
    """What an organisation of this sector needs: what the other side offers."""
    return FROM_OTHERS if member.sector in COMPANIES else FROM_COMPANIES


def make_pair(chance: Chance, there: Sequence[Member], market_day_id: str | None = None) -> Pair | None:
    """Two of those who are there, or None where there are not two sides."""
    companies = [member for member in there if member.sector in COMPANIES]
    others = [member for member in there if member.sector not in COMPANIES]
    first, second = (companies, others) if chance.happens(COMPANY_OFFERS) else (others, companies)
    if chance.happens(SAME_SIDE):
        second = first
    if not first or len({member.id for member in (*first, *second)}) < 2:  # noqa: PLR2004 - two parties
        return None
    a = chance.one_of(first)
    partners = [member for member in second if member.id != a.id]
    b = chance.one_of(partners or [member for member in there if member.id != a.id])
    return Pair(
        a=a,
        b=b,
        ware=chance.one_of(wares_of(a)),
        offer_id=chance.new_id("offer"),
        need_id=chance.new_id("need"),
        market_day_id=market_day_id,
    )


# --- postings -------------------------------------------------------------------------------------
def offer_step(
    offer_id: str, member: Member, ware: Ware, at: datetime, market_day_id: str | None = None
) -> Step:
    """An organisation posts an offer."""
    terms = OfferTerms(
        kind=OfferKind.EXCHANGE,
        title=ware.offered,
        category=ware.category,
        district=member.district,
        skills=ware.skills,
        market_day_id=market_day_id,
    )
    command = PostOffer(offer_id=offer_id, organisation_id=member.id, terms=terms, at=at)
    return Step(command, organisation(member.id))


def need_step(
    need_id: str, member: Member, ware: Ware, at: datetime, market_day_id: str | None = None
) -> Step:
    """An organisation posts a need."""
    terms = NeedTerms(
        kind=OfferKind.EXCHANGE,
        title=ware.needed,
        category=ware.category,
        district=member.district,
        skills=ware.skills,
        market_day_id=market_day_id,
    )
    command = PostNeed(need_id=need_id, organisation_id=member.id, terms=terms, at=at)
    return Step(command, organisation(member.id))


# --- a pair finds each other ------------------------------------------------------------------------
def brought_together(pair: Pair, at: datetime) -> Step:
    """A broker proposes the match; where the matcher has done so already, this changes nothing."""
    proposal = Proposal(match_id=pair.match_id, need_id=pair.need_id, need_party=pair.b.id, is_search=False)
    propose = ProposeMatches(offer_id=pair.offer_id, proposals=(proposal,), proposed_by="broker", at=at)
    return Step(propose, BROKER)


def accepted(pair: Pair, at: datetime, later: datetime) -> Story:
    """B says yes, then A."""
    yield brought_together(pair, at)
    for side, member, moment in ((Side.NEED, pair.b, at), (Side.OFFER, pair.a, later)):
        yes = AcceptMatch(offer_id=pair.offer_id, match_id=pair.match_id, by=side, at=moment)
        yield Step(yes, organisation(member.id))


def agreed(chance: Chance, pair: Pair, at: datetime, *, to_the_end: bool = True) -> Story:
    """What they want to do for each other is written down; it is sealed, or one steps back before."""
    kind, due_on = (
        chance.weighted(RECIPROCITY),
        today_in_the_city(at) + timedelta(days=chance.number(60, 240)),
    )
    commitments = [promised(chance, Party.A, pair.ware, due_on)]
    if kind == ReciprocityKind.MUTUAL:
        commitments.append(promised(chance, Party.B, chance.one_of(wares_of(pair.b)), due_on))
    brokered = chance.happens(BROKERED)
    draft = DraftAgreement(
        agreement_id=agreement_id_of(pair.match_id),
        party_a=pair.a.id,
        party_b=pair.b.id,
        commitments=tuple(commitments),
        reciprocity=kind,
        match_id=pair.match_id,
        offer_id=pair.offer_id,
        need_id=pair.need_id,
        market_day_id=pair.market_day_id,
        initiated_by="broker" if brokered else "party",
        at=at,
    )
    by = BROKER if brokered else organisation(pair.a.id)
    return sealed(chance, draft, by) if to_the_end else withdrawn(draft, by)
