"""How is a city backed up and restored? `kosilab backup create DIR`, `kosilab backup restore DIR`."""

from pathlib import Path

import click

from deploy.cli.options import city_of, command, opened
from deploy.cli.printing import progress
from shared.service.settings import Settings
from shared.service.telemetry import quiet


@click.group()
def backup() -> None:
    """Copy the databases, and restore them. Keep the folders `vault/keys` and `ledger` apart, in two places."""


@command("create", example="kosilab backup create /backups/2026-11-25")
@click.argument("directory", type=click.Path(path_type=Path))
def create_backup(settings: Settings, directory: Path) -> None:
    """Copy every database to DIRECTORY, which must be new, and check the copies. The instance may keep running."""
    from deploy.backup.creating import create

    with opened(settings) as instance, progress("databases") as show:
        manifest = create(instance, directory, show)
    click.echo(
        f"{len(manifest['files'])} databases in {directory}, checked. It does not hold the vault's keys and register."
    )


@command("restore", example="kosilab backup restore /backups/2026-11-25")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--keys-are-lost", is_flag=True, help="Go on without the vault's wrapping keys.")
@click.option(
    "--accept-loss", is_flag=True, help="Go on though records are lost that witnesses may have seen."
)
@click.option("--unsigned", is_flag=True, help="Go on without the signature of the backup or of checkpoints.")
def restore_backup(settings: Settings, directory: Path, **accepted: bool) -> None:
    """Restore the city from DIRECTORY when its databases are gone; the first step that fails stops the command.

    Run the command again to continue a restore that stopped. Databases on a server must exist and be empty.
    """
    from deploy.backup.restoring import Accepted, restore

    with quiet():  # the steps below say in sentences what a service reports as log lines
        restore(
            settings,
            city_of(settings),
            directory,
            lambda sentence: click.echo(f"- {sentence}"),
            Accepted(
                keys_are_lost=accepted["keys_are_lost"],
                loss=accepted["accept_loss"],
                unsigned=accepted["unsigned"],
            ),
        )
    click.echo("restored; start it again")


for each in (create_backup, restore_backup):
    backup.add_command(each)
