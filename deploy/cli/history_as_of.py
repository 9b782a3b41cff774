"""Which figures did the city know then? `kosilab history as-of` prints them as a table, with a manifest."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from deploy.cli.options import command, opened_with_keys
from deploy.cli.printing import json_option, print_json, print_table
from shared.service.settings import Settings

HEADS = ("id", "indicator", "group", "value", "numerator", "denominator", "unit")


@command("as-of", example="kosilab history as-of --recorded-before 2018-12-31 redemption_rate")
@click.argument("indicators", nargs=-1)
@click.option("--recorded-before", help="Use what was recorded before this day or moment.")
@click.option("--effective-at", help="Use what had happened before this day or moment.")
@click.option(
    "--position",
    multiple=True,
    help="A log's position, such as marketplace:57; may be given for several logs.",
)
@click.option(
    "--compare", help="Another cut-off, written like as_of= of the indicators; prints the differences."
)
@click.option("--by", help="Break down by year, month or a group of the indicator.")
@click.option(
    "--version", type=click.IntRange(min=1), help="A version of the definition, as named in a manifest."
)
@json_option
def as_of(
    settings: Settings,
    *,
    indicators: tuple[str, ...],
    recorded_before: str | None,
    effective_at: str | None,
    position: tuple[str, ...],
    as_json: bool,
    **asked: Any,
) -> None:
    """Print INDICATORS (by default all) as of a cut-off, with a manifest so that anybody can compute them again.

    An indicator is named by its name or by its id in the handbook: redemption_rate or X3.
    """
    from deploy.history.asking import Question, answer_as_of

    parts = [
        *position,
        *([recorded_before] if recorded_before else []),
        *([f"effective:{effective_at}"] if effective_at else []),
    ]
    question = Question(names=indicators, cutoff=",".join(parts), **asked)
    with opened_with_keys(settings) as instance:
        answer = answer_as_of(instance, question)
    if as_json:
        print_json(answer)
        return
    if question.compare is None:
        print_table(HEADS, [row for figure in answer["figures"] for row in _rows_of(figure)])
    else:
        rows = [(row["indicator"], row["part"], row["earlier"], row["later"]) for row in answer["difference"]]
        print_table(("indicator", "part", "as of the cut-off", "compared"), rows, none="Nothing differs.")
    click.echo()
    print_table(("manifest", ""), list(_lines_of(answer["manifest"])))


def _rows_of(figure: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The figure, and a row for each of its groups; of the parts only those that a value is made of."""
    whole = {"group": "all", **figure["result"]}
    for row in (whole, *figure.get("groups", ())):
        parts = (row.get(name) for name in ("value", "numerator", "denominator"))
        yield (figure["id"], figure["name"], row["group"], *parts, figure["unit"])


def _lines_of(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The manifest for a person; with --json it is whole, as an auditor needs it to compute the digest again."""
    asked = manifest["asked_as_of"]
    limits = [f"{service}:{position}" for service, position in asked["positions"].items()]
    limits += [f"recorded before {asked['recorded_before']}"] if asked["recorded_before"] else []
    limits += [f"effective at {asked['effective_at']}"] if asked["effective_at"] else []
    yield "asked as of", ", ".join(limits) or "now"
    yield "mature on", manifest["mature_on"]
    for service, position in manifest["positions"].items():
        yield f"log of {service}", f"{manifest['logs'][service] or 'empty'}, up to position {position}"
    yield "version of KoSI-Lab", manifest["code"]
    versions = manifest["definitions"]
    same = len(set(versions.values())) == 1
    shown = (
        f"{min(versions.values())} of each" if same else ", ".join(f"{k} {n}" for k, n in versions.items())
    )
    yield "versions of definitions", shown
    yield "digest", manifest["digest"]
