"""The operator opens agencies and accounts; of visits and their journal nothing can be written there."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser

from interventions.models import Agence, Gestionnaire, Intervention, JournalEntry, Mail, Motif, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Any:
    there: Any = Browser()
    there.force_login(User.objects.create_superuser("operateur@service.example"))
    return there


def test_an_agency_is_opened_with_its_motifs_and_its_first_gestionnaire(operator: Any) -> None:
    page = operator.get("/operateur/interventions/agence/add/")
    fields = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    defaults = {f.name: f.value() for f in page.context["adminform"].form if f.value() not in (None, False)}
    answer = operator.post("/operateur/interventions/agence/add/", {**defaults, **fields, "name": "Agence Rivage"})
    assert answer.status_code == 302
    agence = Agence.objects.get(name="Agence Rivage")
    assert Motif.objects.filter(agence=agence).count() > 5
    assert operator.post("/operateur/interventions/user/add/", {"email": "Claire@Rivage.example", "is_active": "on"})
    user = User.objects.get(email="claire@rivage.example")
    assert not user.has_usable_password()
    row = {"agence": agence.pk, "user": user.pk, "last_name": "Morvan", "may_administer": "on"}
    assert operator.post("/operateur/interventions/gestionnaire/add/", row).status_code == 302
    assert Gestionnaire.objects.get(user=user).may_administer


def test_the_address_of_an_account_is_closed_once_it_exists(operator: Any) -> None:
    user = factories.a_user("claire@rivage.example")
    operator.post(f"/operateur/interventions/user/{user.pk}/change/", {"email": "autre@rivage.example"})
    user.refresh_from_db()
    assert (user.email, user.is_active) == ("claire@rivage.example", False)


@pytest.mark.parametrize("model", ["intervention", "batch", "journalentry"])
def test_visits_and_journal_can_only_be_read(operator: Any, model: str) -> None:
    world = factories.a_world()
    world.visit()
    row = {"intervention": Intervention, "journalentry": JournalEntry}.get(
        model, JournalEntry.batch.field.related_model
    )
    pk = row._default_manager.latest("pk").pk
    base = f"/operateur/interventions/{model}/"
    assert operator.get(base).status_code == 200
    assert operator.get(f"{base}{pk}/change/").status_code == 200
    for url in (f"{base}add/", f"{base}{pk}/change/", f"{base}{pk}/delete/"):
        assert operator.post(url, {"status": "validated"}).status_code == 403


def test_nothing_is_done_to_many_at_once_and_no_other_table_of_the_domain_is_there(operator: Any) -> None:
    """What the site shows is this and no more: a model that is registered one day is looked at here first."""
    world = factories.a_world()
    visit = world.visit()
    chosen = {"action": "delete_selected", "_selected_action": [visit.pk], "post": "yes"}
    operator.post("/operateur/interventions/intervention/", chosen)
    assert Intervention.objects.filter(pk=visit.pk, status="planned").exists()
    shown = {model.__name__: model_admin for model, model_admin in admin.site._registry.items()}
    assert set(shown) == {"Agence", "User", "Gestionnaire", "Intervention", "Batch", "JournalEntry"}
    request = operator.get("/operateur/").wsgi_request
    written = [
        name for name, one in shown.items() if one.has_add_permission(request) or one.has_change_permission(request)
    ]
    assert sorted(written) == ["Agence", "Gestionnaire", "User"]
    assert [name for name, one in shown.items() if one.has_delete_permission(request)] == []


def test_no_mail_is_shown_since_some_hold_codes() -> None:
    shown = {model._meta.label for model in admin.site._registry}
    assert Mail._meta.label not in shown
    assert {label.partition(".")[0] for label in shown} == {"interventions"}
