"""What does the code of an occupation say about the job? Source: KldB 2010, handbook 5.4."""

KLDB_DIGITS = 5  # KldB 2010: five digits, the fifth is the requirement level
SIMPLE_TASK_LEVEL = 1  # helper and semi-skilled work
HIGHEST_LEVEL = 4


def requirement_level(kldb: str | None) -> int | None:
    """The requirement level 1 to 4 of the job, or None where the code does not tell it.

    It describes the job, whatever the person is qualified for.
    """
    if kldb is None or len(kldb) != KLDB_DIGITS or not (kldb.isascii() and kldb.isdigit()):
        return None
    level = int(kldb[-1])
    return level if SIMPLE_TASK_LEVEL <= level <= HIGHEST_LEVEL else None


def is_simple_task(kldb: str | None) -> bool | None:
    """Whether the job is a simple task: derived, never typed in; None where the code does not tell it.

    Rule: E08
    """
    level = requirement_level(kldb)
    return None if level is None else level == SIMPLE_TASK_LEVEL
