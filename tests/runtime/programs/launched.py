"""What is loaded before the launcher patches, and what is patched afterwards?"""

import json
import sys
from contextlib import suppress

before = set(sys.modules)

import deploy.cli  # noqa: E402 - what it loads is what is looked at

loaded_before_patch = sorted(name for name in sys.modules if name not in before)

import shared.edge.green.patched  # noqa: E402 - as above

patch = shared.edge.green.patched.patch
loaded_at_patch: list[str] = []


def patch_and_stop() -> None:
    """In place of the launcher's patch: look, patch, and go no further."""
    loaded_at_patch.extend(sorted(name for name in sys.modules if name not in before))
    patch()
    raise SystemExit


shared.edge.green.patched.patch = patch_and_stop
sys.argv = ["kosilab", *sys.argv[1:]]
with suppress(SystemExit):
    deploy.cli.main()

green = "eventlet" in sys.modules
if green:
    from eventlet.patcher import is_monkey_patched

    parts = {part: bool(is_monkey_patched(part)) for part in ("os", "select", "socket", "thread", "time")}
else:
    parts = {}
print(json.dumps({"before": loaded_before_patch, "at_patch": loaded_at_patch, "parts": parts}))
