"""Quand recevoir les mails: two presses from any page of the portal, and what they change."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.test import Client as Browser

from interventions.models import MailPreference, Proche
from tests.factories import World

PAGE = "/client/mails/"


def _chosen(world: World) -> MailPreference:
    return MailPreference.objects.get(agence=world.agence, user=world.client.user)


def test_every_page_leads_there_and_one_press_chooses(world: World, client_page: Any) -> None:
    assert f'href="{PAGE}"' in client_page.get("/client/planning/").text
    answer = client_page.post(PAGE, {"rhythm": "week"}, follow=True)
    assert _chosen(world).rhythm == "week"
    assert "C’est votre choix." in answer.text


def test_hours_are_kept_or_refused_whole(world: World, client_page: Any) -> None:
    typed = {"hour": "08:00", "weekday": "0", "quiet_from": "21:00", "quiet_until": ""}
    answer = client_page.post(PAGE, typed)
    assert answer.status_code == 422
    assert "Donnez les deux heures" in answer.text
    assert client_page.post(PAGE, {**typed, "quiet_until": "21:00"}).status_code == 422
    assert client_page.post(PAGE, {**typed, "quiet_until": "07:00"}).status_code == 303
    chosen = _chosen(world)
    assert (chosen.hour, chosen.weekday, chosen.quiet_from) == (time(8), 0, time(21))
    assert client_page.post(PAGE, {**typed, "quiet_from": ""}).status_code == 303
    assert _chosen(world).quiet_until is None


def test_who_must_read_cannot_choose_none(world: World, client_page: Any, proche_page: Any) -> None:
    assert client_page.post(PAGE, {"rhythm": "none"}).status_code == 303
    Proche.objects.filter(pk=world.proche.pk).update(kind="tuteur")
    assert 'value="none"' not in proche_page.get(PAGE).text
    assert proche_page.post(PAGE, {"rhythm": "none"}).status_code == 400
    assert client_page.post(PAGE, {"rhythm": "hourly"}).status_code == 400


def test_the_other_portals_have_the_same_page(world: World) -> None:
    for person, page in ((world.intervenant, "/intervenant/mails/"), (world.gestionnaire, "/gestion/mails/")):
        browser: Any = Browser()
        browser.force_login(person.user)
        assert browser.get(page).status_code == 200
        assert browser.post(page, {"rhythm": "day"}).status_code == 303
        assert MailPreference.objects.get(user=person.user).rhythm == "day"


def test_the_agency_reads_the_choice_and_is_told_of_none(world: World, client_page: Any) -> None:
    client_page.post(PAGE, {"rhythm": "none"})
    Proche.objects.all().delete()
    desk: Any = Browser()
    desk.force_login(world.gestionnaire.user)
    sheet = desk.get(f"/gestion/clients/{world.client.public_id}/").text
    assert "Jamais" in sheet
    assert "Aucun mail ne l’atteint" in sheet
