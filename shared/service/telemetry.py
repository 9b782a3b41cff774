"""How does a service say what it does? Structured lines on standard error, without anything personal."""

import logging
import sys

import structlog


def configure(level: str = "INFO") -> None:
    """Log lines: JSON for machines, coloured for a terminal.

    Raises: ValueError for an unknown level.
    """
    if level.upper() not in logging.getLevelNamesMapping():
        msg = f"{level} is no log level; use DEBUG, INFO, WARNING or ERROR"
        raise ValueError(msg)
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one part; bind what helps to find a line again, never personal data."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound
