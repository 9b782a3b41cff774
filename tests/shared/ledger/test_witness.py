"""Does a witness cosign what only grew, and nothing else?"""

from pathlib import Path

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from shared.edge.application import Application
from shared.edge.limits import Limits
from shared.edge.witness import PATH, witness_routes
from shared.ledger.checkpoint import Checkpoint, read_checkpoint
from shared.ledger.note import BadNote, Note, parse_signatures
from shared.ledger.remembered import Remembered
from shared.ledger.witness import SIZE_TYPE, Reply, Submission, Witness, parse_submission
from tests.shared.ledger.asked import AT, WITNESS, grown, submission
from tests.shared.ledger.small_city import LogAtWork, signer


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
    cosigned_size = read_checkpoint(log.newest())[0].size
    liar = LogAtWork("marketplace", tmp_path / "liar", seed=2)
    liar.append(20)
    liar.sign()
    reply = witness.add_checkpoint(submission(liar, cosigned_size), AT)
    liar.store.close()
    assert reply.status == 422
    assert witness.add_checkpoint(submission(log, cosigned_size), AT).status == 200


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


def test_the_witness_answers_over_http(log: LogAtWork, witness: Witness) -> None:
    client = Client(Application(witness_routes(witness, lambda: AT)), Response)
    good = client.post(PATH, data=submission(log))
    assert (good.status_code, good.mimetype) == (200, "text/plain")
    again = client.post(PATH, data=submission(log))
    assert (again.status_code, again.content_type) == (409, SIZE_TYPE)
    assert client.post(PATH, data=b"x" * 70_000).status_code == 413
    assert client.get(PATH).status_code == 405


def test_whoever_asks_too_often_waits(log: LogAtWork, witness: Witness) -> None:
    limits = Limits(0.1, lambda: 0.0)  # one request, and no more in this time
    client = Client(Application(witness_routes(witness, lambda: AT), limits), Response)
    assert [client.post(PATH, data=submission(log)).status_code for _ in range(2)] == [200, 429]


def test_a_request_is_read_as_it_was_written(log: LogAtWork) -> None:
    body = submission(log)
    assert str(parse_submission(body)).encode() == body
    with pytest.raises(BadNote):
        parse_submission(b"")
