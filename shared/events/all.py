"""Every published event, registered by importing this module: each owner's nouns, and the events of every service.

A new file `<owner>/<noun>.py` is imported without being listed.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import shared.events
import shared.events.process


def nouns() -> Iterator[str]:
    """The modules with the owners' events, one per noun."""
    for owner in pkgutil.iter_modules(shared.events.__path__, "shared.events."):
        if owner.ispkg:
            paths = import_module(owner.name).__path__
            yield from (noun.name for noun in pkgutil.iter_modules(paths, f"{owner.name}."))


for name in nouns():
    import_module(name)
