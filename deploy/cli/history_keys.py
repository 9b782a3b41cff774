"""Which keys sign for the logs, and how do they change? `kosilab history keys | rotate-key | compromised`."""

import click

from deploy.cli.options import SERVICE, command, ledger_of, opened_with_keys
from deploy.failed import Failed
from shared.service.settings import Settings


@command("keys", example="kosilab history keys --address https://lab.wuppertal.example")
@click.option("--address", help="The address of this city for other cities.  [default: http://HOST:PORT]")
def keys(settings: Settings, address: str | None) -> None:
    """Print the lines for the files of other cities: this city's logs and its witness."""
    from deploy.history.witnessing import lines_for_others
    from shared.edge.listening import address_of

    where = address or address_of(settings.get("KOSILAB_HOST"), settings.port())
    with opened_with_keys(settings) as instance:
        stores = [unit.store for unit in instance.units.values()]
        *logs, witness = lines_for_others(stores, instance.ledger, where)
    for line in logs:
        click.echo(line)
    if witness:
        click.echo(witness)
    else:
        click.echo(
            "The first start of an edge (kosilab up, or serve) makes the key of the witness.", err=True
        )


@command("rotate-key", example="kosilab history rotate-key marketplace")
@click.argument("service", type=SERVICE)
def rotate(settings: Settings, service: str) -> None:
    """Replace the key of the log of SERVICE; the old key names the new one. The service must not be running."""
    from deploy.history.keys import rotate_key
    from deploy.running import alone
    from shared.service import clock

    # A process that runs would go on signing with the key that is deleted here.
    with opened_with_keys(settings) as instance, alone(settings.data_dir()):
        click.echo(str(rotate_key(instance.units[service].store, instance.ledger, clock.now())), nl=False)


@command("compromised", example="kosilab history compromised marketplace '<key>'")
@click.argument("service", type=SERVICE)
@click.argument("key")
def compromised(settings: Settings, service: str, key: str) -> None:
    """Declare KEY compromised; the present key of SERVICE signs the note. Publish the printed note as well."""
    from deploy.history.keys import declare_compromised
    from shared.ledger.note import BadNote
    from shared.service import clock

    with opened_with_keys(settings) as instance:
        try:
            note = declare_compromised(instance.units[service].store, instance.ledger, key, clock.now())
        except BadNote as error:
            raise Failed(str(error)) from error
    click.echo(str(note), nl=False)


@command(
    "answer", example="kosilab history answer marketplace --because 'Dortmund lost its memory, see ticket 12'"
)
@click.argument("service", type=SERVICE)
@click.option("--because", required=True, help="What you found out; it is kept beside the contradiction.")
def answer(settings: Settings, service: str, because: str) -> None:
    """Answer what witnesses have seen otherwise of the log of SERVICE, so that it publishes again."""
    from shared.service import clock

    kept = ledger_of(settings).contradictions(service)
    for sentence in kept.unanswered():
        click.echo(sentence)
    if not because.strip() or not kept.answer(because.strip(), clock.now()):
        raise Failed(f"Nothing waits for an answer about {service}, or the reason is empty.")
    click.echo(f"answered; {service} publishes again")


KEYS = (keys, rotate, compromised, answer)
