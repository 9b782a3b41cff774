"""What is wrong with the instance, and how can it be repaired? `kosilab doctor` prints one line per check."""

from collections.abc import Iterator

import click

from deploy.cli.options import city_of, command, opened
from deploy.cli.printing import json_option, print_json
from deploy.diagnosis.broker import examine_broker
from deploy.diagnosis.databases import examine_access, examine_database, examine_vault
from deploy.diagnosis.finding import Finding
from deploy.diagnosis.ledger import asking_once, examine_whole_log
from deploy.diagnosis.place import examine_place
from deploy.failed import FAILED
from deploy.history.vouching import FOLDER, LedgerFolder
from shared.events.registry import SERVICES
from shared.ledger.asking import Impatient, ask_over_http
from shared.service import clock
from shared.service.settings import Settings

MARKS = {True: "ok   ", False: "WRONG", None: "-    "}


@command("doctor", example="kosilab doctor --city dortmund")
@click.option("--deep", is_flag=True, help="Compute every log's hashes anew and compare all checkpoints.")
@json_option
def doctor(settings: Settings, as_json: bool, deep: bool) -> None:  # noqa: FBT001 - click's flags
    """Check files, keys, port, databases, logs and broker. Exit code 1 when something is wrong."""
    findings = []
    for finding in (*_examined(settings), *(_examined_deeply(settings) if deep else ())):
        findings.append(finding)
        if not as_json:
            click.echo(_line(finding))
    n_wrong = sum(1 for finding in findings if finding.well is False)
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        click.echo(f"\n{n_wrong} to mend" if n_wrong else "\nAll is well.")
    if n_wrong:
        raise click.exceptions.Exit(FAILED)


def _examined(settings: Settings) -> Iterator[Finding]:
    city = city_of(settings)
    yield from examine_place(settings, city)
    folder = LedgerFolder(settings.data_dir() / FOLDER, city.key)
    ask = asking_once(Impatient(ask_over_http))
    for service in SERVICES:
        yield from examine_database(settings, folder, service, clock.now(), ask)
    yield from examine_vault(settings, clock.now())
    yield from examine_access(settings)
    yield from examine_broker(settings)


def _examined_deeply(settings: Settings) -> Iterator[Finding]:
    with opened(settings) as instance:
        for service, unit in instance.units.items():
            yield examine_whole_log(unit.store, instance.ledger, service)


def _line(finding: Finding) -> str:
    mend = f" -> {finding.mend}" if finding.mend else ""
    return f"{MARKS[finding.well]} {finding.what}: {finding.seen}{mend}"
