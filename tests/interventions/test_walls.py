"""The wall between agencies in the database itself: what a statement that forgets its agency sees and writes."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from celery import shared_task
from django.apps import apps
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.models import CASCADE, Model

from interventions import across, operations, runs
from interventions.models import Client, Gestionnaire, Intervention, JobRun, Mail, MailLink, Secteur, User
from interventions.operations import Change
from interventions.prepared import prepared
from interventions.runs import Job
from interventions.states import Action
from interventions.tenancy import as_person, set_agence, within
from tests import factories
from tests.factories import NOW, World
from tests.wall import as_product

REFUSED = "row-level security"
# What has no agency: people before they enter anywhere, the agencies' list, what the service keeps of itself.
COMMON = {
    "interventions_agence",
    "interventions_user",
    "interventions_user_groups",
    "interventions_user_user_permissions",
    "interventions_mailerpace",
    "interventions_mailerminute",
    "interventions_sealmark",
}
ASKED = {
    "account_is_used",
    *("agence_of_calendar", "agence_of_link", "agence_of_mail", "agence_of_provided_mail"),
    *(
        "agences_of_account",
        "agences_unsealed",
        "agences_with_batches",
        "agences_with_imports",
        "journal_first_unsealed",
        "journal_last",
    ),
    *("person_clients", "person_desks", "person_secteurs"),
    "visits_numbered",
    *("pulse_batches", "pulse_failed", "pulse_jobs", "pulse_outbox"),
}
DOORS = {"intervenant", "client", "proche", "gestionnaire", "gestionnairesecteur", "secteur"}


def rows(statement: str, *values: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())


def walled_models() -> list[type[Model]]:
    ours = [model for app in ("interventions", "tracking") for model in apps.get_app_config(app).get_models()]
    return [model for model in ours if any(field.name == "agence" for field in model._meta.fields)]


@pytest.fixture
def worlds(db: None) -> tuple[World, World]:
    """Two agencies with a visit each that was declared."""
    return a_busy_world(), a_busy_world()


def a_busy_world() -> World:
    world = factories.a_world()
    visit = world.visit()
    operations.apply([Change(Action.COMPLETE, visit.pk)], actor=world.as_intervenant, at=NOW, key=factories.key())
    return world


@pytest.mark.django_db
def test_every_table_of_the_domain_stands_behind_the_wall() -> None:
    tables = "SELECT oid::regclass::text, relrowsecurity FROM pg_class WHERE relkind = 'r'"
    found = dict(rows(f"{tables} AND relnamespace = 'public'::regnamespace"))
    ours = {table: walled for table, walled in found.items() if table.startswith(("interventions_", "tracking_"))}
    assert {table for table, walled in ours.items() if not walled} == COMMON
    assert {model._meta.db_table for model in walled_models()} == ours.keys() - COMMON
    policies: dict[str, set[tuple[Any, ...]]] = {}
    for table, *policy in rows("SELECT tablename, policyname, cmd, permissive, roles::text FROM pg_policies"):
        policies.setdefault(table, set()).add(tuple(policy))
    agence, doors = ("agence", "ALL", "PERMISSIVE", "{public}"), ("doors", "SELECT", "PERMISSIVE", "{public}")
    own = {f"interventions_{name}" for name in DOORS}
    assert policies == {table: {agence, doors} if table in own else {agence} for table in ours.keys() - COMMON}
    (said,) = {
        said
        for name, said in rows("SELECT tablename, qual FROM pg_policies WHERE policyname = 'agence'")
        if name != "interventions_jobrun"
    }
    assert said.startswith(
        "(agence_id = ( SELECT (NULLIF(current_setting('app.agence'::text, true), ''::text))::bigint"
    )


@pytest.mark.django_db
def test_the_product_is_a_role_that_no_wall_lets_through() -> None:
    with as_product():
        assert rows("SELECT current_user") == [("app",)]
        assert rows("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == [(False,)]
        owned = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
        assert rows(owned) == [(0,)]


def test_a_query_that_forgets_its_agency_sees_its_own_alone(worlds: tuple[World, World]) -> None:
    models = [model for model in walled_models() if model._default_manager.exists()]
    assert len(models) > 12
    with as_product():
        for world in worlds:
            with within(world.agence.pk):
                seen = {model: set(model._default_manager.values_list("agence", flat=True)) for model in models}
            assert seen == {model: {world.agence.pk} for model in models}


def test_what_stays_prepared_asks_each_time_for_whom(worlds: tuple[World, World]) -> None:
    statement = "SELECT agence_id, count(*), %s::int FROM interventions_intervention GROUP BY agence_id"
    with as_product(planted=True):
        # Past the first five the database keeps one plan for all values.
        for turn in range(8):
            for world in worlds:
                with within(world.agence.pk), prepared():
                    assert rows(statement, turn) == [(world.agence.pk, 1, turn)]
            with transaction.atomic(), prepared():
                assert rows(statement, turn) == []
        kept = "SELECT generic_plans > 0 FROM pg_prepared_statements WHERE statement LIKE '%agence_id, count(*)%'"
        assert rows(kept) == [(True,)]


def test_without_an_agency_nothing_is_seen_and_nothing_written(worlds: tuple[World, World]) -> None:
    one = worlds[0]
    models = [model for model in walled_models() if model._default_manager.exists()]
    with as_product(planted=True):
        assert [model for model in models if model._default_manager.exists()] == []
        assert Client.objects.update(city="Ailleurs") == 0
        assert Client.objects.filter(agence=one.agence).delete()[0] == 0
        assert operate(lambda: Secteur.objects.create(agence=one.agence, name="Nord")) == REFUSED


def test_no_row_is_put_into_another_agency(worlds: tuple[World, World]) -> None:
    one, other = worlds
    with as_product(), within(one.agence.pk):
        mine = Secteur.objects.create(agence=one.agence, name="Nord")
        assert operate(lambda: Secteur.objects.create(agence=other.agence, name="Nord")) == REFUSED
        assert operate(lambda: Secteur.objects.filter(pk=mine.pk).update(agence=other.agence)) == REFUSED
        assert Client.objects.filter(pk=other.client.pk).update(city="Ailleurs") == 0
        assert Secteur.objects.filter(agence=other.agence).delete()[0] == 0


def operate(act: Callable[[], object]) -> str:
    """Return REFUSED if the database says so, in a transaction of its own."""
    with pytest.raises(ProgrammingError) as refused, transaction.atomic():
        act()
    return REFUSED if REFUSED in str(refused.value) else str(refused.value)


def test_who_enters_sees_the_rows_that_are_theirs(worlds: tuple[World, World]) -> None:
    one, other = worlds
    person = one.gestionnaire.user
    there = Gestionnaire.objects.create(agence=other.agence, user=person, last_name="Morvan", all_secteurs=False)
    with as_product(), as_person(person.pk):
        assert set(Gestionnaire.objects.values_list("pk", flat=True)) == {one.gestionnaire.pk, there.pk}
        assert not any(model._default_manager.exists() for model in (Client, Intervention, Mail, Secteur))
        assert Gestionnaire.objects.update(last_name="Autre") == 0
    proche = one.proche
    with as_product(), as_person(proche.user_id or 0):
        assert list(Client.objects.values_list("pk", flat=True)) == [proche.client_id]
        assert not Gestionnaire.objects.exists()


def test_what_is_told_goes_with_its_block(worlds: tuple[World, World]) -> None:
    one, other = (world.agence.pk for world in worlds)
    with as_product(), within(one):
        with as_person(worlds[1].gestionnaire.user_id), within(other):
            assert seen() == {other}
        assert seen() == {one}
        with pytest.raises(RuntimeError), within(other):
            raise RuntimeError
        assert seen() == {one}
        assert "nothing" in operate(lambda: of_nothing(other))
        assert seen() == {one}
        with transaction.atomic():
            set_agence(other)
            transaction.set_rollback(True)
        assert seen() == {one}
    with as_product(planted=True):
        assert seen() == set()


def of_nothing(key: int) -> None:
    set_agence(key)
    rows("SELECT nothing")


def seen() -> set[int]:
    return set(Intervention.objects.values_list("agence", flat=True))


@shared_task
def planted_task() -> list[int]:
    """Ask without an agency."""
    return list(Intervention.objects.values_list("agence", flat=True))


def test_a_task_sees_nothing_until_it_says_for_whom(worlds: tuple[World, World]) -> None:
    with as_product(planted=True):
        assert planted_task() == []
    found: dict[int, set[int]] = {}
    planted = Job("planted", "", "", lambda agence, _now: bool(found.setdefault(agence.pk, seen())))  # type: ignore[arg-type]
    with as_product(planted=True):
        for world in worlds:
            runs.run(planted, world.agence, NOW)
    assert found == {world.agence.pk: {world.agence.pk} for world in worlds}


def test_what_no_agency_did_is_on_record_and_nobody_elses(worlds: tuple[World, World]) -> None:
    whole = Job("planted", "", "", does_for_all=lambda _now: len(seen()))  # type: ignore[arg-type]
    with as_product(planted=True):
        run = runs.run(whole, None, NOW)
        assert run is not None
        assert run.done == 0
        assert runs.run(whole, None, NOW) is None
        with within(worlds[0].agence.pk):
            assert not JobRun.objects.exists()


def test_a_secret_names_its_agency_and_gives_no_row(worlds: tuple[World, World]) -> None:
    mail = Mail.objects.filter(agence=worlds[1].agence).latest("pk")
    Mail.objects.filter(pk=mail.pk).update(provider_id="P-1")
    link = MailLink.objects.create(agence=mail.agence, mail=mail, created_at=NOW, expires_at=NOW)
    with as_product():
        expected = worlds[1].agence.pk
        assert across.agence_of_link(link.public_id) == expected
        assert across.agence_of_mail(mail.public_id) == expected
        assert across.agence_of_provided_mail("P-1") == expected
        assert across.agence_of_provided_mail("") is None
        assert across.agence_of_calendar(worlds[1].intervenant.public_id) == expected
        assert across.agence_of_calendar(mail.public_id) is None
        assert {agence.pk for agence in across.unsealed(0)} == {world.agence.pk for world in worlds}


@pytest.mark.django_db
def test_each_table_of_an_account_s_own_is_looked_for_in_every_agency() -> None:
    ((found,),) = rows("SELECT prosrc FROM pg_proc WHERE proname = 'agences_of_account'")
    own = [one.related_model for one in User._meta.related_objects if one.on_delete is CASCADE]
    tables = {model._meta.db_table for model in own if model in walled_models()}
    assert set(re.findall(r"interventions_\w+|tracking_\w+", found)) == tables


@pytest.mark.django_db
def test_only_the_product_may_ask_across_agencies() -> None:
    asked = (
        "SELECT proname, proacl::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace "
        "ORDER BY proname"
    )
    found = dict(rows(asked))
    assert found.keys() == ASKED
    assert [
        name for name, rights in found.items() if "app=X" not in rights or "{=X" in rights or ",=X" in rights
    ] == []


def in_thread(act: Callable[[], Any]) -> Any:
    """Do something in a thread, which takes a connection from the pool and gives it back; return what it returned."""
    answers: list[Any] = []

    def work() -> None:
        with as_product(planted=True):
            try:
                answers.append(act())
            finally:
                connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return answers[0]


def again_on(pid: int, act: Callable[[], tuple[int, set[int]]]) -> set[int]:
    """Do something in threads until one got that very connection from the pool; return what was seen there."""
    for _turn in range(100):
        found, agences = in_thread(act)
        if found == pid:
            return agences
    raise AssertionError("the pool never gave the connection again")


@pytest.mark.django_db(transaction=True)
def test_a_connection_keeps_nothing_for_whoever_takes_it_next() -> None:
    one, other = a_busy_world().agence.pk, a_busy_world().agence.pk
    pid, agences = in_thread(lambda: for_agence(one))
    assert agences == {one}
    assert again_on(pid, untold) == set()
    assert again_on(pid, lambda: for_agence(other)) == {other}
    broken = in_thread(lambda: interrupted(one))
    assert again_on(broken, untold) == set()
    assert in_thread(lambda: killed(one)) == {one}


def for_agence(key: int) -> tuple[int, set[int]]:
    with within(key):
        return backend(), seen()


def interrupted(key: int) -> int:
    with pytest.raises(RuntimeError), within(key):
        raise RuntimeError
    return backend()


def backend() -> int:
    return int(rows("SELECT pg_backend_pid()")[0][0])


def untold() -> tuple[int, set[int]]:
    return backend(), seen()


def killed(key: int) -> set[int]:
    """Lose the connection while working for an agency, then work for it on another."""
    with pytest.raises(OperationalError), within(key):
        # The tests' own role may end what it began.
        rows("RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert untold()[1] == set()
    with within(key):
        return seen()
