"""Which host do the city's processes run in? nameko's container in green threads, loaded only when it is used."""

TYPE_CHECKING = False  # nothing is imported before `prepare`: it might hold on to what is not green
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.edge.host import Loop
    from shared.edge.serving.doors import Door


class GreenHost:
    """nameko as a host; implements `shared.edge.host.Host`."""

    def prepare(self) -> None:
        """Make the standard library cooperative."""
        from shared.edge.green.patched import patch  # noqa: PLC0415 - eventlet is loaded only where it serves

        patch()

    def serve(self, doors: "Sequence[Door]", loops: "Sequence[Loop]", *, ready: "Callable[[], None]") -> None:
        """Answer and run the loops until SIGTERM or SIGINT, as the protocol says."""
        from shared.edge.green.container import serve  # noqa: PLC0415 - nameko is loaded after the patch

        serve(doors, loops, ready=ready)
