"""What does the command `kosilab` do? One file per command; those that serve patch before anything else is imported."""

import sys

SERVING = ("up", "serve")


def main() -> None:
    """The entry point of `kosilab`."""
    if sys.argv[1:2] and sys.argv[1] in SERVING:
        from shared.edge.patched import patch

        patch()
    from deploy.cli.commands import kosilab

    kosilab()
