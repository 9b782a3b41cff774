"""What can an auditor do? `kosilab history export | verify | replay | as-of | releases`, and handle proofs and keys."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from deploy.cli.history_as_of import as_of
from deploy.cli.history_keys import KEYS
from deploy.cli.history_proofs import PROOFS
from deploy.cli.options import command, opened_with_keys
from deploy.cli.printing import json_option, print_json, print_table, progress
from deploy.failed import Failed
from shared.service.settings import Settings

VERIFIER = Path(__file__).parent.parent.parent / "shared" / "ledger" / "verify.py"


@click.group()
def history() -> None:
    """Export the history, check it, replay it, and ask for figures as of an earlier time."""


@command("export", example="kosilab history export audit/")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--with-slots", is_flag=True, help="Write the ciphertexts of sealed slots, not only their digests."
)
def export_folder(settings: Settings, directory: Path, with_slots: bool) -> None:  # noqa: FBT001 - click's flag
    """Write all logs to DIRECTORY: records, checkpoints, keys, policy, a manifest. Run it again to resume."""
    from deploy.history.exporting import export_history
    from shared.ledger.export import ExportRefused
    from shared.service import clock

    with opened_with_keys(settings) as instance, progress("records") as show:
        stores = {name: unit.store for name, unit in instance.units.items()}
        try:
            done = export_history(
                stores,
                instance.ledger,
                directory,
                clock.now(),
                with_slots=with_slots,
                progress=show or (lambda _done, _total: None),
            )
        except ExportRefused as error:
            raise Failed(str(error)) from error
        except OSError as error:
            raise Failed(f"{error.filename or directory} cannot be written ({error.strerror}).") from error
    for warning in done.warnings:
        click.echo(f"Warning: {warning}", err=True)
    click.echo(f"{done.n_records} records in {directory}; `kosilab history verify {directory}` checks them")


@command("verify", example="kosilab history verify audit/ --seen last-year/marketplace/checkpoints.txt")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--policy", type=click.Path(path_type=Path), help="The policy to trust instead of the export's own."
)
@click.option(
    "--seen", "earlier", type=click.Path(path_type=Path), multiple=True, help="Checkpoints seen before."
)
@click.option("--with-slots", is_flag=True, help="Check the ciphertexts too.")
def verify(
    settings: Settings,
    directory: Path,
    policy: Path | None,
    earlier: tuple[Path, ...],
    with_slots: bool,  # noqa: FBT001 - click's flag
) -> None:
    """Check an export offline, like `python shared/ledger/verify.py DIRECTORY`, which needs nothing but Python."""
    del settings
    arguments = [
        str(directory),
        *(["--policy", str(policy)] if policy else []),
        *(["--with-slots"] if with_slots else []),
    ]
    for path in earlier:
        arguments += ["--seen", str(path)]
    sys.exit(subprocess.run([sys.executable, str(VERIFIER), *arguments], check=False).returncode)


@command("replay", example="kosilab history replay audit/")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@json_option
def replay_facts(settings: Settings, directory: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """Compute every fact again, from the logs or the export in DIRECTORY, and compare it with the live fact."""
    from deploy.history.replaying import ExportHistory, replay
    from shared.service.folding import FeedPast

    with opened_with_keys(settings) as instance, progress("events") as show:
        facts = instance.units["reporting"].facts.projection
        live, upto = facts.digests(), facts.positions()
        past: Any = FeedPast(instance.feed_of, skips_unreadable=False)
        short = False
        if directory is not None:
            try:
                past = ExportHistory(directory)
            except FileNotFoundError as error:
                raise Failed(str(error)) from error
            exported = {source: past.last(source) for source in upto}
            short = any(exported[source] < last for source, last in upto.items())
            upto = exported if short else upto
        compared = replay(past, upto, None if short else live, show or (lambda _done, _total: None))
    _show(compared, as_json=as_json)
    if short:
        click.echo(
            "The export ends before the live facts do, so there is nothing to compare them with.", err=True
        )
    if not all(fact.is_same for fact in compared):
        msg = "The live facts differ from the history: `kosilab views rebuild` computes them again."
        raise Failed(msg)


def _show(compared: Any, *, as_json: bool) -> None:
    if as_json:
        names = ("fact", "n_rows", "replayed", "live")
        print_json([{name.removeprefix("n_"): getattr(fact, name) for name in names} for fact in compared])
        return
    rows = [
        (
            fact.fact,
            fact.n_rows,
            fact.replayed[:16],
            (fact.live or "")[:16],
            "same" if fact.is_same else "DIFFERS",
        )
        for fact in compared
    ]
    print_table(("fact", "rows", "replayed", "live", ""), rows)


@command("releases", example="kosilab history releases")
@json_option
def releases(settings: Settings, *, as_json: bool) -> None:
    """Compute every published state of the figures again, and compare it with its digest and its event."""
    from deploy.history.releases import checked_releases

    with opened_with_keys(settings) as instance:
        try:
            lines = list(checked_releases(instance))
        except ValueError as error:
            raise Failed(str(error)) from error
    if as_json:
        print_json([{"on": str(line.on), "digest": line.digest, "finding": line.finding} for line in lines])
    else:
        rows = [(str(line.on), line.digest, line.finding) for line in lines]
        print_table(("state", "digest", "finding"), rows, none="No state is published yet.")
    if any(line.is_wrong for line in lines):
        raise Failed("A published state does not follow from history.")


for each in (export_folder, verify, replay_facts, as_of, releases, *PROOFS, *KEYS):
    history.add_command(each)
