"""How are figures handed out as tables? As CSV with a name of its own, and a code book beside it."""

from collections.abc import Mapping

from werkzeug.wrappers import Request, Response

from services.reporting.asking import require_definition, version_of
from services.reporting.edge import Figures
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.sheet import DIALECTS, as_csv, code_book, file_name
from shared.edge.problems import not_possible
from shared.edge.queries import refuse_unknown
from shared.kernel.sentence import Sentence

CSV = "text/csv; charset=utf-8"


class FigureTables:
    """The tables of reporting."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def figure(self, request: Request, args: Mapping[str, str]) -> Response:
        """One figure: its groups, or the whole."""
        caller, answer = self._figures.answered(request, args, also=frozenset({"dialect"}))
        text = as_csv(answer, dialect_of(request))
        return _kept_as(file_name(answer), text, signed_in=caller is not None)

    def code_book(self, request: Request, args: Mapping[str, str]) -> Response:
        """What the columns of a figure's tables hold."""
        caller = self._figures.reader(request)
        refuse_unknown(request, {"version", "dialect"})
        version = version_of(request)
        require_definition(args["name"], version)
        text = code_book(INDICATORS.of(args["name"], version), dialect_of(request))
        return _kept_as(f"{args['name']}_code-book.csv", text, signed_in=caller is not None)


def dialect_of(request: Request) -> str:
    """The dialect that the request names.

    Raises: Problem 422.
    """
    dialect = request.args.get("dialect", DIALECTS[0])
    if dialect not in DIALECTS:
        sentence = Sentence("The dialects are {words}.", words=", ".join(DIALECTS))
        raise not_possible(sentence, field="dialect")
    return dialect


def _kept_as(name: str, text: str, *, signed_in: bool) -> Response:
    response = Response(text, content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store" if signed_in else "no-cache"
    return response
