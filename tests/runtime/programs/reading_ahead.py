"""Does reading ahead come to an end in a green process? Pages that take a while to read, and others meanwhile."""

from shared.edge.green.patched import patch

patch()

import json  # noqa: E402
import time  # noqa: E402
from functools import partial  # noqa: E402

from shared.service.folding import ahead  # noqa: E402
from tests.runtime.programs.ticks import turns_during  # noqa: E402


def read_page(number: int) -> int:
    """A page, after a while."""
    time.sleep(0.05)
    return number


if __name__ == "__main__":
    read: list[int] = []
    turns = turns_during(lambda: read.extend(ahead(partial(read_page, number) for number in range(3))))
    print(json.dumps({"read": read, "turns": turns}))
