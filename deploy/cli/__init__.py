"""What does the command `kosilab` do? One file per command; the host is prepared before any other import."""

import os
import sys

from shared.edge.green.host import GreenHost

TYPE_CHECKING = False  # `typing` would be imported before the host is prepared
if TYPE_CHECKING:
    from shared.edge.host import Host


OWNER_ALONE = 0o077
"""The rights that no file has which a command writes: databases, backups, exports and keys are their owner's alone."""


def main(host: "Host | None" = None) -> None:
    """The entry point of `kosilab`; nameko is the host of serving commands, unless another host is given."""
    os.umask(OWNER_ALONE)
    arguments = sys.argv[1:]
    host = host or GreenHost()
    if arguments[:1] == ["serve"] or (arguments[:1] == ["up"] and "--samples" not in arguments):
        host.prepare()
    from deploy.cli.commands import kosilab

    kosilab(prog_name="kosilab", obj=host)
