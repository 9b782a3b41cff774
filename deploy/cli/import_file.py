"""How does a file of the municipality become events? `kosilab import FILE`, with a report of every rejected line."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from deploy.cli.options import command, opened
from deploy.cli.printing import json_option, print_json, print_table, progress
from deploy.failed import FAILED
from shared.service.settings import Settings


class KindOfFile(click.ParamType[str]):
    """A kind of file that a service declares; the services are loaded only when a kind is given."""

    name = "kind"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The kind's name; an unknown kind is wrong usage."""
        from deploy.intake.kinds import KINDS, NOT_YET_IMPORTABLE

        if value not in KINDS and value not in NOT_YET_IMPORTABLE:
            self.fail(f"{value!r} is not one of {', '.join(map(repr, KINDS))}.", param, ctx)
        return value


@command("import", example="kosilab import angebote.csv --kind offers --dry-run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    type=KindOfFile(),
    help="The kind of the rows; see docs/importing.md.  [default: by the columns]",
)
@click.option("--sheet", help="The sheet of a workbook.  [default: the one whose columns fit]")
@click.option("--dry-run", is_flag=True, help="Only report what would happen.")
@json_option
def import_file(
    settings: Settings,
    *,
    file: Path,
    kind: str | None,
    sheet: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import a CSV file or an XLSX workbook; importing the same file again changes nothing.

    Exit code 1 when lines were rejected; all other lines are imported.
    """
    from deploy.intake import apply

    with opened(settings, there=False) as instance, progress(f"importing {file.name}") as rows_done:
        report = apply.import_file(instance, file, kind, sheet=sheet, dry_run=dry_run, progress=rows_done)
    if as_json:
        print_json(_as_json(report, dry_run=dry_run))
    else:
        _print(file.name, report, dry_run=dry_run)
    if report.rejected:
        raise click.exceptions.Exit(FAILED)


def _as_json(report: Any, *, dry_run: bool) -> dict[str, Any]:
    rejected = [
        {"line": line, "column": column, "reason": reason} for line, column, reason in report.rejected
    ]
    return {**asdict(report), "rejected": rejected, "dry_run": dry_run}


def _print(name: str, report: Any, *, dry_run: bool) -> None:
    taken = f"{report.n_new} new, {report.n_amended} amended, {report.n_unchanged} unchanged"
    tense = "would be rejected" if dry_run else "rejected"
    click.echo(f"{name}: {report.n_read} {report.kind}; {taken}, {len(report.rejected)} {tense}")
    for note in (*report.unread, *report.notes):
        click.echo(note)
    if report.rejected:
        click.echo()
        print_table(("line", "column", "reason"), report.rejected)
