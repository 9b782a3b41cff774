"""How does the domain refuse a command? With the name and sentence of the first rule that does not hold."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

S = TypeVar("S")
C = TypeVar("C")
R = TypeVar("R", bound=Callable[..., bool])

_RULE_ID = re.compile(r"Rule:\s*([A-Z]\d{2}(?:\s*,\s*[A-Z]\d{2})*)")


class Refused(Exception):  # noqa: N818 - the domain's word
    """A command that a rule of the domain does not allow: `rule` is its name, `sentence` explains it to a person."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(f"{rule}: {sentence}")
        self.rule = rule
        self.sentence = sentence


def require(state: S, command: C, *rules: Callable[[S, C], bool]) -> None:
    """Go on only when every rule holds.

    Raises: Refused, with the first rule that does not hold.
    """
    for rule in rules:
        if not rule(state, command):
            raise Refused(name_of(rule), sentence_of(rule))


def stored_as(name: str) -> Callable[[R], R]:
    """Keep the name under which a rule is stored, whatever its function is called now.

    Outcomes and events hold the names of rules for ever. A renamed function is declared `@stored_as("its old name")`.
    """

    def declare(rule: R) -> R:
        rule.__dict__["stored_name"] = name
        return rule

    return declare


def name_of(rule: Callable[..., Any]) -> str:
    """The stored name of a rule: its function's name, unless it is declared otherwise."""
    return str(getattr(rule, "stored_name", rule.__name__))


def sentence_of(rule: Callable[..., Any]) -> str:
    """The business sentence of a rule: the first line of its docstring."""
    return (rule.__doc__ or name_of(rule).replace("_", " ")).strip().splitlines()[0]


def rule_ids_of(rule: Callable[..., Any]) -> tuple[str, ...]:
    """The handbook's ids of a rule, as its docstring's last line names them (`Rule: M06`)."""
    ids = _RULE_ID.search(rule.__doc__ or "")
    return tuple(part.strip() for part in ids.group(1).split(",")) if ids else ()
