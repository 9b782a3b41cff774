"""How is a person erased from the command line, and what was erased? `kosilab erase PERSON`, `kosilab erasures`."""

from dataclasses import asdict
from typing import Any

import click

from deploy.cli.options import command, opened
from deploy.cli.printing import json_option, print_json, print_table
from deploy.failed import Failed
from services.actors.views.erasure import ERASURES, ErasureState
from shared.service.settings import Settings

OVER = (ErasureState.COMPLETED, ErasureState.REFUSED)
BASES = ("asked_by_person", "consent_withdrawn", "no_longer_needed", "unlawful")


@command("erase", example="kosilab erase 0d3c2a5e-8a0c-4bb0-9d6e-0a4e0f1c2b3d")
@click.argument("person")
@click.option("--basis", type=click.Choice(BASES), default=BASES[0], show_default=True, help="Why.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@json_option
def erase(settings: Settings, person: str, basis: str, yes: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """Make all data of PERSON (the random id) unreadable for good, in every service; this can't be undone."""
    if not yes:
        click.confirm("This cannot be undone. Erase?", abort=True, err=True)
    with opened(settings) as instance:
        erasure_id = _requested(instance, person, basis)
        ask = instance.units["actors"].store.ask

        def is_over() -> bool:
            erasure = ask.get(ERASURES, erasure_id)
            return erasure is not None and erasure["state"] in OVER

        instance.settle(("actors", "marketplace", "employment"), is_done=is_over)
        shown = ask.get(ERASURES, erasure_id) or {}
    if as_json:
        print_json({"erasure_id": erasure_id, **shown})
        return
    n_slots, state = sum(shown.get("n_slots", {}).values()), shown.get("state", ErasureState.REQUESTED)
    if state == ErasureState.REQUESTED:
        click.echo(
            f"Erasure {erasure_id} is requested; the city goes on with it. `kosilab erasures` says how far it is."
        )
        return
    click.echo(f"Erasure {erasure_id}: {state}, {n_slots} slots deleted, keys destroyed.")
    for retention, until in shown.get("kept", {}).items():
        click.echo(f"A proof obligation keeps {retention} until {until}; ask again then.")


@command("erasures", example="kosilab erasures --json")
@json_option
def erasures(settings: Settings, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """List all erasures, and whether logs, slots and the register of destroyed keys agree; exit code 1 if not."""
    from deploy.erasure_proofs import proofs_of

    with opened(settings) as instance:
        proofs = proofs_of(instance)
    if as_json:
        print_json([asdict(proof) for proof in proofs])
    else:
        rows = [
            (
                proof.erasure_id,
                proof.state,
                proof.basis,
                proof.keys_destroyed,
                sum(proof.slots.values()),
                ", ".join(f"{kept} until {until}" for kept, until in proof.kept.items()),
                "; ".join(proof.wrong) or "holds",
            )
            for proof in proofs
        ]
        heads = ("erasure", "state", "basis", "keys destroyed", "slots deleted", "kept", "proof")
        print_table(heads, rows, none="There are no erasures.")
    if any(proof.wrong for proof in proofs):
        msg = "An erasure is contradicted; its line says by what."
        raise Failed(msg)


def _requested(instance: Any, person: str, basis: str) -> str:
    from services.actors.domain.erasure import RequestErasure
    from services.actors.domain.person import PERSON
    from shared.events.vocabulary import ErasureBasis
    from shared.service import clock, ids
    from shared.service.origin import Origin
    from shared.service.tables import Caller, Role

    app = instance.apps["actors"]
    version, _ = app.state_of(PERSON, person)
    if version == 0:
        msg = f"Nobody is known as {person}: give the person's random id, not a name."
        raise Failed(msg)
    erasure_id, command_id = ids.new_id(), ids.new_id()
    request = RequestErasure(
        erasure_id=erasure_id, person_id=person, basis=ErasureBasis(basis), at=clock.now()
    )
    operator = Origin(caller=Caller(role=Role.OPERATOR, actor="command-line"))
    app.handle(request, command_id=command_id, request_digest=command_id, origin=operator)
    return erasure_id
