"""`create_agence`: an agency is opened with what it needs to begin, once, and its first administrator is told."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from interventions.mails import letterhead
from interventions.models import Agence, Gestionnaire, Mail, MailStyleEntry, Motif, RegistryEntry, User
from interventions.registry import staff
from tests import factories

pytestmark = pytest.mark.django_db

SAID: dict[str, Any] = {"admin": "Rose.Elan@colline.example", "nom": "Élan", "prenom": "Rose"}
LOOK: dict[str, Any] = {
    "telephone": "02 40 00 00 00",
    "email": "contact@colline.example",
    "adresse": "2 rue Haute, 44000 Nantes",
    "expediteur": "Colline à domicile",
    "reponse": "bureau@colline.example",
}


def create(name: str = "Agence Colline", **options: Any) -> str:
    out = StringIO()
    call_command("create_agence", name, stdout=out, **(SAID | options))
    return out.getvalue()


def counts() -> list[int]:
    return [model.objects.count() for model in (Agence, Gestionnaire, User, Mail, MailStyleEntry, RegistryEntry)]


def test_a_new_agency_has_its_motifs_its_sender_and_an_administrator_who_is_told_and_comes_in() -> None:
    said = create(**LOOK)
    agence = Agence.objects.get()
    assert "« Agence Colline » est ouverte. rose.elan@colline.example reçoit un mail" in said
    assert (agence.module_enabled, agence.phone, agence.address) == (False, LOOK["telephone"], LOOK["adresse"])
    assert set(Motif.objects.filter(agence=agence).values_list("kind", flat=True)) == {"refus", "annulation"}
    head = letterhead.of(agence)
    assert (head.sender, head.reply_to) == ("Colline à domicile", "bureau@colline.example")
    assert [entry.actor_name for entry in MailStyleEntry.objects.all()] == ["Contreseing"]
    [member] = Gestionnaire.objects.all()
    assert staff.rights_of(member) == [
        "lecture",
        "gestion",
        "délibération",
        "clôture",
        "déverrouillage",
        "administration",
    ]
    assert (member.all_secteurs, member.user.has_usable_password()) == (True, False)
    assert [(one.step, one.role) for one in RegistryEntry.objects.all()] == [("created", "system")]
    [mail] = Mail.objects.all()
    assert (mail.to, mail.subject) == ("rose.elan@colline.example", "Votre accès à la gestion de Agence Colline")
    assert "Contreseing vous donne accès à la gestion de Agence Colline." in mail.text
    browser = Browser()
    browser.force_login(member.user)
    assert browser.get("/gestion/").status_code == 200


def test_the_same_words_again_change_nothing() -> None:
    create()
    before = counts()
    assert "existe déjà et rose.elan@colline.example l’administre" in create(" agence COLLINE ")
    assert counts() == before


@pytest.mark.parametrize(
    ("further", "reason"),
    [
        ({"admin": "autre@colline.example"}, "quelqu’un d’autre l’administre"),
        ({"telephone": "02 40 00 00 00"}, "se changent dans Paramètres"),
    ],
)
def test_an_agency_that_runs_is_left_alone(further: dict[str, Any], reason: str) -> None:
    create()
    before = counts()
    with pytest.raises(CommandError, match=reason):
        create(**further)
    assert counts() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"admin": "rose"},
        {"nom": " "},
        {"email": "contact"},
        {"fuseau": "Europe/Nantes"},
        {"expediteur": "Colline <x@y.example>"},
        {"reponse": "bureau"},
    ],
)
def test_what_is_wrong_is_said_in_french_and_nothing_is_left(wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match=r"Saisissez|Indiquez|n’existe pas|Un nom seul"):
        create(**(LOOK | wrong))
    assert counts() == [0] * 6


def test_an_imported_agency_gets_the_administrator_that_it_lacks() -> None:
    agence = factories.an_agence(name="Agence Rivage")
    there = factories.a_gestionnaire(agence, may_administer=False)
    create("Agence Rivage")
    [made] = Gestionnaire.objects.exclude(pk=there.pk)
    assert (made.agence, made.may_administer) == (agence, True)
    agence.refresh_from_db()
    assert agence.module_enabled, "an agency that works already goes on working"
    with pytest.raises(CommandError, match="quelqu’un d’autre"):
        create("Agence Rivage", admin=there.user.email)


def test_who_has_another_agency_enters_both_by_one_address() -> None:
    create()
    create("Agence Rivage")
    assert User.objects.count() == 1
    browser = Browser()
    browser.force_login(User.objects.get())
    page = browser.get("/", follow=True)
    assert "Agence Colline" in page.text
    assert "Agence Rivage" in page.text
