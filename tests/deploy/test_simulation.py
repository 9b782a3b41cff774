"""Does a simulation fill an instance with a history that is whole, marked, true to its clocks, and always the same?"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from deploy.city import load_city
from deploy.instance import Instance
from deploy.playing.run import LogNotEmpty, Summary, simulate
from deploy.playing.script import write
from deploy.playing.stage import ACTING, Stage
from shared.eventlog.port import StoredRecord
from shared.eventlog.sql.tables import instant_text
from shared.events.registry import SERVICES
from shared.kernel.read_model import NoneOf
from shared.service.reading import read_records
from shared.service.settings import load
from tests.published import assert_hold_their_schemas

BEGINS, ENDS = date(2016, 6, 1), date(2016, 12, 31)
SEED, SCALE = 7, 0.25

DIGEST_ELSEWHERE = """
import sys
from pathlib import Path
from tests.deploy.test_simulation import digest_of, filled
with filled(Path(sys.argv[1])) as (instance, _):
    print(digest_of(instance))
"""


@dataclass(slots=True)
class Filling:
    """An instance that is filled by a simulation, and closed at the end."""

    folder: Path
    instance: Instance | None = None

    def __enter__(self) -> tuple[Instance, Summary]:
        settings = load({"KOSILAB_DATA_DIR": str(self.folder)}, {})
        self.instance = Instance(load_city("wuppertal"), settings)
        summary = simulate(
            self.instance, begins=BEGINS, ends=ENDS, seed=SEED, scale=SCALE, files_follow=False
        )
        return self.instance, summary

    def __exit__(self, *_: object) -> None:
        if self.instance is not None:
            self.instance.close()


def filled(folder: Path) -> Filling:
    """A small Wuppertal of seven months with its market day."""
    return Filling(folder)


def records_of(instance: Instance, service: str) -> list[StoredRecord]:
    """All records of a log."""
    return instance.units[service].store.log.read(limit=100_000)


def digest_of(instance: Instance) -> str:
    """A digest of every record of every log."""
    hashed = hashlib.sha256()
    for service in SERVICES:
        for stored in records_of(instance, service):
            hashed.update(stored.record + b"\n")
    return hashed.hexdigest()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Instance, Summary]]:
    """An instance with a small simulated history."""
    with filled(tmp_path_factory.mktemp("small")) as both:
        yield both


# --- the same seed, the same records ------------------------------------------------------------
def test_the_same_seed_gives_the_same_records_in_another_process_time_zone_and_order_of_hashes(
    small: tuple[Instance, Summary], tmp_path: Path
) -> None:
    elsewhere = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    command = [sys.executable, "-W", "ignore", "-c", DIGEST_ELSEWHERE, str(tmp_path)]
    printed = subprocess.run(command, env=elsewhere, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == digest_of(small[0])


# --- what lies in the logs ----------------------------------------------------------------------
def test_every_record_says_that_it_is_synthetic_and_of_which_lab(small: tuple[Instance, Summary]) -> None:
    for service in ACTING:
        records = [json.loads(stored.record) for stored in records_of(small[0], service)]
        assert records
        assert {(record["synthetic"], record["lab"]) for record in records} == {(True, "kosi-lab-wuppertal")}


def test_every_record_holds_the_schema_of_its_type(small: tuple[Instance, Summary]) -> None:
    for service in SERVICES:
        assert_hold_their_schemas(stored.record for stored in records_of(small[0], service))


def test_both_clocks_are_simulated_and_stay_within_the_period(small: tuple[Instance, Summary]) -> None:
    for service in ACTING:
        records = [json.loads(stored.record) for stored in records_of(small[0], service)]
        recorded = [datetime.fromisoformat(record["recordedtime"]) for record in records]
        assert recorded == sorted(recorded)
        assert BEGINS <= recorded[0].date() <= recorded[-1].date() <= ENDS
        assert [datetime.fromisoformat(record["time"]) for record in records] == recorded


def test_a_simulation_says_how_much_it_wrote(small: tuple[Instance, Summary]) -> None:
    instance, summary = small
    heads = {service: unit.store.log.head().position for service, unit in instance.units.items()}
    assert (summary.n_events, summary.refused) == (heads, {})
    assert summary.n_commands > 200


def test_only_an_empty_log_is_simulated_into(small: tuple[Instance, Summary]) -> None:
    before = digest_of(small[0])
    with pytest.raises(LogNotEmpty, match="actors is not empty"):
        simulate(small[0], begins=BEGINS, ends=ENDS, seed=SEED)
    assert digest_of(small[0]) == before


def test_afterwards_the_clock_shows_the_real_time_again(small: tuple[Instance, Summary]) -> None:
    assert small[0].now().date() > ENDS


# --- what the readers made of it ----------------------------------------------------------------
def test_nothing_is_left_to_react_to_to_project_or_to_ring(small: tuple[Instance, Summary]) -> None:
    instance, before = small[0], digest_of(small[0])
    assert instance.settle() == 0
    last = datetime.combine(ENDS, time.max, UTC)
    assert [instance.units[service].ticker.step(last) for service in ACTING] == [0, 0, 0]
    assert digest_of(instance) == before


def test_what_falls_due_later_is_what_a_projection_of_the_log_would_set(
    small: tuple[Instance, Summary],
) -> None:
    everything = "SELECT stream, kind, due_at FROM deadline ORDER BY stream, kind"
    last = instant_text(datetime.combine(ENDS, time.max, UTC))
    for service in ACTING:
        unit = small[0].units[service]
        events = read_records(stored.record for stored in records_of(small[0], service))
        kept = unit.store.database.rows(everything)
        with unit.store.database.engine.connect() as tx:  # never committed
            unit.store.deadlines.clear_all(tx)
            unit.projection.apply(tx, events)
            anew = [tuple(row) for row in tx.exec_driver_sql(everything)]
        assert [row for row in anew if row[2] > last] == kept
        assert kept or service == "actors"


@pytest.fixture(scope="module")
def stage() -> Stage:
    """The stage on which the small history was played."""
    city, stage = load_city("wuppertal"), Stage(load_city("wuppertal"), SEED)
    stage.play(write(city, begins=BEGINS, ends=ENDS, seed=SEED, scale=SCALE, files_follow=False), ENDS)
    return stage


def test_the_records_are_those_that_were_played_byte_for_byte(
    small: tuple[Instance, Summary], stage: Stage
) -> None:
    for service in ACTING:
        played = [event.record for event in stage.units[service].log.events]
        assert [stored.record for stored in records_of(small[0], service)] == played


def test_a_command_of_the_simulation_is_known_to_the_log(
    small: tuple[Instance, Summary], stage: Stage
) -> None:
    for service in ACTING:
        log, asked = small[0].units[service].store.log, stage.units[service].log.asked
        outcomes = [log.outcome(request.command_id, request.request_digest) for _, request in asked]
        assert None not in outcomes
        assert outcomes


def test_the_views_hold_what_they_held_while_it_was_played(
    small: tuple[Instance, Summary], stage: Stage
) -> None:
    n_compared = 0
    for service in ACTING:
        for view in stage.units[service].tables.views:
            played = stage.units[service].ask.find(view, limit=100_000)
            assert small[0].units[service].store.ask.find(view, limit=100_000) == played
            n_compared += len(played)
    assert n_compared > 300


def test_views_in_memory_find_by_their_columns_what_those_in_the_database_find(
    small: tuple[Instance, Summary], stage: Stage
) -> None:
    n_asked = 0
    for service in ACTING:
        in_memory, in_database = stage.units[service].ask, small[0].units[service].store.ask
        for view in stage.units[service].tables.views:
            for name, column in view.columns.items():
                values = {column(document) for document in in_memory.find(view, limit=100_000)}
                for wanted in sorted(values, key=str)[:12]:
                    matching = in_memory.find(view, limit=30, after="3", **{name: (wanted, "no such value")})
                    asked = {name: (wanted, "no such value")}
                    assert in_database.find(view, limit=30, after="3", **asked) == matching
                    others = in_memory.find(view, limit=30, after="3", **{name: NoneOf((wanted,))})
                    assert in_database.find(view, limit=30, after="3", **{name: NoneOf((wanted,))}) == others
                    n_asked += bool(matching)
    assert n_asked > 50


def test_the_facts_are_those_of_a_replay(small: tuple[Instance, Summary]) -> None:
    facts = small[0].units["reporting"].facts
    assert facts is not None
    live = facts.projection.digests()
    facts.projection.rebuild()
    assert facts.projection.digests() == live
    assert sum(1 for _ in records_of(small[0], "marketplace")) == facts.projection.position("marketplace")


# --- which stories ------------------------------------------------------------------------------
TOLD = (
    "OrganisationRegistered OrganisationVerified OrganisationAmended OrganisationSuspended OrganisationReinstated "
    "PersonRegistered LabEstablished LabMandateDefined LabMemberAdmitted LabMemberReleased LabPhaseEntered LabClosed "
    "OfferSubmitted OfferReturned OfferPosted OfferConfirmedCurrent OfferExhausted OfferWithdrawn OfferExpired "
    "MatchProposed MatchAccepted MatchDeclined MatchLapsed PlaceHeld MatchConfirmed PlaceReopenAsked PlaceReopened "
    "NeedPosted NeedConfirmedCurrent NeedHeld NeedReleased NeedMet NeedWithdrawn NeedExpired "
    "SearchPosted SearchHeld SearchReleased SearchMet SearchClosed "
    "AgreementDrafted AgreementSigned AgreementSealed AgreementContactMade CommitmentDelivered CommitmentConfirmed "
    "AgreementFulfilled AgreementPartlyFulfilled AgreementFailed AgreementWithdrawn AgreementSealRefused "
    "MarketDayScheduled MarketDayParticipantAttended MarketDayCompleted "
    "CounsellingRequested CounsellingHeld VolunteerReferred ReferralDeclined TrialStarted TrialEnded EngagementStarted "
    "VolunteerHoursLogged VolunteerHoursConfirmed VolunteerHoursDisputed EngagementEnded "
    "PlacementProposed PlacementDeclined PlacementContracted PlacementStarted PlacementNeverStarted "
    "RetentionCheckFellDue PlacementRetentionConfirmed PlacementRetentionDenied PlacementRetentionUnknown "
    "PlacementConverted PlacementEnded"
)


def test_the_two_cities_tell_all_stories_and_no_rule_says_no_to_a_true_one() -> None:
    begins, ends = date(2016, 6, 1), date(2019, 5, 31)
    names_told: set[str] = set()
    for slug, scale in (("wuppertal", 0.6), ("dortmund", 0.3)):
        stage = Stage(load_city(slug), 3)
        stage.play(
            write(load_city(slug), begins=begins, ends=ends, seed=3, scale=scale, files_follow=False), ends
        )
        assert stage.refused == {}
        names_told |= {
            type(event.data).__name__ for unit in stage.units.values() for event in unit.log.events
        }
    assert set(TOLD.split()) - names_told == set()
    assert {"ReactionRefused", "PlacementNotProposed"} & names_told == set()


def test_deadlines_ring_at_their_own_time(small: tuple[Instance, Summary]) -> None:
    records = [json.loads(stored.record) for stored in records_of(small[0], "marketplace")]
    until = {
        record["subject"]: record["data"]["current_until"]
        for record in records
        if "current_until" in record["data"]
    }
    expired = [record for record in records if record["type"].endswith(".OfferExpired.v1")]
    assert expired
    assert [record["recordedtime"] for record in expired] == [until[record["subject"]] for record in expired]


# --- on the way -----------------------------------------------------------------------------------
def test_progress_grows_and_comes_to_its_end(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    city = replace(load_city("dortmund"), simulation={"organisations": {"company": 4, "school": 3}})
    instance = Instance(city, load({"KOSILAB_DATA_DIR": str(tmp_path)}, {}))
    try:
        simulate(
            instance, begins=BEGINS, ends=ENDS, seed=1, progress=lambda done, of: steps.append((done, of))
        )
    finally:
        instance.close()
    shares = [done / of for done, of in steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
