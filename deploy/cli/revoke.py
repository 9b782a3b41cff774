"""How does a token end before its time? `kosilab revoke` takes it back, in every process within two seconds."""

import click

from deploy.cli.options import city_of, command
from deploy.stores import open_taken_back
from shared.edge.tokens import BadToken, Issuer
from shared.service import clock
from shared.service.settings import BadSetting, Settings
from shared.service.tables import Role

ROLES = [str(role) for role in Role if role != Role.SERVICE]


@command("revoke", example="kosilab revoke --actor 7c4b69dd-c48a-5c27-b371-a06c6269c4de")
@click.argument("token", required=False)
@click.option("--actor", help="End all that this holder has now.")
@click.option("--role", type=click.Choice(ROLES), help="With --actor: in this role only.")
def revoke(settings: Settings, token: str | None, actor: str | None, role: str | None) -> None:
    """Take back a TOKEN (or its id), or all tokens of a holder. Tokens that are issued later hold."""
    if (token is None) == (actor is None):
        raise BadSetting("name a token (or its id), or a holder with --actor")
    taken_back = open_taken_back(settings, clock.now)
    try:
        if actor is not None:
            for each in [role] if role else ROLES:
                taken_back.take_back_actor(each, actor)
            click.echo(f"All tokens of {actor} are taken back.")
        else:
            token_id = _id_of(settings, token or "")
            taken_back.take_back_token(token_id)
            click.echo(f"The token {token_id} is taken back.")
    finally:
        taken_back.close()


def _id_of(settings: Settings, token: str) -> str:
    """The id in a token; what has no dots is an id already.

    Raises: BadSetting for a token that does not hold anyway.
    """
    if "." not in token:
        return token
    try:
        return Issuer.of(settings, city_of(settings).slug).verify(token).token_id
    except BadToken as error:
        raise BadSetting(f"this token does not hold anyway ({error})") from error
