"""Do the rules hold that are answered from what the service's views know?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.marketplace.domain.agreement import DraftAgreement, SealAgreement, SignAgreement
from services.marketplace.domain.market_day import ScheduleMarketDay
from services.marketplace.domain.need import PostNeed, PostSearch
from services.marketplace.domain.offer import CheckOffer, PostOffer
from services.marketplace.domain.places import AcceptMatch, Proposal, ProposeMatches, match_id_of
from services.marketplace.routes.agreement import (
    parties_are_known_and_not_suspended,
    seal_falls_between_the_gongs,
)
from services.marketplace.routes.places import no_side_is_suspended, proposals_say_what_is_known
from services.marketplace.routes.standing import organisation_is_not_suspended, organisation_is_verified
from services.marketplace.views.organisation import ORGANISATIONS
from shared.eventlog.port import Done
from shared.events.actors.organisation import OrganisationRegistered
from shared.events.vocabulary import Category, Party, ReciprocityKind, Sector, Side
from tests.marketplace.desk import Desk
from tests.marketplace.scenes import AT, EXCHANGE, GIVES_A, NEED, SEARCH, WORK

OFFER = PostOffer(offer_id="of1", organisation_id="host", terms=EXCHANGE, at=AT)
POST_NEED = PostNeed(need_id="n1", organisation_id="seeker", terms=NEED, at=AT)
OPENS, CLOSES = datetime(2026, 3, 6, 15, tzinfo=UTC), datetime(2026, 3, 6, 17, tzinfo=UTC)
DRAFT = DraftAgreement(
    agreement_id="ag1",
    party_a="host",
    party_b="seeker",
    commitments=(GIVES_A,),
    reciprocity=ReciprocityKind.ONE_SIDED,
    at=AT,
)


@pytest.mark.parametrize("command", [OFFER, POST_NEED])
def test_only_verified_organisations_in_good_standing_post(desk: Desk, command: Any) -> None:
    stranger = replace(command, organisation_id="stranger")
    assert desk.refused(stranger) == organisation_is_verified.__name__
    registered = OrganisationRegistered(name="Neu", sector=Sector.COMPANY, district="Barmen")
    desk.tell("organisation-stranger", registered)
    assert desk.refused(stranger) == organisation_is_verified.__name__
    desk.suspend(command.organisation_id)
    assert desk.refused(command) == organisation_is_not_suspended.__name__


@pytest.mark.parametrize("suspended", ["host", "seeker"])
def test_nobody_comes_together_with_a_suspended_organisation(desk: Desk, suspended: str) -> None:
    desk.done(POST_NEED, OFFER)
    accept = AcceptMatch(offer_id="of1", match_id=match_id_of("of1", "n1"), by=Side.OFFER, at=AT)
    with desk.store.transaction() as tx:  # the lapse is still on its way
        document = desk.document("organisations", suspended) | {"suspended": True}
        view = ORGANISATIONS
        desk.store.views.write_many(tx, view, {suspended: document}, {suspended: 99})
    assert desk.refused(accept) == no_side_is_suspended.__name__


@pytest.mark.parametrize(
    "lie",
    [
        {"need_party": "other"},
        {"is_search": True},
    ],
)
def test_a_proposal_of_a_need_names_its_party_and_what_it_is(desk: Desk, lie: dict[str, Any]) -> None:
    desk.done(POST_NEED, replace(OFFER, terms=replace(EXCHANGE, category=Category.GOODS)))
    honest = Proposal(need_id="n1", need_party="seeker", is_search=False)
    propose = ProposeMatches(offer_id="of1", proposals=(replace(honest, **lie),), proposed_by="broker", at=AT)
    assert desk.refused(propose) == proposals_say_what_is_known.__name__
    assert isinstance(desk.send(replace(propose, proposals=(honest,))), Done)


def test_a_persons_search_is_not_passed_off_as_an_organisations_need(desk: Desk) -> None:
    work = replace(OFFER, terms=WORK)
    desk.done(work, CheckOffer(offer_id="of1", at=AT))
    desk.done(PostSearch(need_id="s1", person_id="person", terms=replace(SEARCH, level=2), at=AT))
    lie = Proposal(need_id="s1", need_party="person", is_search=False)
    propose = ProposeMatches(offer_id="of1", proposals=(lie,), proposed_by="counsellor", at=AT)
    assert desk.refused(propose) == proposals_say_what_is_known.__name__


def test_what_is_not_known_yet_may_be_proposed_it_cannot_be_held(desk: Desk) -> None:
    desk.done(OFFER)
    unknown = Proposal(need_id="nowhere", need_party="other", is_search=False)
    propose = ProposeMatches(offer_id="of1", proposals=(unknown,), proposed_by="broker", at=AT)
    match_id = match_id_of("of1", "nowhere")
    yes = AcceptMatch(offer_id="of1", match_id=match_id, by=Side.NEED, at=AT)
    desk.done(propose, yes, replace(yes, by=Side.OFFER))
    assert desk.document("matches", match_id)["status"] == "lapsed"
    assert desk.document("offers", "of1")["taken"] == []


def test_an_offer_is_not_proposed_to_another_kind(desk: Desk) -> None:
    desk.done(POST_NEED, replace(OFFER, terms=WORK), CheckOffer(offer_id="of1", at=AT))
    other = Proposal(need_id="n1", need_party="seeker", is_search=False)
    propose = ProposeMatches(offer_id="of1", proposals=(other,), proposed_by="counsellor", at=AT)
    assert desk.refused(propose) == proposals_say_what_is_known.__name__


def test_parties_of_an_agreement_are_known_and_in_good_standing(desk: Desk) -> None:
    assert desk.refused(replace(DRAFT, party_b="stranger")) == "parties_are_known_and_not_suspended"
    assert isinstance(desk.send(DRAFT), Done)
    desk.suspend("seeker")
    other = replace(DRAFT, agreement_id="ag2")
    assert desk.refused(other) == parties_are_known_and_not_suspended.__name__


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (OPENS - timedelta(seconds=1), False),
        (OPENS, True),
        (CLOSES + timedelta(hours=12), True),
        (CLOSES + timedelta(hours=12, seconds=1), False),
    ],
)
def test_an_agreement_of_a_market_day_is_sealed_between_the_gongs_or_that_night(
    desk: Desk, at: datetime, allowed: bool
) -> None:
    day = ScheduleMarketDay(
        market_day_id="day",
        name="Marktplatz",
        held_on=date(2026, 3, 6),
        trading_opens_at=OPENS,
        trading_closes_at=CLOSES,
        at=AT,
    )
    desk.done(day, replace(DRAFT, market_day_id="day"))
    desk.done(*(SignAgreement(agreement_id="ag1", by=party, at=OPENS) for party in Party))
    seal = SealAgreement(agreement_id="ag1", notary="notary", at=at)
    if allowed:
        desk.done(seal)
    else:
        assert desk.refused(seal) == seal_falls_between_the_gongs.__name__


def test_outside_a_market_day_an_agreement_is_sealed_at_any_time(desk: Desk) -> None:
    desk.done(DRAFT, *(SignAgreement(agreement_id="ag1", by=party, at=OPENS) for party in Party))
    desk.done(SealAgreement(agreement_id="ag1", notary="notary", at=AT + timedelta(days=40)))


def test_nothing_is_sealed_for_a_market_day_that_nobody_knows(desk: Desk) -> None:
    desk.done(replace(DRAFT, market_day_id="day"))
    desk.done(*(SignAgreement(agreement_id="ag1", by=party, at=OPENS) for party in Party))
    seal = SealAgreement(agreement_id="ag1", notary="notary", at=AT)
    assert desk.refused(seal) == seal_falls_between_the_gongs.__name__
