"""Which typed rows does a table hold, and which of its lines are rejected, and why?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.tabular.cells import CellRefused, Value, is_empty
from shared.tabular.fields import Field, Kind
from shared.tabular.header import MatchedHeader, match_header
from shared.tabular.headings import HeaderColumn
from shared.tabular.lines import RejectedLine
from shared.tabular.tables import Table, TableRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line with its meaning: the file's own key, and every other field of the kind by name.

    A field without a column or with an empty cell has its default, usually None.
    """

    key: str
    line: int
    values: Mapping[str, Value]

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


def parse_rows(table: Table, kind: Kind) -> tuple[list[Row], list[RejectedLine]]:
    """The rows of a table in the order of its lines, and all its rejected lines, the broken ones among them.

    Raises: FileRefused when the header doesn't fit the kind or a column is personal.
    """
    header = match_header(table, kind)
    rows: list[Row] = []
    rejected = list(table.rejected)
    first_line_of: dict[str, int] = {}
    for table_row in table.rows:
        values, faults = _values(table_row, kind, header)
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
            rows.append(Row(key=key, line=table_row.line, values=values))
    return rows, sorted(rejected, key=lambda line: line.line)


def _values(row: TableRow, kind: Kind, header: MatchedHeader) -> tuple[dict[str, Value], list[_Fault]]:
    values: dict[str, Value] = {}
    faults: list[_Fault] = []
    for field in kind.fields:
        column = header.columns.get(field.name)
        try:
            values[field.name] = field.default if column is None else _value(row, column, field)
        except CellRefused as refused:
            faults.append(_Fault(column.name if column else None, str(refused)))
    return values, faults or _out_of_order(values, kind, header)


def _value(row: TableRow, column: HeaderColumn, field: Field) -> Value:
    if fault := row.faults.get(column.position - 1):
        raise CellRefused(fault)
    cell = row.cells[column.position - 1].replace("\u00a0", " ").replace("\u202f", " ")
    if not is_empty(cell):
        return field.parse(cell)
    if field.required:
        raise CellRefused("is empty and must be filled")
    return field.default


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
