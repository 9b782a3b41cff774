"""Does the declaration of rights name every table that a migration makes? A new one would be nobody's to use."""

import re

import pytest

from deploy.cli.migrate import CITY_WIDE
from shared.access.migrations import ACCESS
from shared.eventlog.migrations import Migrations
from shared.eventlog.migrations.rights import AUDITED, KEYS, LOG, TAKEN_BACK
from shared.service.settings import VAULT

MADE = re.compile(r"CREATE TABLE (\w+)")


@pytest.mark.parametrize(
    ("script", "declared"),
    [
        (Migrations("actors").sql("postgresql"), LOG),
        (CITY_WIDE[VAULT].sql("postgresql"), KEYS),
        (CITY_WIDE[ACCESS].sql("postgresql"), TAKEN_BACK),
    ],
    ids=["log", "vault", "access"],
)
def test_every_table_of_the_migrations_has_declared_rights(script: str, declared: dict[str, object]) -> None:
    tables = {name for name in MADE.findall(script) if not name.startswith("kosilab_version_")}
    assert tables == set(declared)


def test_no_service_may_change_or_delete_an_event_and_the_auditor_reads_no_secret() -> None:
    for table in ("event", "history", "command", "release"):
        assert set(LOG[table]) == {"SELECT", "INSERT"}, table
    assert not {"slot", "command"} & set(AUDITED)
