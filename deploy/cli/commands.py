"""Which commands are there? Each is imported when it is called, so that `--help` answers at once."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from deploy.cli.failures import in_sentences

COMMANDS: Mapping[str, tuple[str, str]] = {
    "up": ("deploy.cli.up:up", "A complete city in one process."),
    "serve": ("deploy.cli.serve:serve", "One service against a database and a broker."),
    "migrate": ("deploy.cli.migrate:migrate", "Update the database tables."),
    "import": ("deploy.cli.import_file:import_file", "Import a CSV file or an XLSX workbook."),
    "simulate": ("deploy.cli.simulate:simulate", "A synthetic history, to explore or to test."),
    "token": ("deploy.cli.issue_token:issue_token", "An access token to sign in with."),
    "tail": ("deploy.cli.tail:tail", "Events, after a position or live."),
    "revoke": ("deploy.cli.revoke:revoke", "Take a token back before its end."),
    "keys": ("deploy.cli.signing_keys:keys", "The keys that sign tokens: list, rotate, retire."),
    "views": ("deploy.cli.views:views", "Read models: list, rebuild, verify."),
    "parked": ("deploy.cli.parked:parked", "Events that could not be handled: list, show, retry, skip."),
    "history": ("deploy.cli.history:history", "For auditors: export, verify, prove, replay, as-of."),
    "erase": ("deploy.cli.erase:erase", "Make all data of a person unreadable for good."),
    "erasures": ("deploy.cli.erase:erasures", "What was erased, with a proof."),
    "backup": ("deploy.cli.backup:backup", "Copies of the databases, and how to restore them."),
    "doctor": ("deploy.cli.doctor:doctor", "Find problems and say how to repair them."),
    "config": ("deploy.cli.config:config", "The configuration: show, schema."),
    "topology": ("deploy.cli.topology:topology", "What the broker needs: export."),
}


class Commands(click.Group):
    """The commands by name; a command that fails says why in one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table above."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command with this name, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called.

        Raises: click's NoSuchCommand, with the names that may have been meant.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with in_sentences():
            return super().invoke(ctx)


def show_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's flag
    """Print the version of the installed package, and end."""
    del param
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"kosilab {version('kosilab')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version and exit.",
)
def kosilab() -> None:
    """KoSI-Lab: a city's lab of social innovation.

    Exit codes: 0 done, 1 the command or the check failed, 2 wrong usage.
    """
