"""Can the command line understand every command that docs/operations.md shows, as it is written there?"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import deploy
from deploy.cli.commands import kosilab

OPERATIONS = Path(deploy.__file__).parent.parent / "docs" / "operations.md"
STANDS_FOR = {
    "SERVICE": "actors",
    "SERVICE…": "actors",
    "ID": "an-id",
    "KID": "2",
    "…": "a reason",
    "PERSON": "p1",
}


def written() -> Iterator[str]:
    """The arguments of every command: of lines that are shown, and of those inside a sentence."""
    for line in OPERATIONS.read_text(encoding="utf-8").splitlines():
        shown = [line] if line.startswith("    ") else re.findall(r"`([^`]+)`", line)
        for text in shown:
            if called := re.match(r"\s*(?:docker compose run --rm operator|kosilab) (.*)", text):
                yield re.split(r"\s+[#>&|]|\s{2,}", called[1])[0].strip()


@pytest.mark.parametrize("arguments", sorted(set(written())))
def test_a_documented_command_can_be_understood(arguments: str, tmp_path: Path) -> None:
    words = [
        STANDS_FOR.get(word, word)
        for word in shlex.split(arguments.replace("--because …", "--because found").rstrip("…"))
    ]
    command: click.Command = kosilab
    context = click.Context(kosilab)
    while isinstance(command, click.Group):
        name = words.pop(0)
        following = command.get_command(context, name)
        assert following is not None, f"there is no {name!r}"
        context, command = click.Context(following, info_name=name, parent=context), following
        if isinstance(command, click.Group) and not words:
            return
    takes = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    for word in words:
        if word.startswith("--"):
            assert word.partition("=")[0] in takes, word
    try:
        command.make_context(command.name, words, parent=context.parent)
    except click.MissingParameter:
        assert not words, "named without its arguments only in a sentence"
