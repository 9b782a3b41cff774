"""Which kinds of file can be imported? The kinds that the services declare.

The spelling of a heading doesn't matter, nor does a remark in brackets. A field's own name is always one of its
headings. The first field of a kind is its key: it identifies the row when the file is corrected.
"""

from collections.abc import Mapping

from services.actors.app import FILES as FILES_OF_ACTORS
from services.employment.app import FILES as FILES_OF_EMPLOYMENT
from services.marketplace.app import FILES as FILES_OF_MARKETPLACE
from shared.importing.kinds import Import
from shared.tabular.fields import Kind
from shared.tabular.lines import FileRefused
from shared.tabular.spelling import listed, nearest

NOT_YET_IMPORTABLE = ("partnerships", "participants")
IMPORTS: Mapping[str, Import] = {
    declared.kind.name: declared
    for declared in (*FILES_OF_ACTORS, *FILES_OF_MARKETPLACE, *FILES_OF_EMPLOYMENT)
}
KINDS: Mapping[str, Kind] = {name: declared.kind for name, declared in IMPORTS.items()}


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
