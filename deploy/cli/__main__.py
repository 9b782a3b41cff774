"""How does the command start without its script? `python -m deploy.cli`."""

from deploy.cli import main

main()
