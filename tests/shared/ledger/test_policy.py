"""Whom does a policy believe?"""

import pytest

from shared.ledger.note import COSIGNATURE, BadNote
from shared.ledger.policy import NONE, Policy, parse_policy
from tests.shared.ledger.small_city import WITNESSES, policy_of, signer

LOG = signer("05124000.kosilab/actors/1").key
ONE, TWO = (witness.key for witness in WITNESSES.values())
TWO_OF_TWO = f"""
# a comment
log {LOG} https://example.org/
witness one {ONE} https://one.example/
 witness\ttwo {TWO}
group both all one two
quorum both
"""


def test_a_group_of_all_needs_all() -> None:
    policy = parse_policy(TWO_OF_TWO)
    assert policy.logs == [LOG]
    assert policy.is_met_by([ONE, TWO])
    assert not policy.is_met_by([ONE])
    assert policy.witnesses["one"].url == "https://one.example/"


@pytest.mark.parametrize("change", [("group both all", "group both any"), ("quorum both", "quorum one")])
def test_another_quorum_needs_less(change: tuple[str, str]) -> None:
    policy = parse_policy(TWO_OF_TWO.replace(*change))
    assert policy.is_met_by([ONE])
    assert not policy.is_met_by([])


def test_groups_may_hold_groups() -> None:
    nested = f"witness one {ONE}\nwitness two {TWO}\ngroup g 1 one\ngroup h 2 g two\nquorum h\n"
    policy = parse_policy(nested)
    assert policy.is_met_by([ONE, TWO])
    assert not policy.is_met_by([TWO])


@pytest.mark.parametrize(
    ("quorum", "fewest"),
    [
        ("quorum one", 1),
        ("group g all one two\nquorum g", 2),
        ("group g any one two\nquorum g", 1),
        ("group g all one two\ngroup h any g three\nquorum h", 1),
        ("group g all one two\ngroup h all g three\nquorum h", 3),
        ("quorum none", 0),
    ],
)
def test_it_is_known_how_many_witnesses_it_takes_at_the_least(quorum: str, fewest: int) -> None:
    three = signer("three", COSIGNATURE).key
    lines = f"witness one {ONE}\nwitness two {TWO}\nwitness three {three}\n"
    assert parse_policy(f"{lines}{quorum}\n").fewest == fewest


def test_no_witness_is_asked_for_where_the_quorum_is_none() -> None:
    assert parse_policy(f"log {LOG}\nquorum {NONE}\n").is_met_by([])


def test_a_policy_that_is_written_is_read_again() -> None:
    policy = parse_policy(policy_of(needed=2))
    assert policy.witness_keys == [ONE, TWO]
    assert policy.is_met_by([ONE, TWO])
    assert not policy.is_met_by([TWO])
    assert parse_policy(policy_of(needed=0)).quorum == NONE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no quorum"),
        (f"log {LOG}\n", "no quorum"),
        ("quorum nobody\n", "line 1"),
        ("quorum none\nquorum none\n", "line 2.*one quorum"),
        ("watch me\n", "none of log, witness, group, quorum"),
        (f"log {ONE}\nquorum none\n", "wrong kind"),
        (f"log {LOG}\nlog {LOG}\nquorum none\n", "stands here twice"),
        (f"witness one {ONE}\nwitness one {TWO}\nquorum one\n", "has a meaning already"),
        (f"witness none {ONE}\nquorum none\n", "has a meaning already"),
        (f"witness one {ONE}\ngroup g 2 one\nquorum g\n", "at most all"),
        (f"witness one {ONE}\ngroup g many one\nquorum g\n", "line 2"),
        (f"witness one {ONE}\ngroup g any one two\nquorum g\n", "named before"),
        (f"witness one {ONE}\ngroup g any one\ngroup h any one\nquorum g\n", "at most once"),
        ("log nonsense\nquorum none\n", "no base64|no public key"),
    ],
)
def test_what_is_no_policy_is_refused_with_the_line(text: str, why: str) -> None:
    with pytest.raises(BadNote, match=why):
        parse_policy(text)


def test_an_empty_policy_has_no_groups() -> None:
    assert Policy().groups == {}
