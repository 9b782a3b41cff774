"""Which column of a file is which field, and what kind of file is it when nobody says so?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.tabular.cells import own_number
from shared.tabular.fields import Field, Kind
from shared.tabular.headings import HeaderColumn, field_of
from shared.tabular.lines import FileRefused
from shared.tabular.personal import refuse_personal_columns
from shared.tabular.spelling import as_heading, listed, nearest, without_remarks
from shared.tabular.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedHeader:
    """The column of each field that the file has, and the columns that belong to no field."""

    columns: Mapping[str, HeaderColumn]
    ignored: tuple[HeaderColumn, ...]


def guess_kind(table: Table, kinds: Collection[Kind]) -> Kind:
    """The kind whose required columns the file has; of several, the kind that leaves the fewest columns unread.

    Raises: FileRefused when no kind or several kinds fit, naming what is missing, or when a column is personal.
    """
    fields = {kind.name: _fields_of(table.header, kind) for kind in kinds}
    complete = [kind for kind in kinds if not _missing(kind, fields[kind.name])]
    if not complete:
        refuse_personal_columns((column.name for column in table.header), kinds)
        raise FileRefused(_no_kind(table, kinds, fields))
    widest = max(len(fields[kind.name]) for kind in complete)
    best = [kind for kind in complete if len(fields[kind.name]) == widest]
    if len(best) > 1:
        names = " or ".join(kind.name for kind in best)
        raise FileRefused(f"By its columns the file may hold {names}; say which with --kind.")
    return best[0]


def match_header(table: Table, kind: Kind) -> MatchedHeader:
    """Which column holds which field of this kind.

    Raises: FileRefused when a column is personal, a required one is missing, or two columns mean the same field.
    """
    refuse_personal_columns((column.name for column in table.header), [kind])
    columns: dict[str, HeaderColumn] = {}
    ignored = []
    for column in table.header:
        field = field_of(column.name, kind)
        earlier = columns.get(field.name) if field else None
        if field is None:
            ignored.append(column)
        elif earlier is None:
            columns[field.name] = column
        else:
            columns[field.name] = _kept(earlier, column, field, kind)
            ignored.append(earlier if columns[field.name] is column else column)
    missing = _missing(kind, columns)
    if missing:
        raise FileRefused(
            f"The file can't be read as {kind.name}: {_wanted(missing, ignored)}.{_what_to_do(missing, kind)}"
        )
    return MatchedHeader(columns=columns, ignored=tuple(ignored))


def _kept(first: HeaderColumn, second: HeaderColumn, field: Field, kind: Kind) -> HeaderColumn:
    """Of two columns for one field the one that is not empty, or the number of what the other one names.

    Raises: FileRefused when both may be meant. A column beside the number of a person may hold a name.
    """
    if second.is_empty or first.is_empty:
        return first if second.is_empty else second
    numbers = [
        column for column in (first, second) if as_heading(without_remarks(column.name)).endswith("nr")
    ]
    if len(numbers) == 1 and field is not kind.fields[0] and field.parse is not own_number:
        return numbers[0]
    raise _doubled(first, second, field)


def _doubled(first: HeaderColumn, second: HeaderColumn, field: Field) -> FileRefused:
    both = (first.name, second.name)
    named = (
        f"The columns {first.position} and {second.position} are both called '{first.name}'"
        if first.name == second.name
        else f"The columns {listed(both)} both mean '{field.titles[0]}'"
    )
    return FileRefused(f"{named}; keep one of them.", both)


def ignored_columns(table: Table, kind: Kind) -> list[str]:
    """A warning for each column that is not read, with the heading it may have been meant as."""
    matched = match_header(table, kind)
    free = [field.titles[0] for field in kind.fields if field.name not in matched.columns]
    warnings = []
    for column in matched.ignored:
        if column.is_empty and not column.name:
            continue
        field = field_of(column.name, kind)
        likely = nearest(column.name, free) if column.name and field is None else []
        hint = f"; did you mean {listed(likely)}?" if likely else "."
        if field and not column.is_empty:
            hint = f"; '{matched.columns[field.name].name}' names the same."
        name = f"'{column.name}'" if column.name else "without a heading"
        warnings.append(f"Column {column.position} {name} is not read{hint}")
    return warnings


def _fields_of(header: Sequence[HeaderColumn], kind: Kind) -> set[str]:
    return {field.name for column in header if (field := field_of(column.name, kind))}


def _missing(kind: Kind, present: Collection[str]) -> list[Field]:
    return [field for field in kind.fields if field.required and field.name not in present]


def _no_kind(table: Table, kinds: Collection[Kind], fields: Mapping[str, set[str]]) -> str:
    """Why no kind fits the file: what is missing for the nearest kind."""

    def nearness(kind: Kind) -> float:
        n_present = len(fields[kind.name])
        return n_present / (n_present + len(_missing(kind, fields[kind.name])))

    kind = max(kinds, key=nearness)
    unread = [column for column in table.header if field_of(column.name, kind) is None]
    wanted = _wanted(_missing(kind, fields[kind.name]), unread)
    mend = _what_to_do(_missing(kind, fields[kind.name]), kind)
    return f"The file is of no known kind. It is nearest to {kind.name}: {wanted}.{mend}"


def _what_to_do(missing: Sequence[Field], kind: Kind) -> str:
    number = " Give every row a number of its own that it keeps." if missing[0] is kind.fields[0] else ""
    return f"{number} Add or rename columns; `kosilab import --example {kind.name}` writes a list to compare with."


def _wanted(missing: Sequence[Field], unread: Sequence[HeaderColumn]) -> str:
    """The missing columns in words, each with those of the file that may have been meant."""
    names = [column.name for column in unread if column.name]
    parts = []
    for field in missing:
        likely = {similar for title in (field.name, *field.titles) for similar in nearest(title, names)}
        hint = f" (perhaps {listed(sorted(likely))}?)" if likely else ""
        parts.append(f"'{field.titles[0]}'{hint}")
    return f"missing {'is the column' if len(parts) == 1 else 'are the columns'} {', '.join(parts)}"
