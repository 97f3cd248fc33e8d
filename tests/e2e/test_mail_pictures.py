"""Every kind of mail in a window: narrow and wide, light and dark, whole, and light enough for Gmail.

CONTRESEING_PICTURES=folder keeps the pictures there.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from interventions import letterheads, mail_examples, operations
from interventions.mails import images, letterhead, reading
from interventions.mails.rendering import Content, compose
from interventions.models import Mail, Topic
from interventions.states import Action
from tests.factories import NOW, World, a_world, key
from tests.images import a_png
from tests.interventions.acts import longer

pytestmark = pytest.mark.django_db
# Gmail cuts what is longer.
CLIPPED = 102_000
MANY = 70


@pytest.fixture
def world() -> World:
    made = a_world(name="Agence Rivage")
    content = a_png(180, 56)
    image = images.read(content)
    assert image is not None
    words = {str(topic): "Toute l’équipe de {agence} vous remercie de votre confiance." for topic in Topic}
    wanted = dict.fromkeys(letterheads.TEXTS, "") | words | {"signature": "L’équipe de {agence}\n{telephone}"}
    letterheads.change(made.as_manager, wanted, letterheads.keep_logo(made.agence, content, image, NOW), NOW)
    return made


def _every_kind(world: World) -> dict[str, Content]:
    motif = world.motif(kind="refus", opens_hours=True)
    for ends in (Action.COMPLETE, Action.CONTEST, Action.REFUSE_CHANGE, Action.CANCEL):
        visit = world.visit()
        if ends is Action.CANCEL:
            world.act(visit, ends, world.as_manager, motif_id=world.motif().pk)
            continue
        world.act(visit, Action.COMPLETE, world.as_intervenant, comment="La douche a pris plus de temps.")
        if ends is not Action.COMPLETE:
            entered: dict[str, Any] = {
                "facts": longer(visit.declared, -15),
                "motif_id": motif.pk,
                "comment": "Partie plus tôt.",
            }
            world.act(visit, Action.CONTEST, world.as_client, **entered)
        if ends is Action.REFUSE_CHANGE:
            world.act(visit, ends, world.as_intervenant, comment="J’étais là jusqu’au bout.")
    head = letterhead.of(world.agence)
    found = {str(topic): mail_examples.of(world.as_manager, topic, head, NOW).content for topic in Topic}
    return found | {"many": _longest(world)}


def _longest(world: World) -> Content:
    """Return a mail of many visits, each with a comment as long as it may be."""
    days = [NOW.date() - timedelta(days=2 + back) for back in range(MANY)]
    visits = [world.visit(day=day, start="14:00") for day in days]
    changes = [operations.Change(Action.COMPLETE, visit.pk, comment="Elle allait bien. " * 55) for visit in visits]
    outcome = operations.apply(changes, actor=world.as_intervenant, at=NOW, key=key())
    assert not outcome.refused
    mail = Mail.objects.get(user=world.client.user, batch=outcome.batch)
    return compose(mail, reading.read(mail, NOW), NOW)


def test_each_mail_can_be_read_in_any_window(world: World, page: Page) -> None:
    folder = os.environ.get("CONTRESEING_PICTURES", "")
    for name, content in _every_kind(world).items():
        assert len(content.html.encode()) < CLIPPED, name
        html = letterhead.shown(content.html, world.agence.pk)
        assert 'src="http' not in html
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (390, 700):
                page.set_viewport_size({"width": width, "height": 800})
                page.set_content(html)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
                if folder:
                    target = Path(folder) / f"{name}-{width}-{scheme}.png"
                    page.screenshot(path=target, full_page=name != "many")
            found = [violation["id"] for violation in Axe().run(page).response["violations"]]
            assert set(found) <= {"landmark-one-main", "region"}, (name, scheme, found)


def test_a_long_mail_says_how_many_it_leaves_out(world: World) -> None:
    content = _longest(world)
    assert content.subject.startswith(f"{MANY} visites à valider, du ")
    assert "Et 30 autres visites, à voir en ligne." in content.text
    assert content.text.count("\n- ") == 40
