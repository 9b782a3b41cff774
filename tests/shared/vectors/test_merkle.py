"""Are the published proofs judged as published: these hold, those are to be refused?"""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from shared.ledger.merkle import includes, is_consistent

ROOT = Path(__file__).parent.parent.parent.parent

pytestmark = pytest.mark.vectors


@pytest.fixture(scope="module")
def published() -> list[dict[str, Any]]:
    """The published proofs."""
    folder = Path(os.environ.get("KOSILAB_SHARED_DATA", ROOT.parent / "shared" / "data"))
    path = folder / "merkle-vectors.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there; KOSILAB_SHARED_DATA says where it is")
    vectors: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return vectors


def hashes(of: dict[str, Any], *names: str) -> list[bytes]:
    """These hashes of a vector."""
    return [base64.b64decode(of[name]) for name in names]


def proof(of: dict[str, Any]) -> list[bytes]:
    """The proof of a vector."""
    return [base64.b64decode(each) for each in of["proof"] or []]


def holds(vector: dict[str, Any]) -> bool:
    """What the ledger says of a vector."""
    if vector["name"].startswith("inclusion"):
        root, leaf = hashes(vector, "root", "leafHash")
        return includes(root, vector["treeSize"], vector["leafIdx"], leaf, proof(vector))
    old, new = hashes(vector, "root1", "root2")
    return is_consistent(vector["size1"], old, vector["size2"], new, proof(vector))


def test_there_are_as_many_as_published(published: list[dict[str, Any]]) -> None:
    assert len(published) == 196
    assert sum(vector["wantErr"] for vector in published) == 184


def test_every_published_proof_is_judged_as_published(published: list[dict[str, Any]]) -> None:
    wrong = [vector["name"] for vector in published if holds(vector) == vector["wantErr"]]
    assert wrong == []
