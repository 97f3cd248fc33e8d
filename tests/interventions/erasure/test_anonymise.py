"""A whole person is anonymised: no word of them is left in any table, all that counts stands, and the chain holds."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from interventions.actor import system
from interventions.erasure.anonymise import StillRunning, anonymise
from interventions.imports import clients
from interventions.imports.apply import import_files
from interventions.models import (
    Client,
    DayTotal,
    Gestionnaire,
    Intervention,
    JournalEntry,
    JournalText,
    Mail,
    Proche,
    RegistryEntry,
    RegistryStep,
    User,
)
from interventions.operations import Refused
from interventions.registry import keeping, staff
from interventions.sealing import proof, seal, verify
from interventions.states import Action, Via
from tests.factories import a_client, a_gestionnaire, a_world, actor_of
from tests.interventions import replay
from tests.interventions.erasure.conftest import LATER, SECRETS, Lived, a_life
from tests.interventions.sealing.test_proof import _checked


def everything(**own: Any) -> str:
    """Return all that the database holds of the domain, as text; `own` limits it to an agency's rows."""
    said = []
    for app in ("interventions", "tracking", "account", "usersessions", "mfa"):
        for model in apps.get_app_config(app).get_models():
            columns = {field.name for field in model._meta.concrete_fields}
            if not own or "agence" in columns:
                rows = model._base_manager.filter(**(own if "agence" in columns else {}))
                said += [f"{model.__name__} {row}" for row in rows.order_by("pk").values()]
    return "\n".join(said)


def totals(agence: Any) -> Any:
    """Return what counts: facts, states and days of the visits, entries of the journal, what mails became."""
    facts = Intervention.objects.filter(agence=agence).order_by("pk")
    entries = JournalEntry.objects.filter(agence=agence).order_by("pk")
    return (
        list(facts.values("day", "status", "retained_start", "retained_end", "retained_km", "client_id", "version")),
        list(entries.values("pk", "action", "role", "at", "before", "after", "version")),
        list(DayTotal.objects.filter(agence=agence).order_by("pk").values()),
        list(Mail.objects.filter(agence=agence).order_by("pk").values("fate", "sent_at", "kind")),
    )


def test_nothing_tells_of_a_client_any_more_and_all_that_counts_stands(lived: Lived, tmp_path: Any) -> None:
    world = lived.world
    seal.seal_all(LATER)
    before, mail = totals(world.agence), world.client.user.email
    assert all(secret in everything() for secret in SECRETS if secret != "zephyrine@")
    assert anonymise(world.client, world.as_manager, LATER)
    left = everything()
    proche = world.proche
    gone = (*SECRETS, mail, world.client.phone, world.client.access_code, proche.user.email, str(proche))
    assert [word for word in gone if word in left] == []
    assert totals(world.agence) == before
    assert list(verify.faults(world.agence)) == []
    seal.seal_all(LATER)
    for visit in lived.visits:
        replay.check(visit)
        made = json.loads(json.dumps(proof.of(Intervention.objects.get(pk=visit.pk), LATER)))
        code, said = _checked(made, tmp_path)
        assert (code, said[-1].split(".")[0]) == (0, "La preuve tient")
    client = Client.objects.get(pk=world.client.pk)
    assert (client.full_name, client.number, client.user) == ("Personne anonymisée", world.client.number, None)


def test_once_and_for_all(lived: Lived) -> None:
    world = lived.world
    assert anonymise(world.client, world.as_manager, LATER)
    after = everything()
    assert not anonymise(world.client, world.as_manager, LATER + timedelta(days=1))
    assert everything() == after
    with pytest.raises(Refused):
        keeping.archive(Client.objects.get(pk=world.client.pk), False, world.as_manager, LATER)
    entry = RegistryEntry.objects.filter(kind="client", row_id=world.client.pk).latest("pk")
    assert (entry.step, entry.actor_name, entry.fields) == (RegistryStep.ANONYMISED, world.as_manager.name, [])
    assert list(entry.after) == ["anonymised_at"]


def test_an_intervenant_goes_and_what_the_client_wrote_stays(lived: Lived) -> None:
    world = lived.world
    mail, before = world.intervenant.user.email, totals(world.agence)
    assert anonymise(world.intervenant, world.as_manager, LATER)
    left = everything()
    assert [word for word in (mail, "L’Héritier", "allait bien", "Si, nacarat") if word in left] == []
    assert "Non, nacarat." in left
    assert totals(world.agence) == before
    assert list(verify.faults(world.agence)) == []


def seen_out(member: Gestionnaire, boss: Gestionnaire) -> None:
    """Let somebody leave, and the mail that tells them with them."""
    staff.see_out(actor_of(boss), member, LATER)
    Mail.objects.filter(user=member.user, fate="queued").update(fate="sent", sent_at=LATER)


def test_a_gestionnaire_goes_and_the_reasons_of_the_agency_stay(lived: Lived) -> None:
    world = lived.world
    boss = a_gestionnaire(world.agence, last_name="Autre")
    mail, name = world.gestionnaire.user.email, str(world.gestionnaire)
    with pytest.raises(StillRunning):
        anonymise(world.gestionnaire, actor_of(boss), LATER)
    seen_out(world.gestionnaire, boss)
    assert anonymise(world.gestionnaire, actor_of(boss), LATER)
    left = everything()
    assert [word for word in (mail, name) if word in left] == []
    assert "Motif nacarat." in left
    assert list(verify.faults(world.agence)) == []
    with pytest.raises(staff.Refused):
        staff.take_back(actor_of(boss), Gestionnaire.objects.get(pk=world.gestionnaire.pk), LATER)


def test_a_proche_goes_alone(lived: Lived) -> None:
    world = lived.world
    with pytest.raises(StillRunning):
        anonymise(world.proche, world.as_manager, LATER)
    Proche.objects.filter(pk=world.proche.pk).update(ended_at=LATER)
    assert anonymise(world.proche, world.as_manager, LATER)
    left = everything()
    assert [word for word in (world.proche.user.email, str(world.proche)) if word in left] == []
    assert "Bellerophon" in left


def test_another_agency_and_another_role_keep_theirs(lived: Lived) -> None:
    world, other = lived.world, a_world()
    shared, both = world.client.user, world.gestionnaire.user
    Client.objects.filter(pk=other.client.pk).update(user=shared)
    spouse = a_client(world.agence, user=shared, last_name="Restante")
    here = a_gestionnaire(other.agence, user=both)
    a_life(other)
    before = everything(agence=other.agence)
    anonymise(world.client, world.as_manager, LATER)
    boss = a_gestionnaire(world.agence, last_name="Autre")
    seen_out(world.gestionnaire, boss)
    anonymise(world.gestionnaire, actor_of(boss), LATER)
    assert everything(agence=other.agence) == before
    assert Client.objects.get(pk=spouse.pk).user == User.objects.get(pk=shared.pk, is_active=True)
    assert Gestionnaire.objects.get(pk=here.pk).user_id == both.pk
    gone = Gestionnaire.objects.get(pk=world.gestionnaire.pk).user
    assert (gone.pk != both.pk, gone.is_active, gone.email.endswith("@anonyme.invalid")) == (True, False, True)


def test_a_file_brings_nobody_back(lived: Lived) -> None:
    world = lived.world
    anonymise(world.client, world.as_manager, LATER)
    columns, (number,) = [*clients.LAYOUT.columns], clients.LAYOUT.identity
    row = {number: world.client.number, "Nom": "Bellerophon", "Prénom": "Zéphyrine"}
    file = "\r\n".join([";".join(columns), ";".join(row.get(column, "") for column in columns), ""])
    report = import_files(system(world.agence, Via.IMPORT), {"clients.csv": file.encode()})
    (refusal,) = report.files["clients.csv"].refused
    assert (refusal.column, refusal.reason) == (number, "Cette personne a été anonymisée : donnez un autre numéro.")
    assert Client.objects.get(pk=world.client.pk).last_name == "Personne anonymisée"


def test_what_still_runs_is_named_and_nothing_goes(db: None) -> None:
    lived = a_life(a_world())
    world = lived.world
    world.visit(day=date(2026, 12, 30))
    before = everything()
    with pytest.raises(StillRunning) as refused:
        anonymise(world.client, world.as_manager, LATER)
    assert [one.split("\u00a0")[0] for one in refused.value.obstacles] == [
        "La fiche est en cours",
        "1 visite n’est pas décidée",
        "Des mois ne sont pas clôturés",
        "Un contrat court encore",
    ]
    assert everything() == before


@pytest.mark.parametrize("limits", [{"may_administer": False}, {"secteurs": []}])
def test_who_may_not_is_refused(lived: Lived, limits: Any) -> None:
    actor = actor_of(a_gestionnaire(lived.world.agence, **limits))
    with pytest.raises(Refused):
        anonymise(lived.world.intervenant, actor, LATER)
    assert "L’Héritier" in everything()


def test_while_erasing_the_database_lets_words_go_and_nothing_else(lived: Lived) -> None:
    visit = lived.visits[0].pk
    for table, change, allowed in (
        ("intervention", "comment = ''", True),
        ("intervention", "comment = 'Autre'", False),
        ("intervention", "comment = '', retained_km = 9", False),
        ("deliberation", "grounds = ''", True),
        ("deliberation", "grounds = 'Autre'", False),
        ("deliberation", "grounds = '', km = 1", False),
        ("registryentry", "actor_name = ''", True),
        ("registryentry", "actor_name = 'Autre'", False),
        ("registryentry", "actor_name = '', row_id = 1", False),
        ("periodentry", "closes = false", False),
        ("journalentry", "version = 9", False),
    ):
        for erasing in (False, True):
            cursor: Any
            with connection.cursor() as cursor:
                try:
                    with transaction.atomic():
                        cursor.execute("SELECT set_config('app.erasing', %s, true)", ["on" if erasing else ""])
                        cursor.execute(f"UPDATE interventions_{table} SET {change}")
                        went = True
                        transaction.set_rollback(True)
                except DatabaseError:
                    went = False
            assert went is (allowed and erasing), (table, change, erasing)
    assert Intervention.objects.get(pk=visit).comment


def test_a_text_without_its_salt_is_no_erased_one(lived: Lived) -> None:
    text = JournalText.objects.filter(agence=lived.world.agence).earliest("pk")
    JournalText.objects.filter(pk=text.pk).update(salt=b"", comment="Autre")
    assert [fault.entry for fault in verify.faults(lived.world.agence)] == [text.pk]


def test_statements_do_not_grow_with_what_there_is(lived: Lived) -> None:
    def statements(world: Any) -> int:
        with CaptureQueriesContext(connection) as found:
            anonymise(world.client, world.as_manager, LATER)
        return len(found)

    few = statements(lived.world)
    other = a_world()
    long = a_life(other)
    for hour in (9, 11, 16, 18):
        visit = other.visit(day=date(2026, 11, 20), start=f"{hour:02d}:00")
        other.act(visit, Action.COMPLETE, other.as_intervenant, comment="Encore nacarat.")
        other.act(visit, Action.VALIDATE, other.as_client)
    Mail.objects.filter(fate="queued").update(fate="sent")
    long.close()
    assert statements(other) == few
