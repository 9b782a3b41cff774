"""Does the command line say what it does, and in one sentence what is wrong?"""

from collections.abc import Iterator
from importlib.metadata import version

import click
import pytest

from deploy.cli.commands import COMMANDS, kosilab
from tests.deploy.desk import Desk


def commands() -> Iterator[tuple[str, ...]]:
    """The names of every command, those within groups as well."""
    context = click.Context(kosilab)
    for name in COMMANDS:
        command = kosilab.get_command(context, name)
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        yield from (tuple(part for part in (name, each) if part) for each in inner)


def test_help_lists_every_command_in_one_line(bare_desk: Desk) -> None:
    printed = bare_desk.call("--help")
    assert printed.code == 0
    for name, (_, sentence) in COMMANDS.items():
        assert any(line.split() == [name, *sentence.split()] for line in printed.out.splitlines()), name


def test_the_version_is_that_of_the_installed_package(bare_desk: Desk) -> None:
    printed = bare_desk.call("--version")
    assert (printed.code, printed.out) == (0, f"kosilab {version('kosilab')}\n")


@pytest.mark.parametrize("names", list(commands()), ids=" ".join)
def test_every_command_explains_itself_by_an_example(bare_desk: Desk, names: tuple[str, ...]) -> None:
    printed = bare_desk.call(*names, "--help")
    assert printed.code == 0
    assert f"kosilab {' '.join(names)}" in printed.out.partition("Example:")[2]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("imprt", "liste.csv"), "No such command 'imprt'. Did you mean 'import'?"),
        (("history", "exprot"), "No such command 'exprot'. Did you mean 'export'?"),
        (("tail", "--type", "Foo"), "There is no event type 'Foo'; docs/catalogue.md lists all types."),
        (("tail", "--type", "OferPosted"), "There is no event type 'OferPosted'; did you mean 'OfferPosted'"),
        (("tail", "--type", "kosilab.actors.Foo.v1"), "There is no event type 'kosilab.actors.Foo.v1'"),
        (
            ("tail", "--type", "OfferPosted", "--service", "actors"),
            "'OfferPosted' is an event of marketplace, not of actors.",
        ),
        (("serve",), "Missing argument"),
        (("serve", "actors", "--roles", "edge,cook"), "--roles takes edge and worker"),
        (("migrate", "kitchen"), "'kitchen' is not one of"),
        (("up", "--port", "many"), "KOSILAB_PORT is 'many'; give a number"),
        (("config", "show", "--city", "nowhere"), "known cities: dortmund, wuppertal"),
        (("token", "--role", "person"), "give its id with --actor"),
        (("token", "--role", "auditor", "--ttl", "soon"), "such as 8h"),
        (("token", "--role", "auditor", "--ttl", "32d"), "valid for one second to 31 days"),
        (
            ("simulate", "--from", "2019-01-02", "--to", "2019-01-01", "--seed", "1"),
            "--to lies before --from",
        ),
        (
            ("simulate", "--from", "2019-01-02", "--to", "2219-01-01", "--seed", "1"),
            "--to lies in the future",
        ),
        (("import", "nowhere.csv"), "does not exist"),
    ],
    ids=lambda argument: argument[0] if isinstance(argument, tuple) else "",
)
def test_what_cannot_be_meant_is_used_wrongly(
    bare_desk: Desk, arguments: tuple[str, ...], sentence: str
) -> None:
    printed = bare_desk.call(*arguments)
    assert printed.code == 2
    assert sentence in printed.err
    assert "Traceback" not in printed.err
    assert not bare_desk.folder.joinpath("databases").exists()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("KOSILAB_DATABASE_URL", "postgresql://a:secret@b/{service}", "The database does not answer"),
        (
            "KOSILAB_DATABASE_URL",
            "postgresql://a:secret@127.0.0.1:1/{service}",
            "The database does not answer",
        ),
        ("KOSILAB_DATABASE_URL", "postgresql://a:secret@b:c/{service}", "KOSILAB_DATABASE_URL is no address"),
        ("KOSILAB_DATABASE_URL", "postgresql://a:secret@b/one", "needs {service} in it"),
        ("KOSILAB_DATABASE_URL", "mysql://a:secret@b/{service}", "begins with postgresql:// or sqlite:///"),
        ("KOSILAB_LOG_LEVEL", "LOUD", "LOUD is no log level"),
        ("KOSILAB_DATABSE_URL", "secret", "did you mean KOSILAB_DATABASE_URL?"),
        ("KOSILAB_TOKEN_KEY_FILE", "/nowhere/secret-key", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is_repeated(
    bare_desk: Desk, name: str, value: str, sentence: str
) -> None:
    printed = bare_desk.call("migrate", **{name: value})
    assert printed.code in {1, 2}
    assert sentence in printed.err
    assert "a:secret" not in printed.err
    assert len(printed.err.strip().splitlines()) == 1


def test_a_place_that_cannot_be_written_to_is_named(bare_desk: Desk) -> None:
    bare_desk.folder.write_text("a file, no folder")
    printed = bare_desk.call("migrate")
    assert printed.code == 2
    assert "is not writable" in printed.err


@pytest.mark.parametrize(
    "arguments",
    [("tail",), ("views", "list"), ("parked", "list"), ("import", __file__, "--dry-run")],
    ids=lambda names: names[0],
)
def test_a_look_does_not_make_what_it_looks_for(bare_desk: Desk, arguments: tuple[str, ...]) -> None:
    printed = bare_desk.call(*arguments)
    assert printed.code == 1
    assert "start one with `kosilab up`" in printed.err
    assert not bare_desk.folder.joinpath("databases").exists()


def test_what_nobody_foresaw_is_said_too_and_shown_whole_to_whoever_debugs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr("deploy.verification.verified", fail)
    printed = desk.call("views", "verify")
    assert (printed.code, printed.err) == (
        1,
        "Error: This is a defect (LookupError): KOSILAB_LOG_LEVEL=DEBUG shows where.\n",
    )
    with pytest.raises(AssertionError) as raised:
        desk.call("views", "verify", KOSILAB_LOG_LEVEL="DEBUG")
    assert isinstance(raised.value.args[0], LookupError)


def test_interrupting_is_quiet(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deploy.verification.verified", interrupt)
    printed = desk.call("views", "verify")
    assert (printed.code, printed.out, printed.err) == (130, "", "")
