"""Are the files that go with the pages ours, or as they were published?"""

import hashlib
import re
import tomllib

import pytest

from shared.pages.files import FOLDER, address_of, edition, static_files
from shared.pages.keeping import KEPT_S, Kept

VENDOR = FOLDER / "vendor"
RECORD = tomllib.loads((VENDOR / "VENDORED.toml").read_text(encoding="utf-8"))
ADDRESS = re.compile(rb"""url\(\s*["']?(?!data:)([^"')]+)""")


@pytest.mark.parametrize("package", RECORD["package"], ids=lambda package: package["name"])
def test_vendored_files_are_as_they_were_published(package: dict[str, dict[str, str]]) -> None:
    for name, digest in package["files"].items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_no_vendored_file_is_missing_in_the_record() -> None:
    recorded = {name for package in RECORD["package"] for name in package["files"]}
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert there == recorded | {"VENDORED.toml"}


def test_every_package_comes_with_its_licence() -> None:
    for package in RECORD["package"]:
        assert package["licence"] in {"EUPL-1.2", "OFL-1.1"}
        assert any("LICENSE" in name for name in package["files"])


def test_style_sheets_load_nothing_but_our_own_fonts() -> None:
    for name, file in static_files().items():
        if name.endswith(".css"):
            addresses = [address.decode() for address in ADDRESS.findall(file.content)]
            assert all(address in static_files() for address in addresses), name
            assert b"@import" not in file.content
    assert sum("woff2" in name for name in static_files()) == 3


def test_an_address_carries_the_edition_of_all_files() -> None:
    assert address_of("kosilab.css") == f"/static/{edition()}/kosilab.css"
    with pytest.raises(KeyError):
        address_of("nothing.css")


def test_what_is_kept_is_made_anew_after_a_while() -> None:
    moments = iter((0.0, KEPT_S - 0.1, KEPT_S, KEPT_S))
    numbers = iter((1, 2, 3))
    kept = Kept(lambda: next(numbers), lambda: next(moments))
    assert [kept(), kept(), kept()] == [1, 1, 2]
