"""How does a service say what it does? Structured lines on standard error, without anything personal."""

import logging
import sys
from typing import Any

import structlog

THIRD_PARTIES = logging.WARNING
"""What libraries may say: their chatter holds addresses, and at times passwords."""

QUIET = {"nameko.containers": logging.CRITICAL, "pika": logging.CRITICAL}
"""The container warns of every idle connection that it ends; pika tells of a lost one at length, as its error does."""


class _StandardError:
    """Standard error as it is when something is written, wherever it was led to meanwhile."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


_state = {"debugging": False}
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
    """Whether somebody wants to see everything, tracebacks included."""
    return _state["debugging"]


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one part; bind what helps to find a line again, never personal data."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound


def _take_in_libraries(steps: list[Any], renderer: Any) -> None:
    """What libraries say through the standard library's logging."""
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
