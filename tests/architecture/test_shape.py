"""Do files keep the shape that the project agreed on? Each check is shown to fail on a planted violation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MAX_FILE_LINES = 300
MAX_DOMAIN_LINES = 600  # one noun is one file: commands, state, rules, decide, evolve
LONGER = {"shared/ledger/verify.py": 440}  # stands alone on purpose: an auditor reads one file, whole
MAX_FUNCTION_LINES = 40
FORBIDDEN_FILES = {"utils", "common", "helpers", "core", "base", "models", "service", "misc"}
FORBIDDEN_WORDS = re.compile(r"(Manager|Helper|Util|Base|Abstract|Impl|DTO|Info|Data|Processor)(?=[A-Z]|$)")
FORBIDDEN_EVENT_ENDINGS = ("Created", "Updated", "Deleted")


def sources() -> Iterator[Path]:
    """Every source file of the product."""
    for top in ("services", "shared", "deploy"):
        yield from (path for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts)


def most_lines(path: Path) -> int:
    """How many lines a file may have: a noun of the domain more than others."""
    usual = MAX_DOMAIN_LINES if path.parts[0] == "services" and "domain" in path.parts else MAX_FILE_LINES
    return LONGER.get(path.as_posix(), usual)


def long_functions(tree: ast.AST) -> list[str]:
    """Functions of more than forty lines, docstring and decorators included."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [
        function.name
        for function in functions
        if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION_LINES
    ]


def bad_class_names(tree: ast.AST) -> list[str]:
    """Classes whose name holds a word that says nothing."""
    classes = (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return [name for name in classes if FORBIDDEN_WORDS.search(name)]


def undocumented(tree: ast.Module) -> list[str]:
    """The module, public classes and public functions without a docstring."""
    nodes = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    missing = [node.name for node in nodes if not node.name.startswith("_") and not ast.get_docstring(node)]
    return missing if ast.get_docstring(tree) else ["the module", *missing]


def faults(path: Path, text: str) -> Iterator[str]:
    """What is wrong with the shape of a file, in words."""
    tree = ast.parse(text)
    if (n_lines := len(text.splitlines())) > most_lines(path):
        yield f"{path} has {n_lines} lines"
    if path.stem in FORBIDDEN_FILES:
        yield f"{path} has a name that says nothing"
    yield from (f"{path}: {name} is too long" for name in long_functions(tree))
    yield from (f"{path}: {name} says nothing" for name in bad_class_names(tree))
    yield from (f"{path}: {name} has no docstring" for name in undocumented(tree))


def test_files_are_short_named_and_documented() -> None:
    paths = list(sources())
    assert len(paths) > 400
    assert [
        fault for path in paths for fault in faults(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    ] == []


def test_every_fault_of_a_planted_file_is_named() -> None:
    body = "".join(f"    x{n} = {n}\n" for n in range(MAX_FILE_LINES))
    planted = f"class DataBag:\n    pass\n\n\ndef f():\n{body}"
    assert list(faults(Path("shared/kernel/utils.py"), planted)) == [
        "shared/kernel/utils.py has 305 lines",
        "shared/kernel/utils.py has a name that says nothing",
        "shared/kernel/utils.py: f is too long",
        "shared/kernel/utils.py: DataBag says nothing",
        "shared/kernel/utils.py: the module has no docstring",
        "shared/kernel/utils.py: DataBag has no docstring",
        "shared/kernel/utils.py: f has no docstring",
    ]


def test_only_a_noun_of_the_domain_may_be_longer() -> None:
    assert most_lines(Path("services/marketplace/domain/offer.py")) == MAX_DOMAIN_LINES
    assert most_lines(Path("services/marketplace/app.py")) == MAX_FILE_LINES
    assert most_lines(Path("shared/events/domain/offer.py")) == MAX_FILE_LINES


def test_a_planted_long_function_is_found() -> None:
    body = "\n".join(f"    x{n} = {n}" for n in range(MAX_FUNCTION_LINES))
    assert long_functions(ast.parse(f"def f():\n{body}\n")) == ["f"]


def test_a_planted_empty_word_is_found() -> None:
    planted = ast.parse("class OfferManager: pass\nclass DataBag: pass\nclass Database: pass\n")
    assert bad_class_names(planted) == ["OfferManager", "DataBag"]


def test_a_planted_missing_docstring_is_found() -> None:
    assert undocumented(ast.parse("def f(): pass\n")) == ["the module", "f"]


def test_events_are_nouns_with_a_participle() -> None:
    import shared.events.all  # noqa: F401 - registers every event
    from shared.events.registry import all_types

    names = [registered.cls.__name__ for _, registered in all_types()]
    assert names
    assert [name for name in names if name.endswith(FORBIDDEN_EVENT_ENDINGS)] == []
