"""Does every variable say what it holds? These seven words say only how a value was come by, and are forbidden.

A variable, parameter or function called `told`, `said`, `found`, `one`, `seen`, `known` or `more` makes the reader look
for its content elsewhere. Name the content instead: `lines`, `match_id`, `document`, `variables`. Attributes, keys and
texts may use the words.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.test_tracked import ROOT, tracked

FORBIDDEN = frozenset({"told", "said", "found", "one", "seen", "known", "more"})
FOLDERS = frozenset({"services", "shared", "deploy", "tests", "bench"})
JSON_KEYS = frozenset({("deploy/diagnosis/finding.py", "seen")})
"""Fields whose names are keys of a published JSON document (`kosilab doctor --json`)."""


def bound_in(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of everything that a source text binds."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case _:
                pass


def forbidden_in(source: str) -> list[tuple[int, str]]:
    """The forbidden names among them."""
    return sorted((line, name) for line, name in bound_in(source) if name in FORBIDDEN)


def test_every_variable_says_what_it_holds() -> None:
    forbidden = {
        f"{name}:{line}: {word}"
        for path in tracked()
        if path.suffix == ".py" and (name := path.relative_to(ROOT).as_posix()).partition("/")[0] in FOLDERS
        for line, word in forbidden_in(path.read_text(encoding="utf-8"))
        if (name, word) not in JSON_KEYS
    }
    assert forbidden == set()


@pytest.mark.parametrize(
    ("planted", "word"),
    [
        ("found = read()", "found"),
        ("n_open, *told = read()", "told"),
        ("total: int\nseen: int = 0", "seen"),
        ("open_ones = [one for one in offers]", "one"),
        ("def known(offer): ...", "known"),
        ("def find(offer, **more): ...", "more"),
        ("ids = map(lambda one: one.id, offers)", "one"),
        ("if (said := read()): ...", "said"),
        ("match event:\n    case Posted() as known: ...", "known"),
        ("match row:\n    case [first, *more]: ...", "more"),
        ("import offers as known", "known"),
    ],
)
def test_a_planted_name_is_noticed(planted: str, word: str) -> None:
    assert word in {name for _, name in forbidden_in(planted)}


def test_attributes_keys_and_texts_may_use_the_words() -> None:
    assert forbidden_in("label = labels.one(record.seen, found=1)['told']") == []
