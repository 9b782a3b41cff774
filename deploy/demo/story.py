"""What is a story of the demo? Steps with a sentence each; the first one that fails ends the story and is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from deploy.demo.stranger import Document, NotSo, Stranger
from shared.service import ids
from shared.service.tables import Caller, Role

AUDITOR = Caller(role=Role.AUDITOR, actor="demo-auditor")
COORDINATOR = Caller(role=Role.COORDINATOR, actor="demo-coordinator")
COUNSELLOR = Caller(role=Role.COUNSELLOR, actor="demo-counsellor")
NOTARY = Caller(role=Role.NOTARY, actor="demo-notary")


class DidNotHappen(Exception):  # noqa: N818 - names the situation
    """A step that did not happen: its story, the step, and why."""

    def __init__(self, story: str, step: str, why: str) -> None:
        super().__init__(f"{story}: this step failed: {step}: {why}")
        self.story = story
        self.step = step


class Story:
    """A story while it is played; `ended_in` names its last state."""

    def __init__(self, name: str, city: Stranger, district: str) -> None:
        self.name = name
        self.city = city
        self.district = district
        self.n_steps = 0
        self.ended_in = ""

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """One step.

        Raises: DidNotHappen.
        """
        try:
            yield
        except (NotSo, KeyError, IndexError) as error:
            why = str(error) if isinstance(error, NotSo) else f"the answer has no {error}"
            raise DidNotHappen(self.name, sentence, why) from error
        self.n_steps += 1

    def organisation(self, name: str, sector: str) -> Caller:
        """An organisation that registers itself and is verified by the coordinator.

        Raises: DidNotHappen.
        """
        itself = Caller(role=Role.ORGANISATION, actor=ids.new_id())
        with self.step(f"{name} registers"):
            registered = {"name": f"{name} (made up)", "sector": sector, "district": self.district}
            self.city.send("/actors/organisations", itself, **registered)
        with self.step(f"{name} is verified and known on the marketplace"):
            self.city.send(f"/actors/organisations/{itself.actor}/verify-organisation", COORDINATOR)
            self.known_on_the_marketplace()
        return itself

    def person(self, context: str) -> Caller:
        """A person who is registered under a random id.

        Raises: DidNotHappen.
        """
        themself = Caller(role=Role.PERSON, actor=ids.new_id())
        with self.step("a person registers"):
            self.city.send("/actors/persons", themself, context=context)
            self.known_on_the_marketplace()
        return themself

    def known_on_the_marketplace(self) -> None:
        """Wait until the marketplace knows what was last sent to `actors`.

        Raises: NotSo.
        """
        min_position = f"actors:{self.city.positions['actors']}"
        self.city.read("/marketplace/offers", None, limit=1, min_position=min_position)

    def checked_offer(self, by: Caller, terms: Document) -> str:
        """An offer that the coordinator checks before the board shows it; returns its id.

        Raises: DidNotHappen.
        """
        with self.step("an offer is submitted"):
            offer_id: str = self.city.send("/marketplace/offers", by, terms=terms)["id"]
        with self.step("the offer is checked and on the board"):
            expect(self.city.send(f"/marketplace/offers/{offer_id}/check-offer", COORDINATOR), "OfferPosted")
        return offer_id

    def match(self, offer_id: str, need_id: str, offering: Caller, asking: Caller) -> str:
        """Offer and need are proposed to each other, and both sides say yes; returns the id of the match.

        Raises: DidNotHappen.
        """
        with self.step("offer and need are proposed to each other"):
            path = "/marketplace/matches"
            match_id: str = self.city.await_one(path, asking, offer_id=offer_id, need_id=need_id)["id"]
        with self.step("both sides say yes and a place is held"):
            accept = f"/marketplace/offers/{offer_id}/accept-match"
            self.city.send(accept, asking, match_id=match_id)
            expect(self.city.send(accept, offering, match_id=match_id), "PlaceHeld")
        with self.step("the match is confirmed"):
            self.city.await_so(
                f"/marketplace/matches/{match_id}", offering, lambda match: match["status"] == "confirmed"
            )
        return match_id

    def figure(self, indicator: str) -> Decimal:
        """An indicator before the story.

        Raises: DidNotHappen.
        """
        with self.step(f"reporting answers with {indicator}"):
            return self._figure(indicator)

    def counted(self, indicator: str, expected: Decimal) -> None:
        """An indicator has the value that the story has led to.

        Raises: DidNotHappen.
        """
        with self.step(f"reporting counts it in {indicator}"):
            figure = self._figure(indicator)
            if figure != expected:
                raise NotSo(f"{indicator} is {figure}, not {expected}")

    def _figure(self, indicator: str) -> Decimal:
        """The indicator as the auditor sees it, once every command sent so far has been counted."""
        for service, position in self.city.positions.items():
            self.city.read(
                f"/reporting/indicators/{indicator}", AUDITOR, min_position=f"{service}:{position}"
            )
        answer = self.city.read(f"/reporting/indicators/{indicator}", AUDITOR)
        return Decimal(answer["result"]["value"] or 0)


def expect(answer: Document, event: str) -> None:
    """Raises: NotSo when the command did not lead to this event."""
    if event not in answer["events"]:
        raise NotSo(f"it led to {', '.join(answer['events']) or 'nothing'}, not to {event}")
