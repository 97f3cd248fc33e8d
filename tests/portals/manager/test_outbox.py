"""Boîte d'envoi: what it lists and shows, and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions import notifications, operations
from interventions.mails import leaving
from interventions.mails.carrier import Carrier
from interventions.models import Agence, Client, Fate, Mail
from interventions.states import Action
from tests import factories
from tests.factories import NOW, World
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)


def _told(world: World) -> Mail:
    """Let the world's client be told of a visit to validate, and return the mail as it left."""
    world.act(world.visit(), Action.COMPLETE, world.as_intervenant)
    mail = Mail.objects.get(to=world.client.user.email)
    carrier = Carrier()
    while (claimed := leaving.claim(world.agence, NOW + LATER)) is not None:
        leaving.deliver(claimed, carrier)
    mail.refresh_from_db()
    return mail


def _many(world: World, count: int, first: int = 0) -> None:
    for turn in range(first, first + count):
        user = factories.a_user(f"n{turn:03d}@personnes.example")
        at = NOW + timedelta(seconds=turn)
        notifications.queue_sign_in(user, world.agence, "Votre code de connexion", "123456", "", at)


def test_the_list_says_to_whom_what_when_and_the_fate(world: World, desk: Desk) -> None:
    mail = _told(world)
    text = words(desk.get("envois/"))
    assert mail.to in text
    assert mail.subject in text
    assert "Envoyé" in text


def test_before_it_leaves_a_mail_says_when_it_will(world: World, desk: Desk) -> None:
    world.act(world.visit(), Action.COMPLETE, world.as_intervenant)
    mail = Mail.objects.all()[0]
    text = words(desk.get(f"envois/{mail.public_id}/"))
    assert "En attente" in text
    assert "Le texte sera fait au moment du départ" in text


def test_the_mail_is_shown_as_it_left_inside_a_sandbox(world: World, desk: Desk) -> None:
    mail = _told(world)
    shown = desk.get(f"envois/{mail.public_id}/")
    assert "Aïcha L. a déclaré cette visite." in words(shown)
    assert f'src="/gestion/envois/{mail.public_id}/html/" sandbox=""' in shown.text
    inside = desk.get(f"envois/{mail.public_id}/html/")
    policy = inside.headers["Content-Security-Policy"]
    assert inside.text == mail.html
    for rule in ("default-src 'none'", "sandbox", "form-action 'none'", "frame-ancestors 'self'"):
        assert rule in policy
    assert inside.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_code_of_sign_in_is_shown_to_nobody(world: World, desk: Desk) -> None:
    mail = notifications.queue_sign_in(factories.a_user(), world.agence, "Votre code", "123456", "<p>123456</p>", NOW)
    for path in ("envois/", f"envois/{mail.public_id}/"):
        assert "123456" not in desk.get(path).text
    assert desk.get(f"envois/{mail.public_id}/html/").status_code == 404


def test_fifty_a_page_by_key_both_ways(world: World, desk: Desk) -> None:
    _many(world, 60)
    first = desk.get("envois/")
    assert first.text.count("@personnes.example</td>") == 50
    assert "n059@" in first.text
    edge = Mail.objects.visible_to(world.as_manager).order_by("-created_at", "-id")[49]
    second = desk.get(f"envois/?apres={edge.public_id}")
    assert second.text.count("@personnes.example</td>") == 10
    assert "n059@" not in second.text
    top = Mail.objects.order_by("-created_at", "-id")[50]
    back = desk.get(f"envois/?avant={top.public_id}")
    assert back.text.count("@personnes.example</td>") == 50


def test_narrowed_by_fate_and_by_address(world: World, desk: Desk) -> None:
    _many(world, 3)
    Mail.objects.filter(to="n001@personnes.example").update(fate=Fate.BOUNCED)
    came_back = desk.get("envois/?sort=revenus").text
    assert "n001@" in came_back
    assert "n002@" not in came_back
    found = desk.get("envois/?q=N002").text
    assert "n002@" in found
    assert "n001@" not in found


def test_a_manager_with_secteurs_reads_only_mails_about_their_clients(world: World) -> None:
    here = factories.a_secteur(world.agence)
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[here]))
    mail = _told(world)
    for path in (f"envois/{mail.public_id}/", f"envois/{mail.public_id}/html/"):
        assert limited.get(path).status_code == 404
    assert mail.to not in limited.get("envois/").text
    Client.objects.filter(pk=world.client.pk).update(secteur=here)
    assert mail.to in limited.get("envois/").text
    assert limited.get(f"envois/{mail.public_id}/").status_code == 200


def test_a_mail_that_names_another_secteurs_client_stays_closed(world: World) -> None:
    here = factories.a_secteur(world.agence)
    other = factories.a_client(world.agence, user=world.client.user)
    contrat = factories.a_contrat(other, world.prestation)
    Client.objects.filter(pk=world.client.pk).update(secteur=here)
    visits = [world.visit(), world.visit(client_id=other.pk, contrat_id=contrat.pk, start="14:00")]
    changes = [operations.Change(Action.COMPLETE, visit.pk) for visit in visits]
    operations.apply(changes, actor=world.as_intervenant, at=NOW, key=factories.key())
    mail = Mail.objects.get(to=world.client.user.email)
    assert mail.lines.count() == 2
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[here]))
    assert limited.get(f"envois/{mail.public_id}/").status_code == 404


def test_another_agency_sees_nothing(world: World) -> None:
    mail = _told(world)
    stranger = desk_of(factories.a_gestionnaire(factories.an_agence()))
    assert mail.to not in stranger.get("envois/").text
    for path in (f"envois/{mail.public_id}/", f"envois/{mail.public_id}/html/"):
        assert stranger.get(path).status_code == 404
    assert Agence.objects.count() == 2


def test_what_is_not_found_is_said(desk: Desk) -> None:
    assert "Aucun mail ne répond à cette recherche" in words(desk.get("envois/?q=personne-de-ce-nom"))


def test_the_list_takes_as_many_statements_for_fifty_as_for_one(world: World, desk: Desk) -> None:
    counts = set()
    desk.get("envois/")  # the first page of a session chooses the door
    for count in (1, 49):
        _many(world, count, first=count * 100)
        with CaptureQueriesContext(connection) as seen:
            desk.get("envois/")
        counts.add(len(seen))
    assert len(counts) == 1
