"""What does the command `kosilab` do? One file per command; what serves prepares its host before any other import."""

import sys

from shared.edge.green.host import GreenHost

TYPE_CHECKING = False  # `typing` would be imported before the host is prepared
if TYPE_CHECKING:
    from shared.edge.host import Host


def main(host: "Host | None" = None) -> None:
    """The entry point of `kosilab`; without another host, nameko hosts what serves."""
    arguments = sys.argv[1:]
    host = host or GreenHost()
    if arguments[:1] == ["serve"] or (arguments[:1] == ["up"] and "--samples" not in arguments):
        host.prepare()
    from deploy.cli.commands import kosilab

    kosilab(prog_name="kosilab", obj=host)
