"""Which host do the city's processes run in? nameko's container in green threads, loaded only when it is used."""

TYPE_CHECKING = False  # nothing is imported before `prepare`: it might hold on to what is not green
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from typing import Any

    from shared.edge.host import Loop


class GreenHost:
    """nameko as a host; implements `shared.edge.host.Host`."""

    def prepare(self) -> None:
        """Make the standard library cooperative."""
        from shared.edge.green.patched import patch  # noqa: PLC0415 - eventlet is loaded only where it serves

        patch()

    def serve(
        self,
        application: "Any",
        loops: "Sequence[Loop]",
        *,
        ready: "Callable[[], None]",
        listener: "socket.socket | None" = None,
    ) -> None:
        """Host the application and the loops until SIGTERM or SIGINT, as the protocol says."""
        from shared.edge.green.container import serve  # noqa: PLC0415 - nameko is loaded after the patch

        serve(application, loops, ready=ready, listener=listener)
