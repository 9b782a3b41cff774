"""`python -m deploy.demo`: a city of its own, its sample files, three stories over HTTP, and a table of the results."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import click

from deploy.city import load_city
from deploy.cli.printing import print_table
from deploy.demo import exchange, volunteering, work
from deploy.demo.city_process import CityUnavailable, filled, running, settings_of
from deploy.demo.story import DidNotHappen, Story
from deploy.demo.stranger import NotSo, Stranger
from deploy.demo.what_became import counted, indicators
from shared.edge.tokens import Issuer
from shared.service import telemetry
from shared.service.settings import BadSetting
from shared.service.tables import Caller
from shared.tabular.lines import FileRefused
from shared.tabular.report import Report

TOKEN_FOR = timedelta(hours=1)
STORIES: Sequence[tuple[str, Callable[[Story], None]]] = (
    ("exchange", exchange.tell),
    ("volunteering", volunteering.tell),
    ("work", work.tell),
)


@click.command()
@click.option("--city", default="wuppertal", show_default=True, help="The city's slug, or its file.")
def main(city: str) -> None:
    """Play the three stories on a city of its own, and print the results.

    Exit codes: 0 everything happened, 1 something did not happen, 2 wrong usage.
    """
    telemetry.configure("WARNING")
    try:
        with tempfile.TemporaryDirectory(prefix="kosilab-demo-") as folder:
            play(city, Path(folder))
    except BadSetting as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (DidNotHappen, NotSo, CityUnavailable, FileRefused) as error:
        click.echo(f"The demo did not succeed. {error}", err=True)
        sys.exit(1)


def play(named: str, folder: Path) -> None:
    """Run the whole demo in this folder.

    Raises: BadSetting, FileRefused, CityUnavailable, DidNotHappen, NotSo.
    """
    city, settings = load_city(named), settings_of(named, folder)
    reports = filled(city, settings)
    _print_import(city.name, reports)
    issuer = Issuer.of(settings, city.slug)
    with running(named, folder) as address:
        stranger = Stranger(address, lambda who: token_of(issuer, who))
        stories = []
        for name, tell in STORIES:
            story = Story(name, stranger, city.districts[0])
            tell(story)
            stories.append(story)
        _print_stories(stories)
        _print_outcome(stranger)


def token_of(issuer: Issuer, who: Caller) -> str:
    """A token as an operator issues it."""
    return issuer.issue(who.role, who.actor, TOKEN_FOR)


def _print_import(city: str, reports: Sequence[Report]) -> None:
    rejected = [
        f"{report.file}, line {line.line}: {line.column or 'the line'} {line.reason}"
        for report in reports
        for line in report.rejected
    ]
    if rejected:
        raise DidNotHappen("import", "every line of the sample files is imported", "; ".join(rejected))
    click.echo(f"The sample files of {city} (synthetic), imported into an empty city:\n")
    print_table(("file", "rows of", "new"), [(report.file, report.kind, report.n_new) for report in reports])


def _print_stories(stories: Sequence[Story]) -> None:
    click.echo("\nThe three stories, played over HTTP:\n")
    print_table(
        ("story", "steps", "ended in"), [(story.name, story.n_steps, story.ended_in) for story in stories]
    )


def _print_outcome(stranger: Stranger) -> None:
    click.echo("\nThe results:\n")
    print_table(("what", "n", "of which"), counted(stranger))
    click.echo("\nWhat the public sees:\n")
    print_table(("id", "indicator", "value"), indicators(stranger))


if __name__ == "__main__":
    main()
