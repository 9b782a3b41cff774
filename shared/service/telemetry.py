"""How does a service report what it does? As structured lines on standard error, without personal data."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

THIRD_PARTIES = logging.WARNING
"""The log level of libraries: their messages hold addresses, and at times passwords."""

QUIET = {"nameko.containers": logging.CRITICAL, "pika": logging.CRITICAL}
"""The container warns of every idle connection that it ends; pika repeats the error of a lost connection at length."""


class _StandardError:
    """Standard error at the time of writing, even if it was redirected meanwhile."""

    def write(self, text: str) -> int:
        return len(text) if _state["quiet"] else sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


_state = {"debugging": False, "quiet": False}
_stderr: Any = _StandardError()
_libraries = logging.StreamHandler(_stderr)


def configure(level: str = "INFO") -> None:
    """Log lines: JSON for machines, coloured for a terminal; those of libraries look alike.

    Raises: ValueError for an unknown level.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        msg = f"{level} is no log level; use DEBUG, INFO, WARNING or ERROR"
        raise ValueError(msg)
    _state["debugging"] = number <= logging.DEBUG
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*steps, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(_stderr),
        cache_logger_on_first_use=True,
    )
    _take_in_libraries(steps, renderer)


def is_debugging() -> bool:
    """Whether the operator wants to see everything, tracebacks included."""
    return _state["debugging"]


@contextmanager
def quiet() -> Iterator[None]:
    """No log lines until the block ends, for a command that says in sentences what it does; all of them in DEBUG."""
    before = _state["quiet"]
    _state["quiet"] = not is_debugging()
    try:
        yield
    finally:
        _state["quiet"] = before


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one part; bind what helps to find a line again, never personal data."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound


def _take_in_libraries(steps: list[Any], renderer: Any) -> None:
    """Messages of libraries through the standard library's logging."""
    _libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.addHandler(_libraries)  # once, however often it is added
    root.setLevel(THIRD_PARTIES)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
