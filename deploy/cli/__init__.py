"""What does the command `kosilab` do? One file per command; this one patches before anything else is imported."""


def main() -> None:
    """The entry point of `kosilab`."""
    from shared.edge.patched import patch

    patch()
    from deploy.cli.commands import kosilab

    kosilab()
