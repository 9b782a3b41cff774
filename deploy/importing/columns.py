"""Which kinds of file are read, and under which German and English headings is each field found?

A heading counts however it is spelled (`spelling.folded`), with or without a remark in brackets. A field's own name is
always one of its headings. The first field of a kind is its key: by it a row is known again when the file is corrected.
"""

from collections.abc import Mapping

from deploy.importing.board_columns import AGREEMENTS, NEEDS, OFFERS, ORGANISATIONS
from deploy.importing.case_columns import ENGAGEMENTS, HOURS, PLACEMENTS
from shared.tabular.fields import Kind
from shared.tabular.lines import FileRefused
from shared.tabular.spelling import listed, nearest

NOT_YET_IMPORTABLE = ("partnerships", "participants")
KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (ORGANISATIONS, OFFERS, NEEDS, AGREEMENTS, ENGAGEMENTS, HOURS, PLACEMENTS)
}


def kind_named(name: str) -> Kind:
    """The kind of this name.

    Raises: FileRefused when there is none, or when it is not yet importable.
    """
    if name in NOT_YET_IMPORTABLE:
        raise FileRefused(f"Files of the kind '{name}' are not yet importable; known are {listed(KINDS)}.")
    if name not in KINDS:
        likely = nearest(name, KINDS)
        hint = f"did you mean {listed(likely)}?" if likely else f"known are {listed(KINDS)}."
        raise FileRefused(f"There is no kind '{name}'; {hint}")
    return KINDS[name]
