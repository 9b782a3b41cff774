"""How do the checks of one command ask the read models? They share documents: each is fetched once."""

from typing import Any, TypeVar

from shared.kernel.read_model import Ask, ReadModel, Wanted

D = TypeVar("D")


class AskedOnce:
    """The read models for the length of one command; implements `shared.kernel.read_model.Ask`."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._fetched: dict[tuple[str, str], Any] = {}

    def get(self, model: ReadModel[D, Any], key: str) -> D | None:
        """The document with this key as it was at the first request, or None."""
        if (model.name, key) not in self._fetched:
            self._fetched[model.name, key] = self._ask.get(model, key)
        document: D | None = self._fetched[model.name, key]
        return document

    def find(
        self,
        model: ReadModel[D, Any],
        *,
        limit: int = 100,
        after: str = "",
        **columns: Wanted,
    ) -> list[D]:
        """Documents by their columns, fetched each time."""
        return self._ask.find(model, limit=limit, after=after, **columns)

    def changed(self, model: ReadModel[D, Any], *, after: int = 0, limit: int = 1000) -> list[tuple[int, D]]:
        """Documents that were written after a position, fetched each time."""
        return self._ask.changed(model, after=after, limit=limit)
