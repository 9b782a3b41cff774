"""Which values may a cell hold, in words, and how is a value shown to a person, as examples and previews do?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from shared.tabular import cells
from shared.tabular.cells import ListOf, OneOf, Parser, Value

_ALLOWED: Mapping[Parser, str] = {
    cells.text: f"Text, höchstens {cells.MAX_TEXT} Zeichen",
    cells.line_of_text: f"Text in einer Zeile, höchstens {cells.MAX_LINE} Zeichen",
    cells.own_number: "eine Nummer wie TN-0412, kein Name",
    cells.decimal: "Zahl ab 0, zum Beispiel 12,50",
    cells.hours: "Stunden, zum Beispiel 2,5 oder 2:30",
    cells.whole_number: "ganze Zahl ab 0",
    cells.count: "ganze Zahl ab 1",
    cells.day: "Datum, zum Beispiel 23.09.2016",
    cells.day_or_key: "Datum oder Schlüssel, zum Beispiel 23.09.2016",
    cells.yes_or_no: "ja, nein",
}


def allowed_values(parse: Parser) -> str:
    """The values that a parser takes, in German; what only a service knows is explained by the meaning of its field."""
    if isinstance(parse, OneOf):
        return ", ".join(parse.shown)
    if isinstance(parse, ListOf):
        return f"mehrere, mit Komma getrennt: {allowed_values(parse.parser)}"
    return _ALLOWED.get(parse, "siehe Bedeutung")


def shown(value: Value, parse: Parser) -> str:
    """A value as a person would write it in a list."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case tuple():
            inner = parse.parser if isinstance(parse, ListOf) else parse
            return ", ".join(shown(each, inner) for each in value)
        case date():
            return f"{value:%d.%m.%Y}"
        case int() | Decimal():
            return str(value).replace(".", ",")
        case _:
            return parse.word_of(value) if isinstance(parse, OneOf) else value
