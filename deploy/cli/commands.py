"""Which commands are there?"""

import click

from deploy.cli.up import up


@click.group()
def kosilab() -> None:
    """KoSI-Lab: a city's lab of social innovation."""


kosilab.add_command(up)
