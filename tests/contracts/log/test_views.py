"""How do read models lie in the store, as documents or as rows, and how are documents asked?"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import inspect

from shared.eventlog.layouts import digest
from shared.eventlog.store import SqlStore
from shared.kernel.read_model import NoneOf, ReadModel
from tests.contracts.log.sample import undone


def n_words(document: dict[str, Any]) -> int:
    """How many words the offer's title has."""
    return len(document.get("title", "").split())


OFFERS: ReadModel[dict[str, Any], Any] = ReadModel(
    name="offers",
    version=1,
    on=(),
    evolve=lambda document, _event: document,
    columns={
        "district": lambda document: document.get("district"),
        "n_places": lambda document: document.get("n_places"),
        "words": n_words,
    },
)


class HoursRow(Struct):
    """Some hours."""

    n_minutes: int | None = None
    worked_on: str | None = None


class FewerRow(Struct):
    """The same with less."""

    n_minutes: int | None = None


HOURS: ReadModel[HoursRow, Any] = ReadModel(
    name="hours",
    version=1,
    on=(),
    evolve=lambda row, _event: row,
    columns={name: attrgetter(name) for name in ("n_minutes", "worked_on")},
    row=HoursRow,
)
DOCUMENT = {"title": "made up", "n_places": 2, "district": None}
KINDS = pytest.mark.parametrize(
    ("model", "first", "other"),
    [
        (OFFERS, DOCUMENT, DOCUMENT | {"n_places": 3}),
        (HOURS, HoursRow(90, "2026-03-01"), HoursRow(None, "ä")),
    ],
    ids=["documents", "rows"],
)


@pytest.fixture
def offers(store: SqlStore) -> SqlStore:
    """A store with an empty view."""
    store.views.ensure(OFFERS)
    return store


def write(store: SqlStore, documents: Mapping[str, Any], view: ReadModel[Any, Any] = OFFERS) -> None:
    """Write documents in a transaction of their own."""
    with store.transaction() as tx:
        store.views.write_many(tx, view, documents, dict.fromkeys(documents, 7))


def keys_of(store: SqlStore, **columns: Any) -> list[str]:
    """The keys of the documents found."""
    return [document["id"] for document in store.ask.find(OFFERS, **columns)]


def test_a_view_wants_filling_when_its_table_is_new(open_store: Callable[[], SqlStore]) -> None:
    assert open_store().views.ensure(OFFERS)
    assert not open_store().views.ensure(OFFERS)
    assert open_store().views.ensure(replace(OFFERS, version=2))


def test_a_document_is_got_by_its_key_and_carries_it(offers: SqlStore) -> None:
    document = {"title": "Fahrräder flicken", "tags": ["a", "b"], "deep": {"n": 1, "none": None}}
    write(offers, {"17": document})
    assert offers.ask.get(OFFERS, "17") == document | {"id": "17"}
    assert offers.ask.get(OFFERS, "18") is None
    assert offers.views.count(OFFERS) == 1


def test_documents_are_read_as_they_were_written(offers: SqlStore) -> None:
    documents: dict[str, dict[str, Any] | None] = {f"{n}": {"n_places": n} for n in range(1200)}
    write(offers, documents)
    with offers.transaction() as tx:
        assert offers.views.read_many(tx, OFFERS, [*documents, "missing"]) == documents
        assert offers.views.read_many(tx, OFFERS, []) == {}


def test_a_document_is_replaced_or_deleted(offers: SqlStore) -> None:
    write(offers, {"1": {"district": "Elberfeld"}, "2": {"district": "Barmen"}})
    write(offers, {"1": {"district": "Vohwinkel"}, "2": None, "3": None})
    assert offers.ask.find(OFFERS) == [{"district": "Vohwinkel", "id": "1"}]
    assert keys_of(offers, district="Elberfeld") == []
    assert keys_of(offers, district="Vohwinkel") == ["1"]


def test_documents_are_found_by_their_columns(offers: SqlStore) -> None:
    write(
        offers,
        {
            "1": {"district": "Elberfeld", "n_places": 2, "title": "zwei Wörter"},
            "2": {"district": "Barmen", "n_places": 10},
            "3": {"n_places": 2},
            "4": {"district": "Elberfeld", "title": "eins"},
        },
    )
    assert keys_of(offers, district="Elberfeld") == ["1", "4"]
    assert keys_of(offers, district=("Barmen", "Elberfeld"), n_places=(2, 10)) == ["1", "2"]
    assert keys_of(offers, n_places=2) == ["1", "3"]
    assert keys_of(offers, district=None) == ["3"]
    assert keys_of(offers, district=("Barmen", None)) == ["2", "3"]
    assert keys_of(offers, words=(1, 2)) == ["1", "4"]
    assert keys_of(offers, district=()) == []
    assert keys_of(offers, district=NoneOf(("Barmen",))) == ["1", "3", "4"]
    assert keys_of(offers, district=NoneOf((None, "Barmen")), n_places=NoneOf((2,))) == ["4"]
    assert keys_of(offers, district=NoneOf(())) == ["1", "2", "3", "4"]


def test_a_whole_number_in_a_text_column_is_found_by_itself(store: SqlStore) -> None:
    view = replace(OFFERS, columns={"year": lambda document: document["year"]})
    store.views.ensure(view)
    write(store, {"1": {"year": 2026}}, view)
    assert keys_of(store, year=2026) == ["1"]


def test_documents_are_leafed_through_in_the_order_of_their_keys(offers: SqlStore) -> None:
    write(offers, {key: {"district": "Barmen"} for key in ("b", "Z", "a", "ä", "10", "9")})
    pages, after = [], ""
    while page := offers.ask.find(OFFERS, district="Barmen", limit=2, after=after):
        pages.append([document["id"] for document in page])
        after = pages[-1][-1]
    assert pages == [["10", "9"], ["Z", "a"], ["b", "ä"]]


def test_an_unknown_view_or_column_is_an_error(offers: SqlStore) -> None:
    with pytest.raises(KeyError, match="needs"):
        offers.ask.get(replace(OFFERS, name="needs"), "1")
    with pytest.raises(KeyError, match="colour"):
        offers.ask.find(OFFERS, colour="blue")


def test_a_write_that_fails_changes_nothing(offers: SqlStore) -> None:
    write(offers, {"1": {"district": "Barmen"}})
    with undone(offers) as tx:
        offers.views.write_many(tx, OFFERS, {"1": None, "2": {}}, {})
    assert keys_of(offers) == ["1"]


# --- documents and rows alike -------------------------------------------------------------------
@KINDS
def test_what_is_written_is_read_again_replaced_and_deleted(
    store: SqlStore, model: ReadModel[Any, Any], first: Any, other: Any
) -> None:
    store.views.ensure(model)
    write(store, {"1": first, "2": other, "3": first}, model)
    write(store, {"1": other, "3": None}, model)
    assert store.views.all_of(model) == {"1": other, "2": other}
    assert store.views.count(model) == 2
    with store.transaction() as tx:
        assert store.views.read_many(tx, model, ["1", "3", "4"]) == {"1": other}
    assert digest(store.views.all_of(model)) == digest({"2": other, "1": other})
    assert digest(store.views.all_of(model)) != digest({"2": other, "1": first})


@KINDS
def test_a_rebuild_stands_beside_until_it_is_switched(
    store: SqlStore, model: ReadModel[Any, Any], first: Any, other: Any
) -> None:
    store.views.ensure(model)
    for turn in range(3):
        write(store, {"old": first}, model)
        new = beside(store, model, {"new": first})
        write(store, {f"new-{turn}": other}, new)
        assert "old" in store.views.all_of(model)
        with store.transaction() as tx:
            store.views.hold(tx, model)
            store.views.switch(tx, model)
        assert store.views.all_of(model) == {"new": first, f"new-{turn}": other}
    assert tables_of(store) == [model.table.replace("_v1", "__old_v1"), model.table]


@KINDS
def test_a_switch_that_fails_leaves_all_as_it_was(
    store: SqlStore, model: ReadModel[Any, Any], first: Any, other: Any
) -> None:
    store.views.ensure(model)
    write(store, {"old": first}, model)
    beside(store, model, {"new": other})
    with undone(store) as tx:
        store.views.switch(tx, model)
    assert store.views.all_of(model) == {"old": first}


@KINDS
def test_columns_are_those_of_the_table_or_the_version_is_another(
    store: SqlStore, model: ReadModel[Any, Any], first: Any, other: Any
) -> None:
    del first, other
    store.views.ensure(model)
    changed = replace(model, columns={}) if model.row is None else replace(model, row=FewerRow)
    with pytest.raises(ValueError, match="version"):
        store.views.ensure(changed)
    assert store.views.ensure(replace(changed, version=2))


def beside(store: SqlStore, model: ReadModel[Any, Any], documents: Mapping[str, Any]) -> ReadModel[Any, Any]:
    """Make a table beside the live one with these documents or rows."""
    with store.transaction() as tx:
        store.views.create_beside(tx, model, documents, {})
    return store.views.beside(model)


def tables_of(store: SqlStore) -> list[str]:
    """The tables of read models that there are."""
    with store.reading() as connection:
        return sorted(
            name for name in inspect(connection).get_table_names() if name.startswith(("view_", "fact_"))
        )
