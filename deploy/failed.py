"""How does a command fail? With a sentence and an exit code."""

import click

FAILED, USED_WRONGLY = 1, 2


class Failed(click.ClickException):
    """The command or its check failed."""

    exit_code = FAILED


class UsedWrongly(click.ClickException):
    """The command got arguments that it cannot use."""

    exit_code = USED_WRONGLY
