"""How is a single record of a log proved, and how is the proof checked? `history prove | consistency | check-proof`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deploy.cli.options import SERVICE, command, opened_with_keys
from deploy.failed import Failed
from shared.service.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command("prove", example="kosilab history prove marketplace 57 > record-57.tlog-proof")
@click.argument("service", type=SERVICE)
@click.argument("position", type=click.IntRange(1))
def prove_record(settings: Settings, service: str, position: int) -> None:
    """The proof that the record at POSITION is in the log of SERVICE, as one small file."""
    from deploy.history.exporting import prove

    _print(settings, lambda instance: prove(instance.units[service].store, instance.ledger, position))


@command("consistency", example="kosilab history consistency marketplace 57 > since-57.txt")
@click.argument("service", type=SERVICE)
@click.argument("size", type=click.IntRange(1))
def prove_consistency(settings: Settings, service: str, size: int) -> None:
    """The proof that the newest checkpoint of SERVICE only adds to its first SIZE records."""
    from shared.ledger.proof import consistency

    def proof(instance: Any) -> Any:
        store = instance.units[service].store
        return consistency(instance.ledger.origin(store), store.shelf, size)

    _print(settings, proof)


@command(
    "check-proof",
    example="kosilab history check-proof record-57.tlog-proof record-57.json --policy policy.txt",
)
@click.argument("proof", type=FILE)
@click.argument("what", type=FILE)
@click.option("--policy", type=FILE, required=True, help="The trusted logs and witnesses, one line each.")
@click.option("--keys", type=FILE, help="Statements about the log's keys: keys.txt of an export.")
def check_proof(settings: Settings, proof: Path, what: Path, policy: Path, keys: Path | None) -> None:
    """Check PROOF offline: WHAT is the record's file, or earlier checkpoints of the log."""
    from deploy.history.checking import checked
    from shared.ledger.note import BadNote

    del settings
    try:
        verdict = checked(
            proof.read_bytes(),
            what.read_bytes(),
            policy.read_text(encoding="utf-8"),
            keys.read_text(encoding="utf-8") if keys else "",
        )
    except (BadNote, UnicodeDecodeError) as error:
        raise Failed(f"{error}.") from error
    click.echo(verdict)


def _print(settings: Settings, prove: Callable[[Any], Any]) -> None:
    with opened_with_keys(settings) as instance:
        try:
            click.echo(str(prove(instance)), nl=False)
        except LookupError as error:
            msg = (
                f"{str(error.args[0]).capitalize()}; try again in a minute."
                if error.args
                else "It is not there."
            )
            raise Failed(msg) from error


PROOFS = (prove_record, prove_consistency, check_proof)
