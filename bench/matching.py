"""How fast are matches proposed for one offer among 20,000 open needs? `python -m bench.matching` alone.

Beside it: the same reaction, reading the same views, that scores every need in plain Python instead of asking the
index. Both propose exactly the same; that is checked in every round.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.table import Row, as_table
from services.marketplace.app import MARKETPLACE
from services.marketplace.domain.candidates import Candidate, best_of_all
from services.marketplace.domain.scoring import Pairing, Posting
from services.marketplace.reactions.board import Board, board_of
from services.marketplace.reactions.proposal import propose_for_offer
from shared.eventlog.migrations import migrate
from shared.eventlog.port import Append, Draft
from shared.eventlog.store import SqlStore
from shared.events.codec import encode_data
from shared.events.marketplace.need import NeedPosted, NeedTerms
from shared.events.marketplace.offer import OfferPosted, OfferTerms
from shared.events.registry import type_of
from shared.events.vocabulary import Category, OfferKind
from shared.kernel.read_model import Ask
from shared.kernel.recorded import Recorded
from shared.service.projection import ViewsProjection
from shared.service.projector import OwnLog, Projector
from shared.service.reading import read_records

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DISTRICTS = (
    "Elberfeld", "Elberfeld-West", "Uellendahl-Katernberg", "Vohwinkel", "Cronenberg",
    "Barmen", "Oberbarmen", "Heckinghausen", "Langerfeld-Beyenburg", "Ronsdorf",
)  # fmt: skip
THING_WORDS = (
    "Garten Fahrrad Küche Buchhaltung Internetseite Werkstatt Bücherei Sommerfest Hausaufgaben "
    "Theater Chor Turnhalle Schaukel Zaun Schuppen Bühne Tonanlage Beamer Transporter Anhänger Kaffee "
    "Kuchen Grill Zelt Pavillon Stühle Tische Schränke Computer Drucker Handy Nähmaschine Stoffe "
    "Farbe Pinsel Leiter Bohrmaschine Holz Steine Erde Pflanzen Obst Gemüse Brot Suppe Schulranzen "
    "Spielzeug Puzzle Sprache Deutsch Englisch Türkisch Arabisch Mathematik Musik Gitarre Klavier "
    "Trommel Yoga Fußball Schwimmen Wandern Klettern Segeln Museum Archiv Stadtplan Broschüre Plakat "
    "Film Foto Radio Podcast Steuern Recht Versicherung Förderantrag Spenden Satzung Vorstand Sitzung "
    "Protokoll Moderation Mediation Erziehung Pflege Besuch Begleitung Fahrdienst Einkauf Vorlesen "
    "Basteln Malen Kochen Backen Putzen Räumen "
)
DEED_WORDS = (
    "bauen reparieren pflegen lernen gestalten tragen organisieren beraten sortieren begleiten "
    "streichen drucken "
)
THINGS, DEEDS = THING_WORDS.split(), DEED_WORDS.split()


class ScoresEverything(Board):
    """The board without its index: every need is scored."""

    def best(
        self, ask: Ask, pairing: Pairing, allowed: Callable[[Posting], bool], most: int
    ) -> list[Candidate]:
        """Who fits best among all."""
        return best_of_all(self._fresh(ask, pairing), pairing, allowed, most)


def rows(*, quick: bool = False) -> list[Row]:
    """The row of matching."""
    n_needs, n_offers = (2_000, 20) if quick else (20_000, 100)
    with board(n_needs, n_offers) as (ask, offers):
        return [measured(ask, offers, n_needs)]


def measured(ask: Ask, offers: list[Recorded[Any]], n_needs: int) -> Row:
    """Ours and the peer by turns, offer by offer; the first of each, which builds the board, is not counted."""
    indexed, plain = board_of(ask), ScoresEverything()
    took: dict[str, list[float]] = {"ours": [], "peer": []}
    for offer in offers:
        ours = timed(offer, ask, indexed, took["ours"])
        peer = timed(offer, ask, plain, took["peer"])
        if ours != peer or not ours:
            msg = f"the index proposes other matches than scoring every need: {ours} and {peer}"
            raise AssertionError(msg)
    mine, other = (statistics.median(took[name][1:]) for name in ("ours", "peer"))
    slowest = max(took["ours"][1:])
    return Row(
        what=f"propose matches for one offer among {n_needs:,} open needs",
        ours=f"{mine:.2f} ms",
        peer=f"{other:.1f} ms",
        ratio=other / mine,
        target=">= 20x, <= 20 ms",
        reached=other / mine >= 20 and mine <= 20,
        conditions=(
            f"matching: the whole reaction with all it reads from the views (SQLite); beside it the same that scores "
            f"every need in plain Python; median of {len(offers) - 1} offers, slowest {slowest:.1f} ms"
        ),
    )


def timed(offer: Recorded[Any], ask: Ask, board: Board, took: list[float]) -> list[Any]:
    """What the reaction proposes on this board; how long that took is added [ms]."""
    with patch("services.marketplace.reactions.proposal.board_of", lambda _: board):
        began = time.perf_counter()
        commands = list(propose_for_offer(offer, ask))
        took.append(1000 * (time.perf_counter() - began))
    return commands


@contextmanager
def board(n_needs: int, n_offers: int) -> Iterator[tuple[Ask, list[Recorded[Any]]]]:
    """A marketplace's views with so many open needs, and the offers that are asked for."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'marketplace.db'}"
        migrate(url, "marketplace")
        opened = SqlStore.open(url, service="marketplace", city_key="05124000", clock=lambda: AT)
        with closing(opened) as store:
            projection = ViewsProjection(MARKETPLACE, store, lambda _: NOTHING)
            projection.ensure()
            chance = random.Random(7)
            append(store, (("need", f"n{number}", need(chance, number)) for number in range(n_needs)))
            append(store, (("offer", f"of{number}", offer(chance)) for number in range(n_offers)))
            own = OwnLog("marketplace", store.log)
            projector = Projector("marketplace projector", projection, own, "marketplace")
            while projector.step():
                pass
            stored = store.log.read(after=n_needs, limit=n_offers)
            yield store.ask, read_records(stored_event.record for stored_event in stored)


class _Nothing:
    """The feed of a service that has said nothing."""

    def read(self, after: int, limit: int) -> list[bytes]:
        """No records."""
        del after, limit
        return []


NOTHING = _Nothing()


def append(store: SqlStore, events: Iterable[tuple[str, str, Any]]) -> None:
    """Write events, each into a stream of its own."""
    with store.log.bulk():
        for noun, noun_id, event in events:
            registered = type_of(type(event))
            draft = Draft(
                id=f"event-{noun_id}",
                type=registered.wire_name("marketplace"),
                audience=registered.audience,
                time=AT,
                data=encode_data(event),
            )
            store.log.append(
                Append(
                    stream=f"{noun}-{noun_id}",
                    expected_version=0,
                    command_id=f"command-{noun_id}",
                    request_digest="",
                    events=(draft,),
                )
            )


def need(chance: random.Random, number: int) -> NeedPosted:
    """One of many needs; half of them have dates."""
    begins = date(2026, 3, 1) + timedelta(days=chance.randrange(120)) if chance.random() < 0.5 else None
    terms = NeedTerms(
        kind=OfferKind.EXCHANGE,
        title=f"{chance.choice(THINGS)} {chance.choice(DEEDS)}",
        category=chance.choice(list(Category)),
        district=chance.choice(DISTRICTS),
        skills=tuple(chance.sample(THINGS, chance.randrange(4))),
        wanted_from=begins,
        wanted_until=None if begins is None else begins + timedelta(days=chance.randrange(10, 90)),
        n_people=chance.choice((1, 1, 1, 2, 5)),
    )
    return NeedPosted(organisation_id=f"o{number % 400}", terms=terms, current_until=AT + timedelta(days=90))


def offer(chance: random.Random) -> OfferPosted:
    """An offer that many needs fit."""
    terms = OfferTerms(
        kind=OfferKind.EXCHANGE,
        title=f"{chance.choice(THINGS)} {chance.choice(DEEDS)}",
        category=chance.choice(list(Category)),
        district=chance.choice(DISTRICTS),
        skills=tuple(chance.sample(THINGS, chance.randrange(4))),
        places=chance.choice((1, 1, 2, 4)),
        available_from=date(2026, 3, 1),
        available_until=date(2026, 8, 31) if chance.random() < 0.5 else None,
    )
    return OfferPosted(organisation_id="host", terms=terms, current_until=AT + timedelta(days=90))


if __name__ == "__main__":
    print(as_table(rows(quick="--quick" in sys.argv)))
