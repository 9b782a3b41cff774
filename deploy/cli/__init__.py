"""What does the command `kosilab` do? One file per command; the host is prepared before any other import."""

import sys

from shared.edge.green.host import GreenHost

TYPE_CHECKING = False  # `typing` would be imported before the host is prepared
if TYPE_CHECKING:
    from shared.edge.host import Host


def main(host: "Host | None" = None) -> None:
    """The entry point of `kosilab`; nameko is the host of serving commands, unless another host is given."""
    arguments = sys.argv[1:]
    host = host or GreenHost()
    if arguments[:1] == ["serve"] or (arguments[:1] == ["up"] and "--samples" not in arguments):
        host.prepare()
    from deploy.cli.commands import kosilab

    kosilab(prog_name="kosilab", obj=host)
