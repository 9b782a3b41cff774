"""Which sentence does a person read when a command fails? One that says what to do; no traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from deploy.failed import Failed, UsedWrongly

SENTENCES = {
    "LogUnavailable": "The database does not answer ({why}): start it or mend its URL; see `kosilab doctor`.",
    "BusUnavailable": "The broker does not answer ({why}): start it, or mend KOSILAB_AMQP_URL.",
    "FeedUnavailable": "Another service does not answer ({why}): start it, or mend KOSILAB_<SERVICE>_URL.",
    "DatabaseError": "A database file is damaged ({why}): put it back from a copy; `kosilab doctor` looks at all.",
    "BadNote": "A key or a checkpoint is not what it should be: {why}.",
    "GuardsMissing": "{why}: somebody altered the database; restore it before anything is written.",
}
SAY_THEMSELVES = {"NotMigrated", "PortTaken", "LogNotEmpty", "AlreadyRunning", "FileRefused", "TooBusy"}
"""Errors whose text is the sentence. All by name: importing them takes longer than `--help` may."""


@contextmanager
def said() -> Iterator[None]:
    """Turn what went wrong into a sentence.

    Raises: Failed, UsedWrongly; click's own; with KOSILAB_LOG_LEVEL=DEBUG whatever was raised.
    """
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except KeyboardInterrupt:
        raise click.exceptions.Exit(130) from None
    except BrokenPipeError:
        # Who reads us has seen enough (`| head`); Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None
    except Exception as error:
        if is_debugging():
            raise
        raise _failure(error) from error


def is_debugging() -> bool:
    """Whether somebody wants to see everything, tracebacks included."""
    telemetry = sys.modules.get("shared.service.telemetry")
    return telemetry is not None and bool(telemetry.is_debugging())


def _failure(error: Exception) -> click.ClickException:
    name = type(error).__name__
    if name == "BadSetting":
        return UsedWrongly(str(error))
    if name in SAY_THEMSELVES:
        return Failed(str(error))
    unforeseen = f"Something is broken here ({name}): KOSILAB_LOG_LEVEL=DEBUG shows where."
    return Failed(SENTENCES.get(name, unforeseen).format(why=_first_line(error)))


def _first_line(error: Exception) -> str:
    """The driver's message, without its own name and its hints."""
    lines = str(error).strip().splitlines()
    message = lines[0].rstrip(".:") if lines else type(error).__name__
    return message.partition(") ")[2] if message.startswith("(") else message
