"""Which sentences may a person read when something is refused? Those in the code, each with its catalogue's folder."""

import ast
from collections.abc import Iterator
from pathlib import Path

from deploy.catalogue import rules_of
from deploy.services import SERVICE_TABLES
from shared.edge.problems import LOCALES
from shared.kernel.refusal import sentence_of
from shared.service.days import days_and_months_are_near
from shared.service.persons import person_is_not_erased, person_is_registered_in_this_half
from shared.service.tables import in_any_case

ROOT = Path(__file__).parents[2]
RAISING = {
    "Problem": 1,
    "malformed": 0,
    "not_possible": 0,
    "not_signed_in": 0,
    "unavailable": 0,
    "Sentence": 0,
}
RAISING |= {"BadCutoff": 0, "ValidationError": 0, "make": 0}
"""Which argument of a call is the sentence."""

SHARED_RULES = (days_and_months_are_near, person_is_registered_in_this_half, person_is_not_erased)
STATUSES = (400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 429, 500, 503)


def folder_of(path: Path) -> Path:
    """Where the sentences of a file are translated: in its service, else at the edge."""
    parts = path.relative_to(ROOT).parts
    return ROOT / "services" / parts[1] / "locales" if parts[0] == "services" else LOCALES


def files() -> Iterator[Path]:
    """The files whose problems people read."""
    for pattern in ("shared/edge/**/*.py", "shared/events/*.py", "shared/kernel/*.py", "services/*/**/*.py"):
        yield from sorted(ROOT.glob(pattern))


def sentences_in(path: Path) -> Iterator[tuple[int, str | None]]:
    """Each sentence of a problem with its line; None where it is put together and so can't be translated."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = dict(_named(tree))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name not in RAISING or len(call.args) <= RAISING[name]:
            continue
        yield from _written(call.args[RAISING[name]], named, call.lineno)


def _named(tree: ast.Module) -> Iterator[tuple[tuple[str, int], str]]:
    """The texts that variables hold, by name and line of the assignment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            targets = [
                target
                for given in node.targets
                for target in (given.elts if isinstance(given, ast.Tuple) else [given])
            ]
            for target, value in zip(targets, values, strict=False):
                if (
                    isinstance(target, ast.Name)
                    and isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                ):
                    yield (target.id, node.lineno), value.value


def _written(
    argument: ast.expr, named: dict[tuple[str, int], str], line: int
) -> Iterator[tuple[int, str | None]]:
    if isinstance(argument, ast.Constant):
        yield line, str(argument.value)
    elif isinstance(argument, ast.JoinedStr):
        filled = [part.value for part in argument.values if isinstance(part, ast.FormattedValue)]
        is_marked = all(isinstance(name, ast.Name) and name.id == "NOT_POSSIBLE" for name in filled)
        constant = "".join(str(part.value) for part in argument.values if isinstance(part, ast.Constant))
        yield line, constant if is_marked else None
    elif isinstance(argument, ast.BinOp):  # NOT_POSSIBLE and the sentence
        yield from _written(argument.right, named, line)
    elif isinstance(argument, ast.BoolOp):  # a sentence of a rule, or another one
        yield from _written(argument.values[-1], named, line)
    elif isinstance(argument, ast.Name):
        before = [at for name, at in named if name == argument.id and at <= line]
        if before:
            yield line, named[argument.id, max(before)]


def rules() -> Iterator[tuple[Path, str]]:
    """The sentence of every rule, with the folder of its catalogue."""
    for tables in SERVICE_TABLES.values():
        assert tables.locales is not None
        for route in tables.commands:
            yield from ((tables.locales, sentence_of(rule)) for rule in rules_of(route))
            if route.may is not in_any_case:
                yield tables.locales, sentence_of(route.may)
    yield from ((LOCALES, sentence_of(rule)) for rule in SHARED_RULES)


def nouns() -> Iterator[tuple[Path, str]]:
    """The name of what each address lists, as `no_such` says it."""
    for tables in SERVICE_TABLES.values():
        assert tables.locales is not None
        listed = {*(route.nouns for route in tables.commands), *(query.nouns for query in tables.queries)}
        for name in listed:
            singular = name.removesuffix("es" if name.endswith("ches") else "s")
            yield tables.locales, singular.replace("-", " ")
