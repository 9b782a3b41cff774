"""How does the domain say no? With the name and the sentence of the first rule that does not hold."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

S = TypeVar("S")
C = TypeVar("C")

_RULE_ID = re.compile(r"Rule:\s*([A-Z]\d{2}(?:\s*,\s*[A-Z]\d{2})*)")


class Refused(Exception):  # noqa: N818 - the domain's word
    """A command that a rule of the domain does not allow: `rule` is its name, `sentence` says it to a person."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(f"{rule}: {sentence}")
        self.rule = rule
        self.sentence = sentence


def require(state: S, command: C, *rules: Callable[[S, C], bool]) -> None:
    """Go on only when every rule holds.

    Raises: Refused, with the first rule that does not.
    """
    for rule in rules:
        if not rule(state, command):
            raise Refused(rule.__name__, sentence_of(rule))


def sentence_of(rule: Callable[..., Any]) -> str:
    """The business sentence of a rule: the first line of its docstring."""
    return (rule.__doc__ or rule.__name__.replace("_", " ")).strip().splitlines()[0]


def rule_ids_of(rule: Callable[..., Any]) -> tuple[str, ...]:
    """The handbook's ids of a rule, as its docstring's last line names them (`Rule: M06`)."""
    found = _RULE_ID.search(rule.__doc__ or "")
    return tuple(part.strip() for part in found.group(1).split(",")) if found else ()
