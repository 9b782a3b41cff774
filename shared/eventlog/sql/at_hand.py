"""Which connections wait for the next transaction? In and out of the pool took as long as three queries."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InvalidatePoolError

from shared.eventlog.sql.engines import refuse_cut

AT_HAND = 3
"""How many connections are kept out of the pool, for transactions and as many for the rows of queries."""


class AtHand:
    """The connections of one engine of PostgreSQL's that are kept for transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._free: list[Connection] = []

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for one transaction; after an error it goes back to the pool."""
        connection = self._taken() or self._engine.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if len(self._free) < AT_HAND:
            self._free.append(connection)
        else:
            connection.close()

    def let_go(self) -> None:
        """Give the connections up."""
        while self._free:
            _end(self._free.pop())

    def dispose(self) -> None:
        """Give up the connections that lie in the pool, too."""
        self.let_go()
        self._engine.dispose()

    def _taken(self) -> Connection | None:
        """A connection that the server has not ended."""
        while self._free:
            connection = self._free.pop()
            try:
                refuse_cut(connection.connection.driver_connection)
            except InvalidatePoolError:
                _end(connection)
            else:
                return connection
        return None


def _end(connection: Connection) -> None:
    connection.invalidate()
    connection.close()
