"""What does the vault know about an erasure? The person, the proofs that must stay, and when to forget both."""

from dataclasses import replace
from typing import TypeAlias

from services.actors.domain.erasure import (
    ApproveErasure,
    EndErasureTerm,
    Obligation,
    RefuseErasure,
    RequestErasure,
)
from shared.events.actors.erasure import ErasureCompleted, ErasureRefused
from shared.kernel.city_day import today_in_the_city
from shared.kernel.read_model import events_of
from shared.kernel.recorded import Recorded
from shared.kernel.sealed import Retention
from shared.service.app import App
from shared.service.erasing import ERASE_SLOTS
from shared.service.tables import Effect
from shared.vault.erasures import asked, begin_erasure, end_erasure
from shared.vault.vault import Vault

Over: TypeAlias = ErasureCompleted | ErasureRefused


def with_obligations(command: RequestErasure, vault: Vault) -> RequestErasure:
    """The request with the data that a proof obligation keeps, and whom its id means if it was used before."""
    earlier = asked(vault, command.erasure_id)
    means = "" if earlier is None else earlier.person_id
    return replace(command, means=means, obligations=_obligations(vault, command.person_id))


def with_request(command: ApproveErasure, vault: Vault) -> ApproveErasure:
    """The yes, with whom the request means, who asked for it, and what a proof obligation keeps."""
    request = asked(vault, command.erasure_id)
    if request is None:
        return command
    kept = _obligations(vault, request.person_id)
    return replace(command, means=request.person_id, asked_by=request.by, obligations=kept)


def with_obligations_at_last(command: EndErasureTerm, vault: Vault) -> EndErasureTerm:
    """The end of the term, with what a proof obligation keeps."""
    request = asked(vault, command.erasure_id)
    return (
        command if request is None else replace(command, obligations=_obligations(vault, request.person_id))
    )


def with_whom_it_means(command: RefuseErasure, vault: Vault) -> RefuseErasure:
    """The refusal, with the person whom the request means."""
    request = asked(vault, command.erasure_id)
    return command if request is None else replace(command, person_id=request.person_id)


def remember_whom_it_means(command: RequestErasure, vault: Vault) -> None:
    """The vault knows the person, and who asked, before the log says that an erasure is asked for."""
    begin_erasure(vault, command.erasure_id, command.person_id, command.by)


def _obligations(vault: Vault, person_id: str) -> tuple[Obligation, ...]:
    kept = vault.obliged_until(person_id, tuple(Retention))
    return tuple(
        Obligation(retention=each, until=today_in_the_city(until)) for each, until in sorted(kept.items())
    )


def forget_whom_it_meant(event: Recorded[Over], app: App) -> None:
    """Every service has erased, or the request was refused: the vault forgets whom it means and who asked."""
    end_erasure(app.vault, event.noun_id)


ERASURE_EFFECTS = (
    ERASE_SLOTS,
    Effect(on=events_of(Over), run=forget_whom_it_meant),
)
