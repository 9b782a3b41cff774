"""How are records published to RabbitMQ? In order, pipelined, mandatory, persistent, each with its confirm."""

import itertools
from collections.abc import Sequence
from typing import Any

from shared.bus.connection import WAIT_S, answered, close, connect, declare_exchanges
from shared.bus.frames import Frames
from shared.bus.port import BusUnavailable, Message

AT_ONCE = 50
"""How many messages are sent at once: so many that sending costs little, so few that the broker need not wait."""


class AmqpPublisher:
    """One connection in confirm mode; not shared between threads."""

    def __init__(self, url: str, wait_s: float = WAIT_S) -> None:
        """Connect and make sure of the exchanges.

        Raises: BusUnavailable.
        """
        self._wait_s = wait_s
        self._pending: dict[int, int] = {}
        self._tags = itertools.count(1)
        self._refused: set[int] = set()
        self.n_returned = 0
        with answered():
            self._connection = connect(url, wait_s)
            try:
                declare_exchanges(self._connection)
                self._channel = self._connection.channel()
                self._channel.events["basic_ack"].add(self._on_ack)
                self._channel.events["basic_nack"].add(self._on_nack)
                self._channel.events["basic_return"].add(self._on_return)
                self._channel.confirm_select()
                self._frames = Frames(self._channel.channel_id, self._connection.frame_max)
                self._transport = self._connection.transport
                self._transport.sock.settimeout(wait_s)
            except BaseException:
                close(self._connection)
                raise

    def publish(self, messages: Sequence[Message]) -> int:
        """Publish in order, then wait for the confirms; returns how many, from the first on, are confirmed.

        Raises: BusUnavailable when no confirm arrived.
        """
        self._pending = {tag: number for number, tag in zip(range(len(messages)), self._tags, strict=False)}
        self._refused.clear()
        try:
            with answered():
                for at in range(0, len(messages), AT_ONCE):
                    part = b"".join([self._frames.of(message) for message in messages[at : at + AT_ONCE]])
                    self._transport.write(part)
                while self._pending:
                    self._connection.drain_events(timeout=self._wait_s)
        except BusUnavailable:
            # A connection that timed out may still carry old confirms: the next window begins on a new one.
            close(self._connection)
            if self._confirmed(len(messages)) == 0:
                raise
        return self._confirmed(len(messages))

    def close(self) -> None:
        """Give the connection back."""
        close(self._connection)

    def _confirmed(self, n_messages: int) -> int:
        return min([*self._pending.values(), *self._refused, n_messages])

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - the protocol's callback
        for settled_tag in self._settled(tag, multiple=multiple):
            del self._pending[settled_tag]

    def _on_nack(self, tag: int, multiple: bool = False) -> None:  # noqa: FBT001, FBT002 - the protocol's callback
        for settled_tag in self._settled(tag, multiple=multiple):
            self._refused.add(self._pending.pop(settled_tag))

    def _settled(self, tag: int, *, multiple: bool) -> list[int]:
        if multiple:
            return [pending for pending in self._pending if pending <= tag]
        return [tag] if tag in self._pending else []

    def _on_return(self, *_: Any) -> None:
        self.n_returned += 1
