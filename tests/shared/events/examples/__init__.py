"""One made-up example of every event, by stream: what the golden samples are first written from.

Every module here is read: a new noun's examples need no line in this file.
"""

import pkgutil
from importlib import import_module

MODULES = [import_module(module.name) for module in pkgutil.iter_modules(__path__, f"{__name__}.")]

EXAMPLES: dict[type, tuple[str, object]] = {
    type(event): (stream, event)
    for module in MODULES
    for stream, events in module.EXAMPLES.items()
    for event in events
}
"""The stream and the event, by the event's class."""
