"""Which sentence does a person read when a command fails? A sentence that says what to do, and no traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from deploy.failed import Failed, UsedWrongly

SENTENCES = {
    "LogUnavailable": "The database does not answer ({why}): start it or correct its URL; see `kosilab doctor`.",
    "BusUnavailable": "The broker does not answer ({why}): start it, or correct KOSILAB_AMQP_URL.",
    "FeedUnavailable": "Another service does not answer ({why}): start it, or correct KOSILAB_<SERVICE>_URL.",
    "DatabaseError": "A database file is damaged ({why}): restore it from a backup; `kosilab doctor` checks all.",
    "BadNote": "A key or a checkpoint is malformed: {why}.",
    "GuardsMissing": "{why}: somebody altered the database; restore it before you write to it.",
}
SAY_THEMSELVES = {"NotMigrated", "PortTaken", "LogNotEmpty", "AlreadyRunning", "FileRefused", "TooBusy"}
"""Errors whose text is the sentence. They are listed by name, because importing them would slow down `--help`."""


@contextmanager
def in_sentences() -> Iterator[None]:
    """Turn an error into a sentence.

    Raises: Failed, UsedWrongly; click's own; with KOSILAB_LOG_LEVEL=DEBUG the error itself.
    """
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except KeyboardInterrupt:
        raise click.exceptions.Exit(130) from None
    except BrokenPipeError:
        # The reader closed the pipe (`| head`); Python would complain again when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None
    except Exception as error:
        if is_debugging():
            raise
        raise _failure(error) from error


def is_debugging() -> bool:
    """Whether the operator wants to see everything, tracebacks included."""
    telemetry = sys.modules.get("shared.service.telemetry")
    return telemetry is not None and bool(telemetry.is_debugging())


def _failure(error: Exception) -> click.ClickException:
    name = type(error).__name__
    if name == "BadSetting":
        return UsedWrongly(str(error))
    if name in SAY_THEMSELVES:
        return Failed(str(error))
    unforeseen = f"This is a defect ({name}): KOSILAB_LOG_LEVEL=DEBUG shows where."
    return Failed(SENTENCES.get(name, unforeseen).format(why=_first_line(error)))


def _first_line(error: Exception) -> str:
    """The driver's message, without its own name and its hints."""
    lines = str(error).strip().splitlines()
    message = lines[0].rstrip(".:") if lines else type(error).__name__
    return message.partition(") ")[2] if message.startswith("(") else message
