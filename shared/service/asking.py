"""How do the checks of one command ask the views? Each document is fetched once, however many checks look at it."""

from shared.kernel.view import Ask, Column, Document


class AskedOnce:
    """The views for the length of one command; implements `shared.kernel.view.Ask`."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._got: dict[tuple[str, str], Document | None] = {}

    def get(self, view: str, key: str) -> Document | None:
        """The document with this key as it was when it was first asked for, or None."""
        if (view, key) not in self._got:
            self._got[view, key] = self._ask.get(view, key)
        return self._got[view, key]

    def find(
        self, view: str, *, limit: int = 100, after: str = "", **columns: Column | tuple[Column, ...]
    ) -> list[Document]:
        """Documents by their columns, fetched each time."""
        return self._ask.find(view, limit=limit, after=after, **columns)

    def changed(self, view: str, *, after: int = 0, limit: int = 1000) -> list[tuple[int, Document]]:
        """Documents that were written after a position, fetched each time."""
        return self._ask.changed(view, after=after, limit=limit)
