"""A query that is put together once answers as Django's own does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from interventions.models import Client, Gestionnaire, Intervenant
from interventions.prepared import Compiled
from tests.factories import World, a_world

pytestmark = pytest.mark.django_db


def values(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def compiled(model: Any) -> Compiled[Any]:
    return Compiled(lambda key, user: model.objects.filter(user=user, archived_at=None, pk=key), "agence")


def person(world: World, model: Any) -> Any:
    return {Client: world.client, Intervenant: world.intervenant}[model]


@pytest.mark.parametrize("model", [Client, Intervenant])
def test_rows_are_those_of_the_query_column_by_column(model: Any) -> None:
    ask, worlds = compiled(model), (a_world(), a_world())
    for world in worlds:
        kept = model.objects.select_related("agence").get(pk=person(world, model).pk)
        with CaptureQueriesContext(connection) as statements:
            [found] = ask(kept.pk, kept.user_id)
            assert (values(found), values(found.agence)) == (values(kept), values(kept.agence))
        assert (len(statements), found == kept, found._state.adding, found._state.db) == (1, True, False, "default")


def test_each_value_goes_to_its_place_and_what_ended_is_not_found() -> None:
    world = a_world()
    one, other = person(world, Client), person(a_world(), Client)
    ask = compiled(Client)
    assert [ask(one.pk, other.user_id), ask(other.pk, one.user_id)] == [[], []]
    Client.objects.filter(pk=one.pk).update(archived_at=world.now)
    assert ask(one.pk, one.user_id) == []


def test_what_changed_is_read_anew() -> None:
    ask, row = (
        Compiled(lambda key, user: Gestionnaire.objects.filter(pk=key, user=user), "agence"),
        a_world().gestionnaire,
    )
    assert [found.agence.name for found in ask(row.pk, row.user_id)] == [row.agence.name]
    type(row.agence).objects.filter(pk=row.agence_id).update(name="Autre nom")
    assert [found.agence.name for found in ask(row.pk, row.user_id)] == ["Autre nom"]
