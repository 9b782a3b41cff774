"""Does a log get its cosignatures, and does nothing that a witness answers do it any harm?"""

from threading import Thread

import pytest
from werkzeug.serving import make_server

from shared.edge.application import Application
from shared.edge.witness import witness_routes
from shared.ledger.asking import ask_over_http
from shared.ledger.checkpoint import read_checkpoint
from shared.ledger.cosigning import Cosigning, witnessed_up_to
from shared.ledger.note import Note, Signature
from shared.ledger.policy import Policy, parse_policy
from shared.ledger.policy import Witness as WitnessLine
from shared.ledger.remembered import Remembered
from shared.ledger.witness import SIZE_TYPE, Reply, Witness
from tests.servers.ports import free_port
from tests.shared.ledger.asked import AT, WITNESS, grown, submission
from tests.shared.ledger.small_city import WITNESSES, LogAtWork, policy_of


@pytest.fixture
def policy() -> Policy:
    """The sample's policy: one of two witnesses."""
    return parse_policy(policy_of())


def test_a_log_gets_its_cosignature_and_knows_up_to_where_it_is_witnessed(
    log: LogAtWork, witness: Witness, policy: Policy
) -> None:
    shelf = log.store.shelf
    assert witnessed_up_to(log.issuer.origin, shelf, policy) == 0
    assert log.cosign([witness], policy) == 1
    size = read_checkpoint(log.newest())[0].size
    assert witnessed_up_to(log.issuer.origin, shelf, policy) == size
    grown(log)
    assert witnessed_up_to(log.issuer.origin, shelf, policy) == size
    assert log.cosign([witness], policy) == 1
    assert witnessed_up_to(log.issuer.origin, shelf, policy) > size


def asking(log: LogAtWork, policy: Policy, *replies: Reply | Exception) -> Cosigning:
    """A log whose only witness answers like this."""
    line = next(iter(policy.witnesses.values()))
    policy.witnesses = {line.name: line}
    left = list(replies)

    def ask(_line: WitnessLine, _body: bytes) -> Reply:
        reply = left.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return Cosigning(log.issuer.origin, log.store.shelf, policy, ask)


def test_a_witness_that_knows_more_than_was_thought_is_asked_again(
    log: LogAtWork, witness: Witness, policy: Policy
) -> None:
    witness.add_checkpoint(submission(log), AT)
    grown(log)
    assert log.cosign([witness], policy) == 1


def test_a_witness_that_is_away_costs_nothing_but_the_mark(log: LogAtWork, policy: Policy) -> None:
    cosigning = asking(log, policy, OSError("away"))
    assert cosigning.step() == 0
    assert cosigning.troubles == {"05913000": "05913000 gave no cosignature (OSError)."}


def test_a_witness_that_has_seen_more_than_the_log_has_is_an_alarm_as_long_as_it_says_so(
    log: LogAtWork, witness: Witness, policy: Policy
) -> None:
    larger = Reply(409, "999\n", SIZE_TYPE)
    good = witness.add_checkpoint(submission(log), AT)
    cosigning = asking(log, policy, larger, larger, OSError("away"), larger, good)
    for trouble in (
        "has seen 999 records",
        "has seen 999 records",
        "gave no cosignature",
        "has seen 999 records",
    ):
        assert cosigning.step() == 0
        assert trouble in cosigning.troubles["05913000"]
        assert cosigning.contradicted == {"05913000"}
    assert cosigning.step() == 1
    assert (cosigning.troubles, cosigning.contradicted) == ({}, set())


def test_a_look_asks_all_and_keeps_nothing(log: LogAtWork, witness: Witness, policy: Policy) -> None:
    log.cosign([witness], policy)
    before = log.newest()
    size = read_checkpoint(before)[0].size
    cosigning = asking(log, policy, witness.add_checkpoint(submission(log, size), AT))
    cosigning.look()
    assert (log.newest(), cosigning.troubles) == (before, {})


@pytest.mark.parametrize(
    ("reply", "sizes"),
    [
        (Reply(409, "7\n", SIZE_TYPE), {"05913000": 7}),
        (Reply(409, "many\n", SIZE_TYPE), {}),
        (Reply(409, "7\n"), {}),
        (Reply(404, "unknown"), {}),
        (OSError("away"), {}),
    ],
)
def test_it_is_asked_how_much_a_witness_has_seen(
    log: LogAtWork, policy: Policy, reply: Reply | Exception, sizes: dict[str, int]
) -> None:
    assert asking(log, policy, reply).sizes_seen() == sizes


def test_a_witness_that_cosigns_has_seen_all(log: LogAtWork, witness: Witness, policy: Policy) -> None:
    size = read_checkpoint(log.newest())[0].size
    assert asking(log, policy, witness.add_checkpoint(submission(log), AT)).sizes_seen() == {"05913000": size}


def test_another_request_between_is_no_alarm(log: LogAtWork, policy: Policy) -> None:
    cosigning = asking(log, policy, Reply(409, "1\n", SIZE_TYPE), Reply(409, "2\n", SIZE_TYPE))
    assert cosigning.step() == 0
    assert (set(cosigning.troubles), cosigning.contradicted) == ({"05913000"}, set())


def test_what_another_worker_added_meanwhile_stays(log: LogAtWork, witness: Witness, policy: Policy) -> None:
    first, two = policy.witnesses.values()
    other = Witness(
        WITNESSES[two.name], {log.issuer.origin: [log.signer.key]}, Remembered(log.folder / "o.db")
    )
    asked: list[str] = []

    def ask(line: WitnessLine, body: bytes) -> Reply:
        asked.append(line.name)
        if line == two:
            raise OSError
        log.cosign([other], Policy(witnesses={two.name: two}))  # as another worker does, just now
        return witness.add_checkpoint(body, AT)

    Cosigning(log.issuer.origin, log.store.shelf, policy, ask).step()
    assert asked == [first.name, two.name]
    assert set(read_checkpoint(log.newest())[1].signers(policy.witness_keys)) == {first.key, two.key}


def test_a_cosignature_that_was_altered_where_it_is_kept_counts_for_nothing(
    log: LogAtWork, witness: Witness, policy: Policy
) -> None:
    log.cosign([witness], policy)
    checkpoint, note = read_checkpoint(log.newest())
    *others, last = note.signatures
    altered = Signature(last.name, last.key_id, last.signed[:-1] + bytes([last.signed[-1] ^ 1]))
    kept = str(Note(note.text, (*others, altered)))
    log.store.shelf.put_checkpoint(log.issuer.origin, checkpoint.size, kept, log.now)
    assert witnessed_up_to(log.issuer.origin, log.store.shelf, policy) == 0


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, ""),
        Reply(200, "nonsense"),
        Reply(200, "— 05913000.kosilab/witness AAAAAAAA\n"),
        Reply(200, str(Signature(WITNESS.name, WITNESS.key.id, bytes(72)))),
        Reply(409, "many\n", SIZE_TYPE),
        Reply(409, "-5\n", SIZE_TYPE),
        Reply(409, "9" * 5_000, SIZE_TYPE),
        Reply(302, "elsewhere"),
        Reply(500, "broken"),
        Reply(422, "no"),
    ],
)
def test_whatever_a_witness_answers_nothing_false_is_kept(
    log: LogAtWork, policy: Policy, reply: Reply
) -> None:
    before = log.newest()
    cosigning = asking(log, policy, reply, reply)
    assert cosigning.step() == 0
    assert log.newest() == before
    assert set(cosigning.troubles) == {"05913000"}


def test_trouble_is_over_when_the_witness_cosigns(log: LogAtWork, witness: Witness, policy: Policy) -> None:
    good = witness.add_checkpoint(submission(log), AT)
    cosigning = asking(log, policy, OSError("away"), good)
    assert (cosigning.step(), cosigning.step(), cosigning.step()) == (0, 1, 0)
    assert cosigning.troubles == {}


def test_a_log_asks_over_http(log: LogAtWork, witness: Witness) -> None:
    application = Application(witness_routes(witness, lambda: AT))
    server = make_server("127.0.0.1", free_port(), application)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/witness"
        line = WitnessLine("05913000", WITNESS.key, url)
        assert ask_over_http(line, submission(log)).status == 200
        assert ask_over_http(line, submission(log)) == Reply(
            409, f"{read_checkpoint(log.newest())[0].size}\n", SIZE_TYPE
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    with pytest.raises(OSError, match="refused"):
        ask_over_http(line, submission(log))
