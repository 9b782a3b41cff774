"""How does a file of the municipality become events? `kosilab import FILE`, with a report of every rejected line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from deploy.cli.options import city_of, command, opened
from deploy.cli.printing import Progress, json_option, print_json, print_table, progress
from deploy.failed import FAILED, Failed, UsedWrongly
from shared.service.settings import Settings


class KindOfFile(click.ParamType[str]):
    """A kind of file that a service declares; the services are loaded only when a kind is given."""

    name = "kind"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The kind's name; an unknown kind is wrong usage."""
        from deploy.intake.kinds import KINDS, NOT_YET_IMPORTABLE
        from shared.tabular.spelling import listed, nearest

        if value not in KINDS and value not in NOT_YET_IMPORTABLE:
            likely = nearest(value, KINDS)
            hint = f"did you mean {listed(likely)}?" if likely else f"there are {listed(KINDS)}."
            self.fail(f"There is no kind of file '{value}'; {hint}", param, ctx)
        return value


@command("import", example="kosilab import angebote.csv --kind offers --dry-run")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    type=KindOfFile(),
    help="The kind of the rows; see docs/importing.md.  [default: by the columns]",
)
@click.option("--sheet", help="The sheet of a workbook.  [default: the one whose columns fit]")
@click.option(
    "--dry-run", is_flag=True, help="Only report what would happen, and show the first rows as understood."
)
@click.option(
    "--example",
    type=KindOfFile(),
    help="Write an example of this kind to FILE.  [default: beispiel-KIND.xlsx]",
)
@json_option
def import_file(
    settings: Settings,
    *,
    file: Path | None,
    kind: str | None,
    sheet: str | None,
    dry_run: bool,
    example: str | None,
    as_json: bool,
) -> None:
    """Import a CSV file or an XLSX workbook; importing the same file again changes nothing.

    Exit code 1 when lines were rejected; all other lines are imported. --example imports nothing: it writes an example
    whose second sheet explains every column.
    """
    if example is not None:
        _write_example(settings, example, file or Path(f"beispiel-{example}.xlsx"))
        return
    if file is None:
        raise UsedWrongly("Name the file to import, or write an example with --example KIND.")
    if not file.exists():
        raise UsedWrongly(f"The file '{file}' does not exist.")
    from deploy.intake import apply

    with (
        opened(settings, there=dry_run) as instance,
        progress(f"importing {file.name}") as shown,
        _how_far(file.name, shown, dry_run=dry_run) as rows_done,
    ):
        report = apply.import_file(instance, file, kind, sheet=sheet, dry_run=dry_run, progress=rows_done)
    if as_json:
        print_json(_as_json(report, dry_run=dry_run))
    else:
        _print(file.name, report, dry_run=dry_run)
    if report.rejected:
        raise click.exceptions.Exit(FAILED)


def _write_example(settings: Settings, name: str, path: Path) -> None:
    from deploy.intake.example import write_example
    from deploy.intake.kinds import kind_named
    from shared.kernel.city_day import day_in
    from shared.service import clock

    city, kind = city_of(settings), kind_named(name)
    if path.suffix.lower() != ".xlsx":
        raise UsedWrongly(f"An example is a workbook: name a file that ends in .xlsx instead of {path.name}.")
    try:
        write_example(
            kind, path, today=day_in(city.timezone, clock.now()), district=next(iter(city.districts), "Mitte")
        )
    except FileExistsError as error:
        raise Failed(f"{path} exists already; name another file, and nothing is overwritten.") from error
    except OSError as error:
        raise Failed(f"{path} can't be written: {error.strerror or error}.") from error
    before = f" Import {', '.join(kind.after)} first." if kind.after else ""
    click.echo(
        f"{path} holds an invented example of {name}; its sheet 'Erklärung' explains every column.{before}"
    )


@contextmanager
def _how_far(name: str, shown: Progress | None, *, dry_run: bool) -> Iterator[Progress]:
    """Count the rows; when the import stops before its end, say how far it came and what to do."""
    counts = (0, 0)

    def rows_done(n_done: int, n_rows: int) -> None:
        nonlocal counts
        counts = n_done, n_rows
        if shown:
            shown(n_done, n_rows)

    try:
        yield rows_done
    except BaseException:
        if any(counts) and not dry_run:
            click.echo(
                f"{name}: stopped after {counts[0]} of {counts[1]} rows. "
                "Import the same file again: it adds only what is missing.",
                err=True,
            )
        raise


def _as_json(report: Any, *, dry_run: bool) -> dict[str, Any]:
    rejected = [
        {"line": line, "column": column, "reason": reason} for line, column, reason in report.rejected
    ]
    heads, *lines = report.preview or ((),)
    preview = [dict(zip(heads, line, strict=True)) for line in lines]
    return {**asdict(report), "rejected": rejected, "preview": preview, "dry_run": dry_run}


def _print(name: str, report: Any, *, dry_run: bool) -> None:
    taken = f"{report.n_new} new, {report.n_amended} amended, {report.n_unchanged} unchanged"
    tense = "would be rejected" if dry_run else "rejected"
    click.echo(f"{name}: {report.n_read} {report.kind}; {taken}, {len(report.rejected)} {tense}")
    for note in (*report.unread, *report.notes):
        click.echo(note)
    if report.preview:
        click.echo("\nThe first rows, as they are understood:\n")
        print_table(report.preview[0], report.preview[1:])
    if report.rejected:
        click.echo()
        print_table(("line", "column", "reason"), report.rejected)
