"""What does the command `kosilab` do? One file per command; those that serve patch before anything else is imported."""

import sys


def main() -> None:
    """The entry point of `kosilab`."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["serve"] or (arguments[:1] == ["up"] and "--samples" not in arguments):
        from shared.edge.patched import patch

        patch()
    from deploy.cli.commands import kosilab

    kosilab(prog_name="kosilab")
