"""Many rows in one statement: keys in order, defaults as the model says, lengths still checked by the column."""

from datetime import UTC, datetime

import pytest
from django.db import DataError

from interventions.models import Import, ImportedLine, Prestation, bulk
from tests import factories

pytestmark = pytest.mark.django_db


def lines(agence, made, count, **fields):
    return [
        ImportedLine(agence=agence, kind="clients", identity=f"CL{place}", last_import=made, **fields)
        for place in range(count)
    ]


@pytest.fixture
def agence():
    return factories.an_agence()


@pytest.fixture
def made(agence):
    return Import.objects.create(agence=agence, number=1, at=datetime(2026, 11, 25, tzinfo=UTC))


def test_rows_get_their_keys_in_order_and_their_defaults(agence, made):
    rows = lines(agence, made, 300)
    bulk.insert(rows)
    stored = ImportedLine.objects.order_by("pk")
    assert [(row.pk, row.identity) for row in rows] == list(stored.values_list("pk", "identity"))
    assert all((row.values, row.applied, row.day) == ({}, {}, None) for row in stored)


def test_what_the_database_fills_is_left_to_it(agence):
    rows = [Prestation(agence=agence, name=name) for name in ("Garde « de nuit »", 'L\'aide; "à" la toilette')]
    bulk.insert(rows)
    stored = Prestation.objects.in_bulk([row.pk for row in rows])
    assert [stored[row.pk].name for row in rows] == [row.name for row in rows]
    assert len({prestation.public_id for prestation in stored.values()}) == 2


def test_a_row_that_is_there_is_renewed_in_the_named_columns_only(agence, made):
    bulk.insert(lines(agence, made, 2, values={"a": "1"}, applied={"a": "1"}))
    renewed = lines(agence, made, 3, values={"a": "2"}, applied={"a": "2"})
    bulk.insert(renewed, unique=["agence_id", "kind", "identity"], renew=["values"])
    stored = ImportedLine.objects.order_by("identity").values_list("values", "applied")
    assert list(stored) == [({"a": "2"}, {"a": "1"}), ({"a": "2"}, {"a": "1"}), ({"a": "2"}, {"a": "2"})]


def test_a_text_too_long_for_its_column_is_refused_not_cut(agence):
    with pytest.raises(DataError):
        bulk.insert([Prestation(agence=agence, name="x" * 121)])


def test_the_number_of_statements_does_not_grow_with_the_rows(agence, made, django_assert_num_queries):
    with django_assert_num_queries(1):
        bulk.insert(lines(agence, made, 500))
    with django_assert_num_queries(0):
        bulk.insert([])
