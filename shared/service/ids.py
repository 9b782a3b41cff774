"""Where do ids come from? Only this file makes them: at random, or derived so that a repeat is recognised."""

import uuid

_NAMESPACE = uuid.UUID("6f0d0b0a-3f0e-5c57-9a64-0f7b1f6b1c11")


def new_id() -> str:
    """A random id (122 random bits)."""
    return str(uuid.uuid4())


def derived(*parts: str) -> str:
    """The id that always follows from these parts; the boundaries of the parts count."""
    return str(uuid.uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))


def command_id(service: str, caller: str, idempotency_key: str) -> str:
    """The id of a command from outside; two callers with the same key never meet (architecture 4)."""
    return derived("command", service, caller, idempotency_key)


def reaction_command_id(event_id: str, reaction: str, stream: str) -> str:
    """The id of a reaction's command: an event handled twice gives the same id, and changes nothing."""
    return derived("reaction", event_id, reaction, stream)


def deadline_command_id(stream: str, kind: str, due_at: str) -> str:
    """The id of a ticker's command: one per deadline, however many tickers run."""
    return derived("deadline", stream, kind, due_at)


def event_id(command: str, number: int) -> str:
    """The id of the n-th event of a command: the same when the append is tried again."""
    return derived("event", command, str(number))
