"""Does a witness cosign what only grew, and nothing else? And does a log get its cosignatures?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from shared.edge.application import Application
from shared.edge.witness import PATH, witness_routes
from shared.ledger.checkpoint import Checkpoint, read_checkpoint
from shared.ledger.cosigning import Cosigning, ask_over_http, witnessed_up_to
from shared.ledger.merkle import consistency_proof
from shared.ledger.note import BadNote, Note, Signature, parse_signatures
from shared.ledger.policy import Policy, parse_policy
from shared.ledger.policy import Witness as WitnessLine
from shared.ledger.remembered import Remembered
from shared.ledger.tiles import Tiles
from shared.ledger.witness import SIZE_TYPE, Reply, Submission, Witness, parse_submission
from tests.servers.ports import free_port
from tests.shared.ledger.small_city import WITNESSES, LogAtWork, policy_of, signer

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WITNESS = WITNESSES["05913000"]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogAtWork]:
    """A log with a few records, signed for."""
    at_work = LogAtWork("marketplace", tmp_path)
    at_work.append(5)
    at_work.sign()
    yield at_work
    at_work.store.close()


@pytest.fixture
def policy() -> Policy:
    """The sample's policy: one of two witnesses."""
    return parse_policy(policy_of())


@pytest.fixture
def witness(log: LogAtWork, tmp_path: Path) -> Witness:
    """A witness that knows the log."""
    return Witness(WITNESS, {log.issuer.origin: [log.signer.key]}, Remembered(tmp_path / "witness.db"))


def submission(log: LogAtWork, old: int = 0, note: Note | None = None) -> bytes:
    """What the log sends for its newest checkpoint."""
    checkpoint, newest = read_checkpoint(log.newest())
    proof = consistency_proof(old, checkpoint.size, Tiles(log.store.shelf).nodes()) if old else []
    return str(Submission(old, proof, note or newest, checkpoint)).encode()


def grown(log: LogAtWork) -> int:
    """Let the log grow and sign; the size before."""
    before, _ = read_checkpoint(log.newest())
    log.append(4)
    log.sign()
    return before.size


def test_the_first_checkpoint_is_cosigned_and_the_cosignature_holds(log: LogAtWork, witness: Witness) -> None:
    reply = witness.add_checkpoint(submission(log), AT)
    assert reply.status == 200
    (cosignature,) = parse_signatures(reply.body)
    _, note = read_checkpoint(log.newest())
    assert note.with_signatures([cosignature]).signers([WITNESS.key]) == [WITNESS.key]
    assert cosignature.time == int(AT.timestamp())


def test_growth_is_cosigned_with_a_proof(log: LogAtWork, witness: Witness) -> None:
    witness.add_checkpoint(submission(log), AT)
    old = grown(log)
    assert witness.add_checkpoint(submission(log, old), AT).status == 200


def test_the_same_checkpoint_is_cosigned_again(log: LogAtWork, witness: Witness) -> None:
    witness.add_checkpoint(submission(log), AT)
    size = read_checkpoint(log.newest())[0].size
    assert witness.add_checkpoint(submission(log, size), AT).status == 200


def test_another_old_size_conflicts_and_the_known_one_is_said(log: LogAtWork, witness: Witness) -> None:
    witness.add_checkpoint(submission(log), AT)
    old = grown(log)
    assert witness.add_checkpoint(submission(log), AT) == Reply(409, f"{old}\n", SIZE_TYPE)


def test_the_same_size_with_another_root_conflicts(log: LogAtWork, witness: Witness) -> None:
    witness.add_checkpoint(submission(log), AT)
    size = read_checkpoint(log.newest())[0].size
    other = Checkpoint(log.issuer.origin, size, bytes(32))
    note = Note(str(other), (log.signer.sign(str(other)),))
    assert witness.add_checkpoint(str(Submission(size, [], note, other)).encode(), AT).status == 409


def test_a_rewritten_history_gets_no_cosignature_whoever_signed_it(
    log: LogAtWork, witness: Witness, tmp_path: Path
) -> None:
    witness.add_checkpoint(submission(log), AT)
    known = read_checkpoint(log.newest())[0].size
    liar = LogAtWork("marketplace", tmp_path / "liar", seed=2)
    liar.append(20)
    liar.sign()
    reply = witness.add_checkpoint(submission(liar, known), AT)
    liar.store.close()
    assert reply.status == 422
    assert witness.add_checkpoint(submission(log, known), AT).status == 200


def test_an_unknown_log_is_not_found(log: LogAtWork, tmp_path: Path) -> None:
    stranger = Witness(WITNESS, {}, Remembered(tmp_path / "other.db"))
    assert stranger.add_checkpoint(submission(log), AT).status == 404


def test_a_foreign_key_is_forbidden(log: LogAtWork, witness: Witness) -> None:
    checkpoint, note = read_checkpoint(log.newest())
    foreign = Note(note.text, (signer(checkpoint.origin, number=2).sign(note.text),))
    forged = Note(note.text.replace("1\n", "2\n", 1), note.signatures)
    assert witness.add_checkpoint(submission(log, note=foreign), AT).status == 403
    assert witness.add_checkpoint(submission(log, note=forged), AT).status in {403, 404}


@pytest.mark.parametrize(
    "change",
    [
        (b"old 0", b"new 0"),
        (b"old 0", b"old 00"),
        (b"old 0", b"old -1"),
        (b"old 0\n", b"old 0\nno sense\n"),
        (b"old 0\n", b"old 0\n" + b"AAAA\n" * 64),
        (b"\n\n", b"\n"),
        ("— ".encode(), b"-- "),
    ],
)
def test_what_is_no_request_is_bad(log: LogAtWork, witness: Witness, change: tuple[bytes, bytes]) -> None:
    assert witness.add_checkpoint(submission(log).replace(*change), AT).status == 400


def test_an_old_size_beyond_the_new_one_is_bad(log: LogAtWork, witness: Witness) -> None:
    body = submission(log).replace(b"old 0", b"old 999")
    assert witness.add_checkpoint(body, AT).status == 400


def test_a_proof_for_the_first_checkpoint_does_not_hold(log: LogAtWork, witness: Witness) -> None:
    body = submission(log).replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n")
    assert witness.add_checkpoint(body, AT).status == 422


def test_the_slower_of_two_requests_does_not_take_the_witness_back(log: LogAtWork, tmp_path: Path) -> None:
    first = submission(log)
    old = grown(log)
    second = submission(log)

    class Raced(Remembered):
        """Somebody else's request is through between this one's look and its writing."""

        def move(self, note: str, *, expected: str | None) -> None:
            if expected is None:
                Remembered.move(self, str(parse_submission(second).note), expected=None)
            super().move(note, expected=expected)

    remembered = Raced(tmp_path / "raced.db")
    slow = Witness(WITNESS, {log.issuer.origin: [log.signer.key]}, remembered)
    reply = slow.add_checkpoint(first, AT)
    assert reply.status == 409
    assert int(reply.body) > old
    assert remembered.last(log.issuer.origin) == str(parse_submission(second).note)


def test_what_was_cosigned_outlives_the_process(log: LogAtWork, witness: Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(submission(log), AT)
    old = grown(log)
    again = Witness(WITNESS, {log.issuer.origin: [log.signer.key]}, Remembered(tmp_path / "witness.db"))
    assert again.add_checkpoint(submission(log), AT).body == f"{old}\n"


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


def test_a_witness_that_has_seen_more_than_the_log_has_is_trouble(log: LogAtWork, policy: Policy) -> None:
    cosigning = asking(log, policy, Reply(409, "999\n", SIZE_TYPE))
    assert cosigning.step() == 0
    assert "has seen 999 records" in cosigning.troubles["05913000"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, ""),
        Reply(200, "nonsense"),
        Reply(200, "— 05913000.kosilab/witness AAAAAAAA\n"),
        Reply(200, str(Signature(WITNESS.name, WITNESS.key.id, bytes(72)))),
        Reply(409, "many\n", SIZE_TYPE),
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


def test_the_witness_answers_over_http(log: LogAtWork, witness: Witness) -> None:
    client = Client(Application(witness_routes(witness, lambda: AT)), Response)
    good = client.post(PATH, data=submission(log))
    assert (good.status_code, good.mimetype) == (200, "text/plain")
    again = client.post(PATH, data=submission(log))
    assert (again.status_code, again.content_type) == (409, SIZE_TYPE)
    assert client.post(PATH, data=b"x" * 70_000).status_code == 413
    assert client.get(PATH).status_code == 405


def test_a_log_asks_over_http(log: LogAtWork, witness: Witness) -> None:
    from threading import Thread

    from werkzeug.serving import make_server

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


def test_a_request_is_read_as_it_was_written(log: LogAtWork) -> None:
    body = submission(log)
    assert str(parse_submission(body)).encode() == body
    with pytest.raises(BadNote):
        parse_submission(b"")
