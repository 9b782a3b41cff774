"""How does a process become green? Patch before anything else is imported, and let psycopg wait without blocking."""

import os
import warnings


def patch() -> None:
    """Make the standard library cooperative; call this before any other import.

    psycopg reads PSYCOPG_WAIT_FUNC when it is imported; without it every query stops the whole process. Where nobody
    has set it, psycopg gets a way to wait that is made for eventlet.
    """
    is_ours = "PSYCOPG_WAIT_FUNC" not in os.environ
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
    warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated.*")
    import eventlet  # noqa: PLC0415 - loaded only by green processes

    eventlet.monkey_patch()
    if is_ours:
        from shared.edge.green.waiting import install  # noqa: PLC0415 - psycopg is loaded after the patch

        install()
