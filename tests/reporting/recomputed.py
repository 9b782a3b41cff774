"""What do the figures come to when somebody else counts them? From the bytes of the records, by a program of its own.

It imports nothing of the product: days, months, quartiles and what each indicator counts are written here
a second time, after the handbook and the definitions' own sentences. Numbers are exact fractions.
"""

import calendar
import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Europe/Berlin")
YES, NO, UNKNOWN, IMMATURE = "yes", "no", "unknown", "immature"
GIVERS = {
    "company": "companies",
    "training_company": "companies",
    "non_profit": "non_profits",
    "initiative": "non_profits",
}


@dataclass(frozen=True)
class Event:
    """A record, as somebody reads it who has only its bytes."""

    name: str
    noun: str
    on: date
    lab: str
    data: Mapping[str, Any]


@dataclass
class Counted:
    """One thing that an indicator counts."""

    on: date
    lab: str
    verdict: str = YES
    amount: Fraction | None = None
    groups: Mapping[str, str | None] = field(default_factory=dict)
    strict: bool | None = None


def read(records: Iterable[bytes]) -> list[Event]:
    """The events in the order of their logs."""
    return [_read(json.loads(record)) for record in records]


def _read(record: Mapping[str, Any]) -> Event:
    happened = datetime.fromisoformat(record["time"]).astimezone(CITY).date()
    name = record["type"].split(".")[2]
    noun = record["subject"].partition("-")[2]
    return Event(name, noun, happened, record.get("lab") or "none", record["data"])


class History:
    """Events by name, and by name and noun the first one."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Sort them."""
        self._by_name: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            self._by_name[event.name].append(event)

    def all(self, *names: str) -> list[Event]:
        """The events of these names."""
        return [event for name in names for event in self._by_name[name]]

    def first(self, *names: str, key: str = "") -> dict[str, Event]:
        """The first event of these names for each noun, or for each value of a field."""
        kept: dict[str, Event] = {}
        for name in names:
            for event in self._by_name[name]:
                kept.setdefault(event.data[key] if key else event.noun, event)
        return kept

    def last(self, *names: str, key: str = "") -> dict[str, Event]:
        """The last event of these names for each noun, or for each value of a field; the names in this order."""
        kept: dict[str, Event] = {}
        for name in names:
            for event in self._by_name[name]:
                kept[event.data[key] if key else event.noun] = event
        return kept


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    months += day.year * 12 + day.month - 1
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def judged(verdict: str, ends: date, today: date) -> str:
    """The verdict once three months of waiting are over."""
    return verdict if later(ends, 3) <= today else IMMATURE


def on(text: str) -> date:
    """A day that is written in an event."""
    return date.fromisoformat(text)


# --- what each indicator counts ---------------------------------------------------------------------------------------
def agreements_sealed(history: History, _: date) -> Iterator[Counted]:
    for event in history.all("AgreementSealed"):
        yield Counted(event.on, event.lab)


def agreements_per_participant(history: History, _: date) -> Iterator[Counted]:
    held_on = {noun: on(event.data["held_on"]) for noun, event in history.last("MarketDayScheduled").items()}
    for event in history.all("AgreementSealed"):
        market_day = event.data.get("market_day_id")
        if market_day in held_on:
            groups = {"what": "agreement", "market_day": market_day}
            yield Counted(held_on[market_day], event.lab, groups=groups)
    came = {
        (event.noun, event.data["organisation_id"]): event
        for event in history.all("MarketDayParticipantAttended")
    }
    for (market_day, _organisation), event in came.items():
        if market_day in held_on:
            groups = {"what": "attendance", "market_day": market_day}
            yield Counted(held_on[market_day], event.lab, groups=groups)


def redemption_rate(history: History, today: date) -> Iterator[Counted]:
    outcome = history.last("AgreementFulfilled", "AgreementPartlyFulfilled", "AgreementFailed")
    for event in history.all("AgreementSealed"):
        within = later(event.on, 12)
        end = outcome.get(event.noun)
        verdict = (
            UNKNOWN if end is None else YES if end.name != "AgreementFailed" and end.on <= within else NO
        )
        strict = end is not None and end.name == "AgreementFulfilled"
        yield Counted(event.on, event.lab, judged(verdict, within, today), strict=strict)


def reciprocity_balance(history: History, _: date) -> Iterator[Counted]:
    described: dict[str, str] = {}
    for name in ("OrganisationRegistered", "OrganisationAmended"):
        for event in history.all(name):
            described[event.noun] = event.data["sector"]
    for event in history.all("CommitmentConfirmed"):
        sector = described.get(event.data["giver_id"])
        side = "unknown" if sector is None else GIVERS.get(sector, "others")
        groups = {"giver": side, "category": event.data["category"]}
        yield Counted(event.on, event.lab, groups=groups)


def _needs(history: History) -> Iterator[tuple[Event, dict[str, str | None]]]:
    terms = history.last("NeedPosted", "NeedAmended")
    for noun, event in history.first("NeedPosted").items():
        newest = terms[noun].data["terms"]
        if newest["kind"] == "exchange":
            yield event, {"category": newest["category"], "district": newest["district"]}


def need_coverage(history: History, today: date) -> Iterator[Counted]:
    met = history.last("NeedMet")
    for event, groups in _needs(history):
        within = event.on + timedelta(days=180)
        verdict = YES if event.noun in met and met[event.noun].on <= within else NO
        yield Counted(event.on, event.lab, judged(verdict, within, today), groups=groups)


def time_to_match(history: History, _: date) -> Iterator[Counted]:
    confirmed = history.first("MatchConfirmed", key="need_id")
    for event, groups in _needs(history):
        match = confirmed.get(event.noun)
        days = None if match is None else Fraction((match.on - event.on).days)
        yield Counted(event.on, event.lab, amount=days, groups=groups)


def match_acceptance(history: History, today: date) -> Iterator[Counted]:
    proposed = history.last("MatchProposed", key="match_id")
    ends: dict[str, list[Event]] = defaultdict(list)
    for event in history.all("MatchConfirmed", "MatchDeclined", "MatchLapsed"):
        ends[event.data["match_id"]].append(event)
    for match_id, event in proposed.items():
        if event.data["kind"] == "exchange":
            names = {end.name for end in ends[match_id]}
            verdict = YES if "MatchConfirmed" in names else NO if names else UNKNOWN
            yield Counted(event.on, event.lab, judged(verdict, event.on, today))


def counselling_requests(history: History, _: date) -> Iterator[Counted]:
    for event in history.all("CounsellingRequested"):
        yield Counted(event.on, event.lab)


def trial_success(history: History, today: date) -> Iterator[Counted]:
    began = history.last("EngagementStarted")
    ended = history.last("TrialEnded", "EngagementEnded", "ReferralDeclined")
    forms = history.last("VolunteerReferred")
    for noun, event in history.last("TrialStarted").items():
        tried = on(event.data["started_on"])
        verdict = YES if noun in began else NO if noun in ended else UNKNOWN
        form = forms[noun].data["form"] if noun in forms else None
        yield Counted(tried, event.lab, judged(verdict, tried, today), groups={"form": form})


def confirmed_volunteer_hours(history: History, _: date) -> Iterator[Counted]:
    entries: dict[tuple[str, str], Event] = {}
    for event in history.all("VolunteerHoursConfirmed", "VolunteerHoursCorrected"):
        entries[event.noun, event.data["entry_id"]] = event
    for event in entries.values():
        if event.data["civic"]:
            yield Counted(on(event.data["worked_on"]), event.lab, amount=Fraction(event.data["hours"]))


def _placements(history: History) -> Iterator[tuple[str, Event, dict[str, str | None]]]:
    for noun, event in history.first("PlacementProposed").items():
        if event.data["form"] != "work_opportunity":
            yield noun, event, {"form": event.data["form"]}


def placements_started(history: History, _: date) -> Iterator[Counted]:
    began = history.last("PlacementStarted")
    for noun, event, groups in _placements(history):
        if noun in began:
            yield Counted(on(began[noun].data["started_on"]), event.lab, groups=groups)


def start_rate(history: History, today: date) -> Iterator[Counted]:
    agreed = history.last("PlacementContracted")
    began, never = history.last("PlacementStarted"), history.last("PlacementNeverStarted")
    for noun, event, groups in _placements(history):
        if noun in agreed:
            verdict = YES if noun in began else NO if noun in never else UNKNOWN
            ends = on(agreed[noun].data["starts_on"])
            day = on(agreed[noun].data["contracted_on"])
            yield Counted(day, event.lab, judged(verdict, ends, today), groups=groups)


def _word_of(answer: Event | None) -> str:
    """What was answered at a milestone, in the words of a correction."""
    if answer is None:
        return ""
    if answer.name == "PlacementRetentionCorrected":
        return str(answer.data["answer"])
    if answer.name == "PlacementRetentionConfirmed":
        return "confirmed" if answer.data["same_employer"] else "confirmed_elsewhere"
    return {"PlacementRetentionDenied": "denied"}.get(answer.name, "unknown")


def retention(milestone: int) -> Any:
    """The count for one milestone [months]."""

    def retained(history: History, today: date) -> Iterator[Counted]:
        began = history.last("PlacementStarted")
        answers = {
            (event.noun, event.data["milestone"]): event
            for event in history.all(
                "PlacementRetentionUnknown",
                "PlacementRetentionDenied",
                "PlacementRetentionConfirmed",
                "PlacementRetentionCorrected",
            )
        }
        for noun, event, groups in _placements(history):
            if noun not in began:
                continue
            first_day = on(began[noun].data["started_on"])
            answer = answers.get((noun, milestone))
            word = _word_of(answer)
            verdict = {"confirmed": YES, "confirmed_elsewhere": YES, "denied": NO}.get(word, UNKNOWN)
            same = word == "confirmed"
            verdict = judged(verdict, later(first_day, milestone), today)
            yield Counted(first_day, event.lab, verdict, groups=groups, strict=same)

    return retained


def social_services(history: History, _: date) -> Iterator[Counted]:
    planned = history.last("SocialServicePlanned")
    for name, column in (("SocialServiceOpened", "opened_on"), ("SocialServiceExtended", "extended_on")):
        for noun, event in history.first(name).items():
            plan = planned[noun].data
            groups = {"topic": plan["topic"], "district": plan["district"]}
            yield Counted(on(event.data[column]), planned[noun].lab, groups=groups)


# --- how it is counted ------------------------------------------------------------------------------------------------
def share(part: int, whole: int) -> Fraction | None:
    """A share; None of nothing."""
    return Fraction(part, whole) if whole else None


def rate(counted: Sequence[Counted]) -> dict[str, Any]:
    n = {
        verdict: sum(each.verdict == verdict for each in counted) for verdict in (YES, NO, UNKNOWN, IMMATURE)
    }
    answered, mature = n[YES] + n[NO], n[YES] + n[NO] + n[UNKNOWN]
    figure = {
        "value": share(n[YES], answered),
        "numerator": n[YES],
        "denominator": answered,
        "unknown": n[UNKNOWN],
        "immature": n[IMMATURE],
        "lower": share(n[YES], mature),
        "upper": share(n[YES] + n[UNKNOWN], mature),
    }
    if any(each.strict is not None for each in counted):
        n_strict = sum(each.verdict == YES and bool(each.strict) for each in counted)
        figure |= {"strict_value": share(n_strict, answered), "strict_numerator": n_strict}
    return figure


def number(counted: Sequence[Counted]) -> dict[str, Any]:
    return {"value": len(counted)}


def hours(counted: Sequence[Counted]) -> dict[str, Any]:
    return {
        "value": sum((each.amount or Fraction() for each in counted), Fraction()),
        "entries": len(counted),
    }


def quartiles(counted: Sequence[Counted]) -> dict[str, Any]:
    amounts = sorted(each.amount for each in counted if each.amount is not None)
    if len(amounts) > 1:
        quarters: list[Any] = statistics.quantiles(amounts, n=4, method="inclusive")
    else:
        quarters = [*amounts, *amounts, *amounts] or [None, None, None]
    lower, middle, upper = quarters
    figure = {"value": middle, "lower_quartile": lower, "upper_quartile": upper}
    return figure | {"cases": len(amounts), "open": len(counted) - len(amounts)}


def balance(counted: Sequence[Counted]) -> dict[str, Any]:
    n = {
        side: sum(each.groups["giver"] == side for each in counted)
        for side in ("companies", "non_profits", "others", "unknown")
    }
    both = n["companies"] + n["non_profits"]
    value = None if both == 0 else 1 - Fraction(abs(n["companies"] - n["non_profits"]), both)
    given = {f"given_by_{side}": n[side] for side in ("companies", "non_profits", "others")}
    return {"value": value, "unknown": n["unknown"], **given}


def per_participant(counted: Sequence[Counted]) -> dict[str, Any]:
    n_agreements = sum(each.groups["what"] == "agreement" for each in counted)
    n_came = len(counted) - n_agreements
    return {"value": share(n_agreements, n_came), "numerator": n_agreements, "denominator": n_came}


@dataclass(frozen=True)
class Recount:
    """One indicator: what it counts, how, and by what beside year, month and lab."""

    counted: Any
    figure: Any
    by: tuple[str, ...] = ()


RECOUNTS = {
    ("agreements_sealed", 1): Recount(agreements_sealed, number),
    ("agreements_per_participant", 1): Recount(agreements_per_participant, per_participant, ("market_day",)),
    ("redemption_rate", 1): Recount(redemption_rate, rate),
    ("reciprocity_balance", 1): Recount(reciprocity_balance, balance, ("category",)),
    ("need_coverage", 1): Recount(need_coverage, rate, ("category", "district")),
    ("time_to_match", 1): Recount(time_to_match, quartiles, ("category", "district")),
    ("match_acceptance", 1): Recount(match_acceptance, rate),
    ("counselling_requests", 1): Recount(counselling_requests, number),
    ("trial_success", 1): Recount(trial_success, rate, ("form",)),
    ("confirmed_volunteer_hours", 1): Recount(confirmed_volunteer_hours, hours),
    ("placements_started", 1): Recount(placements_started, number, ("form",)),
    ("start_rate", 1): Recount(start_rate, rate, ("form",)),
    ("retention_3_months", 1): Recount(retention(3), rate, ("form",)),
    ("retention_6_months", 1): Recount(retention(6), rate, ("form",)),
    ("retention_12_months", 1): Recount(retention(12), rate, ("form",)),
    ("social_services", 1): Recount(social_services, number, ("topic", "district")),
}
"""By name and version of the indicator; a new version gets a line of its own."""


def cells(recount: Recount, history: History, today: date) -> dict[tuple[str, str], dict[str, Any]]:
    """Every cell of an indicator, by breakdown and group: the total, and each group of each breakdown."""
    counted = list(recount.counted(history, today))
    tables: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    tables["total", ""] = counted
    for each in counted:
        tables["year", f"{each.on.year:04d}"].append(each)
        tables["month", f"{each.on:%Y-%m}"].append(each)
        tables["lab", each.lab].append(each)
        for by in recount.by:
            tables[by, each.groups.get(by) or "unknown"].append(each)
    return {key: recount.figure(table) for key, table in tables.items()}
