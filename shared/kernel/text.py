"""In which form is a text kept that somebody typed, pasted or imported? In one, so that what looks alike is alike.

Every entrance keeps texts in this form: composed letters (NFC), no characters that nobody sees, blanks of one kind and
one at a time, nothing around the text. A line of text has no line breaks; a text in lines keeps them.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeAlias

from shared.kernel.sentence import Sentence

LONGEST_NAME = 200  # [characters] of a name, a title, a key
LONGEST_TEXT = 2_000  # [characters] of a text in lines
LONGEST_MANDATE = 5_000  # [characters] six bytes each at most, so that the record stays below 60,000 bytes

_ELLIPSIS = " …"
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANK = re.compile("[\t\x1c-\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that show nothing: controls, and what Unicode calls default ignorable (DerivedCoreProperties.txt)."""

CONTROLS_BUT_LINE_BREAKS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_UNFIT_IN_LINES = re.compile(rf"[{CONTROLS_BUT_LINE_BREAKS}\ud800-\udfff]")
_UNFIT_IN_A_LINE = re.compile(rf"[{CONTROLS}\ud800-\udfff]")


def in_one_line(text: str) -> str:
    """The text as a name or a title is kept."""
    return " ".join(_plain(text).split())


def in_lines(text: str) -> str:
    """The text as a description is kept: its line breaks stay, but for those around it."""
    return "\n".join(" ".join(line.split()) for line in _plain(text).split("\n")).strip("\n")


def cut(text: str, most: int) -> str:
    """The text with at most so many characters; an ellipsis shows where something is missing."""
    return text if len(text) <= most else f"{text[: most - len(_ELLIPSIS)].rstrip()}{_ELLIPSIS}"


def is_visible(text: str) -> bool:
    """Whether a text that is kept in its form shows anything: a letter, a digit, a sign."""
    if text.isascii():
        return bool(text) and not text.isspace()
    return any(unicodedata.category(each)[0] not in "ZM" for each in _UNSEEN.sub("", _BLANK.sub("", text)))


def _plain(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    shown = _UNSEEN.sub("", _BLANK.sub(" ", _LINE_BREAK.sub("\n", text)))
    return unicodedata.normalize("NFC", shown)


@dataclass(frozen=True, slots=True)
class Words:
    """What a field's text may be: at most so many characters, in one line or in several, and something to see."""

    most: int
    has_lines: bool = False
    may_be_empty: bool = False
    is_written_by_code: bool = False

    @property
    def sentence(self) -> Sentence:
        """What is possible, as the end of a sentence."""
        if self.may_be_empty:
            return Sentence("at most {most} characters, none of them a control character.", most=self.most)
        pattern = "1 to {most} characters, at least one of them visible and none a control character."
        return Sentence(pattern, most=self.most)

    def fits(self, text: str) -> bool:
        """Whether somebody may send this text: `normalised` mends the rest of it."""
        return len(text) <= self.most and not _UNFIT_IN_LINES.search(text)

    def normalised(self, text: str) -> str:
        """The text in the form in which it is kept; what code wrote is kept as it is."""
        if self.is_written_by_code:
            return text
        return in_lines(text) if self.has_lines else in_one_line(text)

    def holds(self, value: object) -> bool:
        """Whether an event may carry this text."""
        if not isinstance(value, str) or len(value) > self.most:
            return False
        if not value.isprintable() and self._unfit.search(value):
            return False
        return self.may_be_empty or is_visible(value)

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema, for whoever sends a text: line breaks and the like are mended."""
        least = {} if self.may_be_empty else {"minLength": 1}
        return {"type": "string", **least, "maxLength": self.most}

    def schema_of_kept(self) -> dict[str, Any]:
        """The same for a text that is kept, without control characters."""
        controls = CONTROLS_BUT_LINE_BREAKS if self.has_lines else CONTROLS
        return self.schema() | {"pattern": f"^[^{controls}]*$"}

    @property
    def _unfit(self) -> re.Pattern[str]:
        return _UNFIT_IN_LINES if self.has_lines else _UNFIT_IN_A_LINE


@dataclass(frozen=True, slots=True)
class Form:
    """What a field's text may be: of this form, which the sentence explains."""

    pattern: str
    sentence: Sentence
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", re.compile(self.pattern))

    def fits(self, text: str) -> bool:
        """Whether somebody may send this text."""
        return self.holds(text)

    def normalised(self, text: str) -> str:
        """A text of one form is kept as it is."""
        return text

    def holds(self, value: object) -> bool:
        """Whether an event may carry this text."""
        return isinstance(value, str) and self._compiled.fullmatch(value) is not None

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema."""
        return {"type": "string", "pattern": f"^{self.pattern}$"}


ID: Final = Form(
    "[A-Za-z0-9._-]{1,64}", Sentence("an id has 1 to 64 letters, digits, dots, dashes or underscores.")
)
WRITTEN_BY_CODE: Final = Words(LONGEST_TEXT, has_lines=True, may_be_empty=True, is_written_by_code=True)
"""What a text may be that no field describes: the name of a rule, a signed note."""

Name: TypeAlias = Annotated[str, Words(LONGEST_NAME)]
"""A name, a title, a single word: one line with something to see."""

Statement: TypeAlias = Annotated[str, Words(LONGEST_TEXT, has_lines=True)]
"""A reason, a promise: one or several lines with something to see."""

Remark: TypeAlias = Annotated[str, Words(LONGEST_TEXT, has_lines=True, may_be_empty=True)]
"""A text that may be left empty."""

Mandate: TypeAlias = Annotated[str, Words(LONGEST_MANDATE, has_lines=True)]
"""An order in words."""

Id: TypeAlias = Annotated[str, ID]
"""The id of a noun in a field that is not called so."""

Month: TypeAlias = Annotated[str, Form("[0-9]{4}-(0[1-9]|1[0-2])", Sentence("a month such as 2026-03."))]
Kldb: TypeAlias = Annotated[
    str, Form("[0-9]{4}[1-4]", Sentence("a KldB code of five digits, the last of them from 1 to 4."))
]
KldbGroup: TypeAlias = Annotated[str, Form("[0-9]{3}", Sentence("the first three digits of a KldB code."))]
