"""What does a row ask for? Commands in order, each with the column that it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

NOON = time(12, tzinfo=UTC)  # a day without a time: noon in UTC is the same day everywhere in Europe

FUTURE = "it lies in the past"
"""The rule for every step, in addition to the rules of its decider."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a row; `begins` marks the command that creates the row's noun.

    A `later` step, and every step of the row behind it, waits until the reactions to the steps before it have run.
    `name` is the field to blame when the command is refused, `by_rule` names another one for single rules, or for
    single values of the events (`commitments.0.hours`) that the row calls otherwise.
    """

    command: Any
    name: str
    begins: bool = False
    later: bool = False
    by_rule: Mapping[str, str] = field(default_factory=dict)

    def at_fault(self, rule: str) -> str:
        """The field that a rule is about."""
        return self.by_rule.get(rule, self.name)

    def holding(self, path: str) -> str:
        """The field that a value of an event comes from: it is mostly called so in both."""
        names = [part for part in path.split(".") if not part.isdecimal()]
        return self.by_rule.get(path, names[-1])


class RowRefused(Exception):  # noqa: N818 - the word of the report
    """A row that is not taken: the field at fault, and a reason that ends a sentence about it.

    `otherwise` is the field to blame where the row has none of that name.
    """

    def __init__(self, name: str, reason: str, otherwise: str = "") -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.otherwise = otherwise


def needed(value: T | None, name: str, why: str = "") -> T:
    """The value, which must not be missing.

    Raises: RowRefused when it is missing; `why` says what makes it necessary.
    """
    if value is None:
        raise RowRefused(name, "is empty and must be filled" + (f", since {why}" if why else ""))
    return value


def refuse_other(recorded: object, in_file: object, name: str) -> None:
    """A file never changes what is recorded as having happened.

    Raises: RowRefused when the file contradicts the record.
    """
    if recorded != in_file:
        shown = "is empty" if in_file is None else f"says {_shown(in_file)}"
        raise RowRefused(
            name, f"{shown}, but {_shown(recorded)} is recorded; what has happened stays as it is"
        )


def _shown(value: object) -> str:
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else f"'{value}'"


def noon(day: date) -> datetime:
    """Noon of a day, in UTC."""
    return datetime.combine(day, NOON)
