"""Which names do logs, tables and command ids hold for ever? Append the new ones: `make golden`.

A line is `<mark> <kind> <service> <name>`. The mark is made from the lines before it: so a line that was edited, moved
or removed is seen. A name that the code has no longer is retired by a line of the kind `retired`; it never comes back.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import services
from deploy.services import SERVICE_TABLES
from shared.kernel.refusal import name_of
from shared.service.days import days_and_months_are_near
from shared.service.inbox import inbox_cursor
from shared.service.persons import person_is_not_erased
from shared.service.projection import facts_cursor, views_cursor
from shared.service.reactor import OWN
from shared.service.relay import CURSOR
from shared.service.tables import ServiceTables

FILE = Path(__file__).with_suffix(".txt")
RETIRED = "retired"
_MARK = 8  # [hexadecimal digits]


# --- what the code has ------------------------------------------------------------------------
def names_of_the_code() -> list[str]:
    """Every stored name as `<kind> <service> <name>`, in order and as often as the code has it."""
    names = [name for tables in SERVICE_TABLES.values() for name in _of_tables(tables)]
    rules = _of_rules(rules_of_the_code())
    return sorted([*names, *rules])


def _of_tables(tables: ServiceTables) -> Iterator[str]:
    yield from (f"command {tables.name} {route.command.__name__}" for route in tables.commands)
    deciders = {route.decider.name for route in tables.commands}
    yield from (f"decider {tables.name} {decider}" for decider in deciders)
    yield from (f"reaction {tables.name} {reaction.name}" for reaction in tables.reactions)
    yield from (f"timer {tables.name} {timer.kind}" for timer in tables.timers)
    yield from (f"read_model {tables.name} {view.name}_v{view.version}" for view in tables.views)
    yield from (f"fact {tables.name} {fact.name}_v{fact.version}" for fact in tables.facts)
    cursors = [
        CURSOR,
        OWN,
        *(cursor(source) for source in tables.follows for cursor in (inbox_cursor, views_cursor)),
        *(facts_cursor(source) for source in SERVICE_TABLES if tables.facts),
    ]
    yield from (f"cursor {tables.name} {cursor}" for cursor in [*cursors, views_cursor(tables.name)])


def _of_rules(rules: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Nouns may have a rule of the same name, for the stream says whose it is; within one noun it is one rule."""
    by_noun = Counter((service, rule.__module__, name_of(rule)) for service, rule in rules)
    yield from {f"rule {service} {name}" for service, _, name in by_noun}
    yield from (f"rule {service} {name}" for (service, _, name), number in by_noun.items() if number > 1)


def rules_of_the_code() -> Iterator[tuple[str, Any]]:
    """Every rule with its service: what a decider requires, and what a route checks."""
    rules: dict[tuple[str, Any], None] = {}
    for tables in SERVICE_TABLES.values():
        rules.update(
            {
                (tables.name, check): None
                for route in tables.commands
                for check in (*route.checks, *route.checks_of_callers)
            }
        )
        if tables.commands:
            rules.update(
                {(tables.name, rule): None for rule in (person_is_not_erased, days_and_months_are_near)}
            )
    for module in modules_of(services):
        service = module.__name__.split(".")[1]
        rules.update({(service, rule): None for rule in required_in(module)})
    yield from rules


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """Every module within a package."""
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(module.name)


def required_in(module: ModuleType) -> Iterator[Any]:
    """The rules that a module's functions hand to `require`."""
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id == "require":
            for argument in call.args[2:]:
                yield from _meant(module, argument)


def _meant(module: ModuleType, node: ast.expr) -> Iterable[Any]:
    """The rule that an argument of `require` names, or the rules that it unpacks.

    Raises: TypeError for an argument that is no name of the module: then its stored name can't be known.
    """
    match node:
        case ast.Starred(value=ast.Name(id=name)):
            rules: Iterable[Any] = getattr(module, name)
            return rules
        case ast.Name(id=name):
            return [getattr(module, name)]
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return [getattr(getattr(module, name), attribute)]
        case _:
            msg = f"{module.__name__}, line {node.lineno}: give `require` the rules by their names"
            raise TypeError(msg)


# --- what was written down --------------------------------------------------------------------
def objections(text: str, names: Iterable[str]) -> list[str]:
    """What is wrong between the list and the code."""
    marks, lines = _split(text)
    edited = [
        f"line {number} or the one before it was edited: restore the list of the main branch, then run `make golden`"
        for number, (mark, right) in enumerate(zip(marks, _marks(lines), strict=True), start=1)
        if mark != right
    ]
    live, retired = _live(lines), {line.partition(" ")[2] for line in lines if line.startswith(f"{RETIRED} ")}
    in_code = list(names)
    return [
        *edited[:1],
        *(f"{line} is listed twice" for line in lines if lines.count(line) > 1),
        *(f"{name} is the stored name of two things" for name in set(in_code) if in_code.count(name) > 1),
        *(f"{name} is retired: give it another name" for name in in_code if name in retired),
        *(f"{name} is not listed: run `make golden`" for name in in_code if name not in live | retired),
        *(f"{name} is gone: keep the name, or retire it in the list" for name in sorted(live - set(in_code))),
    ]


def appended(text: str, names: Iterable[str]) -> str:
    """The list with the names that it lacks; a name that the code lost is retired."""
    _, lines = _split(text)
    in_code = set(names)
    live = _live(lines)
    new = [*sorted(in_code - set(lines)), *(f"{RETIRED} {name}" for name in sorted(live - in_code))]
    marked = list(zip(_marks([*lines, *new]), [*lines, *new], strict=True))
    return text + "".join(f"{mark} {line}\n" for mark, line in marked[len(lines) :])


def _split(text: str) -> tuple[list[str], list[str]]:
    pairs = [line.split(" ", 1) for line in text.splitlines()]
    return [mark for mark, _ in pairs], [line for _, line in pairs]


def _live(lines: Iterable[str]) -> set[str]:
    retired = {line.partition(" ")[2] for line in lines if line.startswith(f"{RETIRED} ")}
    return {line for line in lines if not line.startswith(f"{RETIRED} ") and line not in retired}


def _marks(lines: Iterable[str]) -> Iterator[str]:
    mark = ""
    for line in lines:
        mark = sha256(f"{mark} {line}".encode()).hexdigest()[:_MARK]
        yield mark


if __name__ == "__main__":
    written = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    FILE.write_text(appended(written, names_of_the_code()), encoding="utf-8")
    print(f"{FILE.name} written")
