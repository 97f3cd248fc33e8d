"""Each agency's portals, mails and papers carry its own look, and nothing of the other's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from interventions import letterheads, links
from interventions.mails import letterhead, reading, rendering
from interventions.models import Agence, Mail, SettingEntry, User
from interventions.states import Action
from tests import factories
from tests.factories import NOW, World
from tests.images import a_png
from tests.portals.intervenant.posted import form_of
from tests.portals.manager.conftest import desk_of, words

pytestmark = pytest.mark.django_db
MAILS, SETTINGS = "/gestion/parametres/mails/", "/gestion/parametres/"
PAGES = {
    "intervenant": reverse("intervenant:interventions"),
    "client": reverse("client:prestations"),
    "gestionnaire": reverse("gestion:home"),
}


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    """Put the clock to the moment that the factories' visits lie around."""
    with time_machine.travel(NOW, tick=False):
        yield


def dressed(name: str, size: tuple[int, int]) -> World:
    """Return an agency whose administrator has given it a logo, words and a sender in the product."""
    world = factories.a_world(name=name)
    desk = desk_of(world.gestionnaire)
    shown = form_of(desk.browser.get(MAILS).text, MAILS)
    logo = SimpleUploadedFile("logo.png", a_png(*size), "text/html")
    sent = shown | {"logo_file": logo, "sender_name": f"Équipe {name}", "client_asked": f"{name} vous le demande."}
    assert desk.browser.post(MAILS, sent).status_code == 303
    typed = form_of(desk.browser.get(SETTINGS).text, "#agence") | {
        "phone": f"02 40 00 00 0{size[0] % 10}",
        "address": f"1 rue de {name}",
        "client_words": f"Bienvenue chez {name}.",
        "intervenant_words": f"Merci, de la part de {name}.",
        "reglages": "agence",
    }
    assert desk.browser.post(SETTINGS, typed).status_code == 303
    world.agence.refresh_from_db()
    return world


def marks(world: World) -> set[str]:
    """Return all that tells an agency from another."""
    agence = Agence.objects.get(pk=world.agence.pk)
    return {agence.name, agence.phone, str(agence.logo_id), agence.client_words, agence.intervenant_words}


def seen(user: User | None, path: str) -> Any:
    browser = Browser()
    assert user is not None
    browser.force_login(user)
    answer = browser.get(path, follow=True)
    assert answer.status_code == 200
    return answer


def test_portals_link_page_and_mail_carry_their_own_look_and_nothing_of_the_other() -> None:
    worlds = [dressed("Colline", (160, 40)), dressed("Rivage", (321, 80))]
    for world, other in (worlds, worlds[::-1]):
        visit = world.visit()
        world.visit(start="15:00")
        world.act(visit, Action.COMPLETE, world.as_intervenant)
        mail = Mail.objects.filter(agence=world.agence, user=world.client.user).get()
        mail.lines.update(told=True)
        found = rendering.compose(mail, reading.read(mail, NOW), NOW)
        address = reverse("link_prestations", args=[links.token(links.open_for(mail, NOW))])
        pages = {
            "intervenant": seen(world.intervenant.user, PAGES["intervenant"]),
            "client": seen(world.client.user, PAGES["client"]),
            "proche": seen(world.proche.user, PAGES["client"]),
            "gestionnaire": seen(world.gestionnaire.user, PAGES["gestionnaire"]),
            "link": Browser().get(address),
        }
        for role, page in pages.items():
            assert not [mark for mark in marks(other) if mark in page.text], role
            head = f'src="/logo/{world.agence.logo_id}/"'
            assert (role, head in page.text, f'alt="{world.agence.name}"' in page.text) == (role, True, True)
            said = world.agence.intervenant_words if role == "intervenant" else world.agence.client_words
            assert (role, said in page.text) == (role, role != "gestionnaire")
        assert f"{world.agence.name} vous le demande." in found.text
        assert letterhead.of(world.agence).sender == f"Équipe {world.agence.name}"
        assert not [mark for mark in marks(other) if mark in found.text + found.html]
        assert letterhead.logo_part(found.html, world.agence.pk) is not None


def test_a_logo_is_served_as_what_it_is_as_long_as_it_is_shown() -> None:
    world = dressed("Colline", (160, 40))
    address = f"/logo/{world.agence.logo_id}/"
    answer = Browser().get(address)
    assert (answer.status_code, answer.content) == (200, a_png(160, 40))
    assert answer.headers["Content-Type"] == "image/png", "by its bytes, whatever the browser said"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert not answer.cookies
    style = letterheads.of(world.agence)
    letterheads.change(world.as_manager, {name: getattr(style, name) for name in letterheads.TEXTS}, None, NOW)
    assert Browser().get(address).status_code == 404
    assert "brand-logo" not in seen(world.client.user, PAGES["client"]).text
    assert '<span class="brand-name">Colline</span>' in seen(world.client.user, PAGES["client"]).text


@pytest.mark.parametrize(
    "content",
    [b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', b"<html>", a_png(160, 40)[:-4]],
    ids=["drawing", "page", "half"],
)
def test_what_is_no_picture_becomes_no_logo(content: bytes) -> None:
    world = factories.a_world()
    desk = desk_of(world.gestionnaire)
    shown = form_of(desk.browser.get(MAILS).text, MAILS)
    sent = shown | {"logo_file": SimpleUploadedFile("logo.png", content, "image/png")}
    answer = desk.browser.post(MAILS, sent)
    assert (answer.status_code, "n’est ni une image PNG" in words(answer)) == (422, True)
    assert Agence.objects.get(pk=world.agence.pk).logo_id is None


def test_who_the_agency_is_is_plain_words_on_record_and_its_name_is_its_own() -> None:
    world, other = factories.a_world(name="Colline"), factories.a_world(name="Rivage")
    desk = desk_of(world.gestionnaire)
    shown = form_of(desk.browser.get(SETTINGS).text, "#agence") | {"reglages": "agence"}
    for field, wrong in (
        ("name", "Rivage"),
        ("name", ""),
        ("email", "contact"),
        ("client_words", "<b>Bonjour</b>"),
        ("intervenant_words", "Bonjour {agence}"),
        ("client_words", "a\nb\nc\nd\ne"),
    ):
        answer = desk.browser.post(SETTINGS, shown | {field: wrong})
        assert (field, answer.status_code, f"id_{field}_error" in answer.text) == (field, 422, True)
        assert wrong != "Rivage" or "porte déjà ce nom" in answer.text
    assert not SettingEntry.objects.exists()
    assert desk.browser.post(SETTINGS, shown | {"name": "Colline Ouest"}).status_code == 303
    [entry] = SettingEntry.objects.all()
    assert (entry.agence_id, entry.before, entry.after) == (
        world.agence.pk,
        {"name": "Colline"},
        {"name": "Colline Ouest"},
    )
    limited = desk_of(factories.a_gestionnaire(world.agence, may_administer=False))
    limited.browser.post(SETTINGS, shown | {"name": "Autre"})
    assert set(Agence.objects.values_list("name", flat=True)) == {"Colline Ouest", other.agence.name}
