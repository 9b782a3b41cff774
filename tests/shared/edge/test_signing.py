"""Can the keys that sign tokens change without anything else changing, and does an old key end?"""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.edge.signing import FILE, SigningKeys
from shared.edge.tokens import BadToken, Issuer
from shared.service import settings
from shared.service.settings import BadSetting
from shared.service.tables import Role

SECRET = "l" * 48


def issuer(folder: Path) -> Issuer:
    """The issuer of one process."""
    return Issuer("wuppertal", SECRET, "s" * 48, SigningKeys(SECRET, folder / FILE))


def issued(by: Issuer) -> str:
    return by.issue(Role.COORDINATOR, "c-1", timedelta(hours=1))


def test_a_new_key_signs_and_the_old_one_is_still_accepted_in_running_processes_too(tmp_path: Path) -> None:
    running, operator = issuer(tmp_path), issuer(tmp_path)
    old = issued(running)
    assert operator.keys.rotate() == "2"
    new = issued(running)
    for each in (running, operator, issuer(tmp_path)):
        assert each.verify(old).actor == each.verify(new).actor == "c-1"
    assert [key.kid for key in running.keys.all()] == ["1", "2"]


def test_a_retired_key_ends_all_that_it_signed_at_once(tmp_path: Path) -> None:
    running = issuer(tmp_path)
    old = issued(running)
    running.keys.rotate()
    new = issued(running)
    issuer(tmp_path).keys.retire("1")
    with pytest.raises(BadToken):
        running.verify(old)
    assert running.verify(new).actor == "c-1"


def test_rotating_leaves_the_key_of_ids_and_digests_as_it_was(tmp_path: Path) -> None:
    rotated = issuer(tmp_path)
    rotated.keys.rotate()
    assert rotated.local_key == SECRET
    assert SECRET not in (tmp_path / FILE).read_text(encoding="ascii")


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    issuer(tmp_path).keys.rotate()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_the_key_that_signs_and_one_that_there_is_not_cannot_be_retired(tmp_path: Path) -> None:
    for kid in ("1", "7"):
        with pytest.raises(BadSetting):
            issuer(tmp_path).keys.retire(kid)


def test_keys_that_are_given_count_and_are_changed_where_they_are_given(tmp_path: Path) -> None:
    given = {"KOSILAB_SIGNING_KEYS": f"a {'a' * 48}\nb {'b' * 48}\n", "KOSILAB_TOKEN_KEY": SECRET}
    loaded = settings.load({"KOSILAB_DATA_DIR": str(tmp_path)}, given)
    keys = Issuer.of(loaded, "wuppertal").keys
    assert [key.kid for key in keys.all()] == ["a", "b"]
    with pytest.raises(BadSetting, match="KOSILAB_SIGNING_KEYS"):
        keys.rotate()


@pytest.mark.parametrize("lines", ["a short", f"a {'a' * 48}\na {'b' * 48}", "no-key", "\n"])
def test_lines_that_are_no_keys_are_refused(lines: str) -> None:
    with pytest.raises(BadSetting):
        SigningKeys(SECRET, None, lines)
