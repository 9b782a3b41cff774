"""How do reactions and edges read the service's read models?"""

from typing import Any, TypeVar

import msgspec

from shared.eventlog.layouts import column_value, whole_columns
from shared.eventlog.sql.database import Database
from shared.eventlog.views import ViewTables
from shared.kernel.read_model import NoneOf, ReadModel, Wanted

HIGHEST = 2**62

D = TypeVar("D")


class ViewAsk:
    """The read models of one service, asked by key or by columns; implements `shared.kernel.read_model.Ask`."""

    def __init__(self, database: Database, views: ViewTables) -> None:
        self._database = database
        self._views = views

    def get(self, model: ReadModel[D, Any], key: str) -> D | None:
        """The document with this key, or None.

        Raises: KeyError for a model that was not ensured; LogUnavailable.
        """
        table = self._views.ensured(model).table
        rows = self._database.rows(f'SELECT key, document FROM "{table}" WHERE key = ?', (key,))  # noqa: S608
        return _with_id(*rows[0]) if rows else None

    def find(
        self,
        model: ReadModel[D, Any],
        *,
        limit: int = 100,
        after: str = "",
        **columns: Wanted,
    ) -> list[D]:
        """Documents whose columns have these values (a tuple: one of these), ordered by key, after key `after`.

        Raises: KeyError for an unknown model or column; LogUnavailable.
        """
        asked = self._views.ensured(model)
        whole = whole_columns(asked)
        conditions, parameters = ["key > ?"], [after]
        for name, wanted in columns.items():
            if name not in asked.columns:
                msg = f"{model.name} has no column {name}"
                raise KeyError(msg)
            condition, given = _condition(name, wanted, whole=name in whole)
            conditions.append(condition)
            parameters += given
        rows = self._database.rows(
            f'SELECT key, document FROM "{asked.table}" WHERE {" AND ".join(conditions)} ORDER BY key LIMIT ?',  # noqa: S608
            (*parameters, limit),
        )
        return [_with_id(*row) for row in rows]

    def changed(self, model: ReadModel[D, Any], *, after: int = 0, limit: int = 1000) -> list[tuple[int, D]]:
        """Documents written after this position, each with its position, in that order; positions stay whole.

        Raises: KeyError for a model that was not ensured; LogUnavailable.
        """
        table = self._views.ensured(model).table
        rows = self._database.rows(
            f'SELECT position, key, document FROM "{table}" WHERE position > ? AND position <= '  # noqa: S608
            f'coalesce((SELECT position FROM "{table}" WHERE position > ? ORDER BY position LIMIT 1 OFFSET ?), ?)'
            " ORDER BY position, key",
            (after, after, limit, HIGHEST),
        )
        return [(int(position), _with_id(key, document)) for position, key, document in rows]


def _condition(name: str, wanted: Wanted, *, whole: bool) -> tuple[str, list[Any]]:
    """The condition of one column: one of the values or none of them, NULL for None."""
    if isinstance(wanted, NoneOf):
        condition, given = _condition(name, wanted.values, whole=whole)
        return f"({condition}) IS NOT TRUE", given
    several = wanted if isinstance(wanted, tuple) else (wanted,)
    values = [column_value(value, whole=whole) for value in several]
    present = [value for value in values if value is not None]
    parts = []
    if present:
        parts.append(f'"{name}" IN ({", ".join("?" * len(present))})')
    if len(present) < len(values):
        parts.append(f'"{name}" IS NULL')
    return f"({' OR '.join(parts) or 'FALSE'})", present


def _with_id(key: str, document: str) -> Any:
    """The document as it is answered; the model that wrote it gave it its form."""
    return {**msgspec.json.decode(document), "id": key}
