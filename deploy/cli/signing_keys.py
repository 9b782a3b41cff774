"""Which keys sign tokens? `kosilab keys list | rotate | retire`."""

from pathlib import Path

import click

from deploy.cli.options import city_of, command
from deploy.cli.printing import json_option, print_json, print_table
from deploy.stores import make_folder
from shared.edge.signing import SigningKeys
from shared.edge.tokens import Issuer
from shared.service.settings import Settings


@click.group()
def keys() -> None:
    """The keys that sign tokens: several are accepted, the newest signs."""


@command("list", example="kosilab keys list")
@json_option
def list_keys(settings: Settings, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """The names of the keys; a key itself is never shown."""
    kids = [key.kid for key in _keys(settings).all()]
    rows = [(kid, "signs" if kid == kids[-1] else "is accepted") for kid in kids]
    if as_json:
        print_json([{"kid": kid, "use": use} for kid, use in rows])
    else:
        print_table(("kid", "use"), rows)


@command("rotate", example="kosilab keys rotate")
def rotate(settings: Settings) -> None:
    """Make a new key, which signs from now on; the tokens of the others still hold."""
    click.echo(f"The key {_keys(settings).rotate()} signs from now on.")


@command("retire", example="kosilab keys retire 1")
@click.argument("kid")
def retire(settings: Settings, kid: str) -> None:
    """Accept a key no longer: all tokens that it signed end at once."""
    _keys(settings).retire(kid)
    click.echo(f"No token of the key {kid} holds any more.")


def _keys(settings: Settings) -> SigningKeys:
    make_folder(Path(settings.data_dir()))
    return Issuer.of(settings, city_of(settings).slug).keys


for _command in (list_keys, rotate, retire):
    keys.add_command(_command)
