"""What if a release brings a new view or fact? It is filled whole on the first start, or not at all."""

from typing import Any

import pytest
from sqlalchemy import inspect, text

from deploy.instance import Instance
from services.actors.views.organisation import ORGANISATIONS
from services.reporting.facts.organisation import ORGANISATION
from shared.eventlog.views import ViewTables
from shared.kernel.read_model import ReadModel
from tests.deploy.desk import Desk, register

VIEW, FACT = ORGANISATIONS.table, ORGANISATION.table


@pytest.fixture
def before(desk: Desk) -> Desk:
    """A city from before the release: with organisations, but without a view and a fact of them."""
    instance = desk.open()
    register(instance, "Bäckerei Blau", "Lesebrücke")
    instance.settle()
    for service, table in (("actors", VIEW), ("reporting", FACT)):
        with instance.units[service].store.transaction() as tx:
            tx.execute(text(f"DROP TABLE {table}"))
    instance.close()
    return desk


def n_rows(instance: Instance, service: str, table: str) -> int:
    """How many rows a table has."""
    ((n,),) = instance.units[service].store.database.rows(f"SELECT count(*) FROM {table}")
    return int(n)


def test_what_is_new_is_filled_with_all_that_has_happened(before: Desk) -> None:
    instance = before.open()
    assert (n_rows(instance, "actors", VIEW), n_rows(instance, "reporting", FACT)) == (2, 2)
    assert instance.settle() == 0
    instance.close()
    assert before.call("views", "verify").code == 0


@pytest.mark.parametrize(
    ("service", "table"),
    [("actors", VIEW), ("reporting", FACT)],
    ids=["view", "fact"],
)
def test_a_start_that_is_stopped_while_it_fills_leaves_nothing_half(
    before: Desk, monkeypatch: pytest.MonkeyPatch, service: str, table: str
) -> None:
    write = ViewTables.write_many

    def stop(tables: ViewTables, tx: Any, model: ReadModel[Any, Any], *documents: Any) -> None:
        write(tables, tx, model, *documents)
        if model.table == table:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ViewTables, "write_many", stop)
        with pytest.raises(KeyboardInterrupt):
            before.open()
    instance = before.open()
    assert n_rows(instance, service, table) == 2
    with instance.units[service].store.reading() as connection:
        assert table in inspect(connection).get_table_names()
    instance.close()
