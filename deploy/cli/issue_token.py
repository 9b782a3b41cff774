"""How does somebody without an account sign in? With an access token that `kosilab token` issues."""

import re
from datetime import timedelta

import click

from deploy.cli.options import city_of, command
from deploy.cli.printing import json_option, print_json
from deploy.stores import make_folder
from shared.edge.tokens import Issuer
from shared.service.settings import BadSetting, Settings
from shared.service.tables import OWN_ROLES, Role

ROLES = [str(role) for role in Role if role != Role.SERVICE]
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration_of(text: str) -> timedelta:
    """`90s`, `30m`, `8h` or `7d`.

    Raises: BadSetting.
    """
    match = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if match is None:
        msg = f"--ttl is {text!r}; give a number followed by s, m, h or d, such as 8h"
        raise BadSetting(msg)
    return timedelta(**{UNITS[match[2]]: int(match[1])})


@command("token", example="kosilab token --role organisation --actor 7c4b69dd-c48a-5c27-b371-a06c6269c4de")
@click.option("--role", type=click.Choice(ROLES), required=True, help="The role that the token grants.")
@click.option(
    "--actor", help="The id of the holder; required for organisation and person.  [default: the role]"
)
@click.option("--ttl", default="8h", show_default=True, help="How long it is valid, 31d at most.")
@json_option
def issue_token(settings: Settings, role: str, actor: str | None, ttl: str, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """Print a token for `Authorization: Bearer …`."""
    if actor is None and Role(role) in OWN_ROLES:
        msg = f"--role {role} acts only for itself: give its id with --actor"
        raise BadSetting(msg)
    make_folder(settings.data_dir())
    issuer = Issuer.of(settings, city_of(settings).slug)
    try:
        token = issuer.issue(Role(role), actor or role, duration_of(ttl))
    except ValueError as error:
        raise BadSetting(str(error)) from error
    if as_json:
        print_json(
            {
                "token": token,
                "id": issuer.verify(token).token_id,
                "role": role,
                "actor": actor or role,
                "ttl": ttl,
            }
        )
    else:
        click.echo(token)
