"""What does a row about an organisation's need ask for? Posted on its day, amended when corrected."""

from collections.abc import Iterator

from deploy.importing.identity import noun_id
from deploy.importing.known import Known
from deploy.importing.steps import FUTURE, Step, needed
from services.marketplace.domain.need import NEED, AmendNeed, PostNeed
from shared.events.marketplace.need import NeedPosted, NeedTerms
from shared.events.vocabulary import Category, OfferKind
from shared.tabular.rows import Row

BY_RULE = {
    FUTURE: "posted_on",
    "organisation_is_verified": "organisation",
    "organisation_is_not_suspended": "organisation",
    "need_asks_for_people_within_reason": "n_people",
    "dates_are_in_order": "wanted_until",
}


def steps(row: Row, known: Known) -> Iterator[Step]:
    """The steps of one row."""
    need_id = noun_id("needs", row.key)
    organisation_id = known.organisation(row, "organisation")
    terms = terms_of(row, organisation_id, known)
    if not known.exists(NEED, need_id):
        at = known.at(row.day("posted_on"))
        post = PostNeed(need_id=need_id, organisation_id=organisation_id, terms=terms, at=at)
        yield Step(command=post, name="title", begins=True, by_rule=BY_RULE)
        return
    known.refuse_other_days(row, NEED, need_id, {"posted_on": (NeedPosted,)})
    amend = AmendNeed(need_id=need_id, terms=terms, at=known.now)
    yield Step(command=amend, name="title", by_rule=BY_RULE)


def terms_of(row: Row, organisation_id: str, known: Known) -> NeedTerms:
    """What the row asks for; without a district of its own it is needed where the organisation is.

    Raises: RowRefused.
    """
    told = row.text("market_day")
    return NeedTerms(
        kind=OfferKind(needed(row.text("kind"), "kind")),
        title=needed(row.text("title"), "title"),
        category=Category(needed(row.text("category"), "category")),
        district=row.text("district") or known.district_of(organisation_id),
        description=row.text("description") or "",
        skills=row.texts("skills"),
        wanted_from=row.day("wanted_from"),
        wanted_until=row.day("wanted_until"),
        n_people=row.count("n_people") or 1,
        market_day_id=known.market_day(told, "market_day").id if told else None,
    )
