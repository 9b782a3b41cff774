"""Write the three sample exports anew: `python -m tests.shared.ledger.write_samples`. All in them is made up.

`good`: a history as it is. `changed-byte`: one byte of it is another. `rewritten`: somebody with the log's key told one
event differently and signed everything anew. `seen.txt`: what an auditor had kept of the true one.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import shared.ledger
from tests.shared.ledger.small_city import SmallCity
from tests.shared.ledger.tampering import behind_the_back, events, sign_anew, write_anew

README = """Three exports of one synthetic city; nobody in them exists. Verify them with ../verify.py or ../verify.mjs:

    good           a history as it is
    changed-byte   one byte of the record at position 7 of marketplace is another one
    rewritten      somebody with the log's key told position 7 differently and signed everything anew
    seen.txt       a checkpoint that an auditor had kept of the true history (--seen)
"""
SAMPLES = Path(shared.ledger.__file__).parent / "samples"
CHANGED = 7
"""The position that is another in `changed-byte` and in `rewritten`."""


def lived(folder: Path) -> SmallCity:
    """The city of the samples: a person was registered, and one of their slots erased."""
    city = SmallCity(folder).lived(rounds=2)
    log = city["actors"]
    log.write(
        "person-1",
        [
            log.draft(
                name="PersonRegistered",
                data={"context": "volunteering"},
                slots=[("contact", b"made up 1"), ("name", b"made up 2")],
            )
        ],
    )
    position = log.store.log.head().position
    asked = {"basis": "asked_by_person", "retentions": ["profile"]}
    log.write("erasure-e4a5", [log.draft(name="ErasureRequested", data=asked)])
    erased = {"erasure_id": "e4a5", "slots": [{"name": "contact", "position": position}]}
    log.write("erased-e4a5", [log.draft(name="SlotsErased", data=erased)])
    with behind_the_back(log.path) as database:
        database.execute("DELETE FROM slot WHERE name = 'contact'")
    return city.lived(rounds=1)


def write(to: Path) -> None:
    """Write the samples into this folder."""
    with tempfile.TemporaryDirectory() as folder:
        city = lived(Path(folder))
        city.export(to / "good", with_slots=True)
        market = city["marketplace"]
        (to / "seen.txt").write_text(
            market.store.shelf.checkpoints(market.issuer.origin)[1][0], encoding="utf-8"
        )
        shutil.copytree(to / "good", to / "changed-byte")
        records = to / "changed-byte" / "marketplace" / "records-000001.ndjson"
        lines = records.read_bytes().split(b"\n")
        lines[CHANGED - 1] = lines[CHANGED - 1].replace(b'"places": ', b'"places":9', 1)
        records.write_bytes(b"\n".join(lines))
        with behind_the_back(market.path) as database:
            history = events(database)
            history[CHANGED - 1]["data"]["places"] = 99
            write_anew(database, history)
        sign_anew(market)
        city.export(to / "rewritten", with_slots=True)
        (to / "README.txt").write_text(README, encoding="utf-8")
        city.close()


if __name__ == "__main__":
    if SAMPLES.exists():
        shutil.rmtree(SAMPLES)
    write(SAMPLES)
    sys.stdout.write(f"{SAMPLES} written\n")
