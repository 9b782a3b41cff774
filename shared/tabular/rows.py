"""Which typed rows does a table hold, and which of its lines are rejected, and why?"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.tabular.cells import DATED, CellRefused, ListOf, OneOf, Parser, Value, with_its_century
from shared.tabular.earlier import read_before, reads_texts
from shared.tabular.fields import Field, Kind
from shared.tabular.header import MatchedHeader, match_header
from shared.tabular.headings import HeaderColumn
from shared.tabular.lines import RejectedLine
from shared.tabular.marks import error_in, holds_error, is_missing, plain
from shared.tabular.tables import Table, TableRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line with its meaning: the file's own key, and every other field of the kind by name.

    A field without a column or with an empty cell has its default, usually None. `before` are the texts that earlier
    versions read otherwise, the key among them.
    """

    key: str
    line: int
    values: Mapping[str, Value]
    before: Mapping[str, Value] = dataclasses.field(default_factory=dict)

    def as_before(self) -> "Row":
        """The row as earlier versions read it."""
        values = {name: self.before.get(name, value) for name, value in self.values.items()}
        return Row(key=self.key_before, line=self.line, values=values)

    @property
    def key_before(self) -> str:
        """The key as earlier versions read it: what they imported has its id from it."""
        return str(self.before.get("key", self.key))

    def forms(self, name: str) -> tuple[str, ...]:
        """The text in a field, and how earlier versions read it where that differs: one of them names a noun."""
        texts = (self.values[name], self.before.get(name))
        return tuple(text for text in texts if isinstance(text, str))

    def text(self, name: str) -> str | None:
        """The text in a field, None where it is empty or something else."""
        value = self.values[name]
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts in a field that holds several."""
        value = self.values[name]
        return value if isinstance(value, tuple) else ()

    def day(self, name: str) -> date | None:
        """The date in a field."""
        value = self.values[name]
        return value if isinstance(value, date) else None

    def number(self, name: str) -> Decimal | None:
        """The decimal number in a field."""
        value = self.values[name]
        return value if isinstance(value, Decimal) else None

    def count(self, name: str) -> int | None:
        """The whole number in a field."""
        value = self.values[name]
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool | None:
        """The yes or no in a field."""
        value = self.values[name]
        return value if isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class _Fault:
    column: str | None
    reason: str


def parse_rows(table: Table, kind: Kind, today: date) -> tuple[list[Row], list[RejectedLine]]:
    """The rows of a table in the order of its lines, and all its rejected lines, the broken ones among them.

    `today` says of which century a year in two digits is.
    Raises: FileRefused when the header doesn't fit the kind or a column is personal.
    """
    header = match_header(table, kind)
    rows: list[Row] = []
    rejected = list(table.rejected)
    first_line_of: dict[str, int] = {}
    for table_row in table.rows:
        values, faults = _values(table_row, kind, header, today)
        key = values.pop("key", None)
        if isinstance(key, str):
            earlier = first_line_of.setdefault(key, table_row.line)
            if earlier != table_row.line:
                faults.insert(
                    0, _Fault(header.columns["key"].name, f"'{key}' is the key of line {earlier} already")
                )
        if faults or not isinstance(key, str):
            rejected.append(_rejected(table_row.line, faults))
        else:
            before = _before(table_row, kind, header, {"key": key, **values})
            rows.append(Row(key=key, line=table_row.line, values=values, before=before))
    return rows, sorted(rejected, key=lambda line: line.line)


def _values(
    row: TableRow, kind: Kind, header: MatchedHeader, today: date
) -> tuple[dict[str, Value], list[_Fault]]:
    values: dict[str, Value] = {}
    faults: list[_Fault] = []
    for field in kind.fields:
        column = header.columns.get(field.name)
        try:
            values[field.name] = field.default if column is None else _value(row, column, field, today)
        except CellRefused as refused:
            faults.append(_Fault(column.name if column else None, str(refused)))
    return values, faults or _out_of_order(values, kind, header)


def _value(row: TableRow, column: HeaderColumn, field: Field, today: date) -> Value:
    if fault := row.faults.get(column.position - 1):
        raise CellRefused(fault)
    cell = plain(row.cells[column.position - 1])
    is_word = isinstance(field.parse, OneOf) and cell in field.parse
    if is_missing(cell) and not is_word:
        if field.required:
            raise CellRefused("is empty and must be filled")
        return field.default
    if error := error_in(cell):
        raise CellRefused(holds_error(error))
    return field.parse(_with_centuries(cell, field.parse, today))


def _with_centuries(cell: str, parse: Parser, today: date) -> str:
    """The cell, with four digits for the year of each day in it."""
    single = parse.parser if isinstance(parse, ListOf) else parse
    if single not in DATED:
        return cell
    parts = re.split(r"([,;\n]\s*)", cell) if isinstance(parse, ListOf) else [cell]
    return "".join(with_its_century(part, today) for part in parts)


def _before(
    row: TableRow, kind: Kind, header: MatchedHeader, values: Mapping[str, Value]
) -> dict[str, Value]:
    """The texts that earlier versions read otherwise; none where they refused the row."""
    before: dict[str, Value] = {}
    for field in kind.fields:
        column = header.columns.get(field.name)
        if column is None or not reads_texts(field.parse):
            continue
        try:
            value = read_before(row.cells[column.position - 1], field.parse, field.default)
        except CellRefused:
            return {}
        if value != values[field.name]:
            before[field.name] = value
    return before


def _out_of_order(values: Mapping[str, Value], kind: Kind, header: MatchedHeader) -> list[_Fault]:
    faults = []
    for earlier, later in kind.in_order:
        first, second = values.get(earlier), values.get(later)
        if isinstance(first, date) and isinstance(second, date) and second < first:
            reason = f"{second:%d.%m.%Y} lies before '{header.columns[earlier].name}', {first:%d.%m.%Y}"
            faults.append(_Fault(header.columns[later].name, reason))
    return faults


def _rejected(line: int, faults: list[_Fault]) -> RejectedLine:
    """One rejected line for all its faults: the first gives the column, the reason names each further one."""
    first, *others = faults
    reason = "; ".join([first.reason, *(f"'{fault.column}' {fault.reason}" for fault in others)])
    return RejectedLine(line=line, column=first.column, reason=reason)
