"""Which sheet of a workbook holds the list? The one whose columns fit; covers and explanations stand beside it."""

from collections.abc import Collection, Sequence

from shared.tabular.fields import Kind
from shared.tabular.headings import field_of, find_header, is_complete
from shared.tabular.lines import NO_HEADER, FileRefused, Sheet
from shared.tabular.spelling import folded, listed, nearest


def choose_sheet(
    sheets: Sequence[Sheet], kinds: Collection[Kind], name: str | None
) -> tuple[Sheet, list[str]]:
    """The sheet of this name, else the one that holds a list of one of these kinds, and notes about the others.

    Raises: FileRefused when there is no such sheet, or more than one; also for a sheet that can't be read.
    """
    chosen = _fitting(sheets, kinds) if name is None else _named(sheets, name)
    if chosen.refused:
        raise chosen.refused
    return chosen, [note for sheet in sheets if sheet is not chosen for note in _about_unread(sheet)]


def _fitting(sheets: Sequence[Sheet], kinds: Collection[Kind]) -> Sheet:
    holding = [sheet for sheet in sheets if not sheet.is_hidden and _has_table(sheet)]
    fitting = [sheet for sheet in holding if _kinds_of(sheet, kinds)]
    if len(fitting) > 1:
        raise FileRefused(_several(fitting, kinds))
    if fitting:
        return fitting[0]
    if holding:
        return max(holding, key=lambda sheet: _n_fields(sheet, kinds))
    return _first_refused(sheets)


def _named(sheets: Sequence[Sheet], name: str) -> Sheet:
    for sheet in sheets:
        if sheet.name and folded(sheet.name) == folded(name):
            return sheet
    names = [sheet.name for sheet in sheets if sheet.name]
    if not names:
        raise FileRefused("A text file has no sheets; import it without --sheet.")
    likely = nearest(name, names)
    hint = f"did you mean {listed(likely)}?" if likely else f"there are {listed(names)}."
    raise FileRefused(f"The workbook has no sheet '{name}'; {hint}")


def _has_table(sheet: Sheet) -> bool:
    return any(line.n_filled > 1 or (line.broken and not sheet.name) for line in sheet.lines)


def _kinds_of(sheet: Sheet, kinds: Collection[Kind]) -> list[Kind]:
    """The kinds whose required columns a sheet has."""
    header = find_header(sheet.lines, kinds)
    return [kind for kind in kinds if header and is_complete(header.names, kind)]


def _n_fields(sheet: Sheet, kinds: Collection[Kind]) -> int:
    header = find_header(sheet.lines, kinds)
    names = header.names if header else ()
    return max((sum(1 for name in names if name and field_of(name, kind)) for kind in kinds), default=0)


def _several(sheets: Sequence[Sheet], kinds: Collection[Kind]) -> str:
    named = ", ".join(f"'{sheet.name}' ({_kinds_of(sheet, kinds)[0].name})" for sheet in sheets)
    return f"Several sheets of the workbook hold a list: {named}. Import one after the other, each with --sheet NAME."


def _first_refused(sheets: Sequence[Sheet]) -> Sheet:
    for sheet in sheets:
        if not sheet.is_hidden and sheet.refused:
            return sheet
    if any(sheet.is_hidden and _has_table(sheet) for sheet in sheets):
        hidden = listed(sheet.name for sheet in sheets if sheet.is_hidden and _has_table(sheet))
        raise FileRefused(
            f"Only hidden sheets hold a table: {hidden}. Show the sheet in Excel, or name it with --sheet."
        )
    if any(sheet.name for sheet in sheets):
        raise FileRefused("No sheet of the workbook holds a table.")
    raise FileRefused(NO_HEADER)


def _about_unread(sheet: Sheet) -> list[str]:
    """A note for a sheet that is not read, when it holds anything."""
    if not sheet.lines and not sheet.refused:
        return []
    hidden = "The hidden sheet" if sheet.is_hidden else "The sheet"
    return [f"{hidden} '{sheet.name}' is not read."]
