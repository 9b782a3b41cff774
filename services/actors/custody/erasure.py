"""What does the vault know about an erasure? The person, the proofs that must stay, and when to forget both."""

from dataclasses import replace

from services.actors.domain.erasure import Obligation, RequestErasure
from shared.events.actors.erasure import (
    ErasureCompleted,
)
from shared.kernel.city_day import today_in_the_city
from shared.kernel.recorded import Recorded
from shared.kernel.sealed import Retention
from shared.service.app import App
from shared.service.erasing import ERASE_SLOTS
from shared.service.tables import Effect
from shared.vault.erasures import begin_erasure, end_erasure
from shared.vault.vault import Vault


def with_obligations(command: RequestErasure, vault: Vault) -> RequestErasure:
    """The request with the data that a proof obligation keeps; the vault remembers the person first."""
    begin_erasure(vault, command.erasure_id, command.person_id)
    kept = vault.obliged_until(command.person_id, tuple(Retention))
    obligations = tuple(
        Obligation(retention=each, until=today_in_the_city(until)) for each, until in sorted(kept.items())
    )
    return replace(command, obligations=obligations)


def forget_whom_it_meant(event: Recorded[ErasureCompleted], app: App) -> None:
    """Every service has erased: the vault forgets which person the erasure means."""
    end_erasure(app.vault, event.noun_id)


ERASURE_EFFECTS = (
    ERASE_SLOTS,
    Effect(on=(ErasureCompleted,), run=forget_whom_it_meant),
)
