"""What a client reads: visits, never «interventions», but in the labels that the reference page fixes."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail as post

from interventions.states import Action
from portals.web.actors import actors_of
from tests import factories
from tests.e2e.addresses import pages
from tests.factories import World
from tests.portals.client.conftest import signed_in
from tests.portals.client.link.mailed import SENT, browser, deliver, link_to
from tests.portals.client.visits import YESTERDAY, a_done_visit
from tests.tracking.browsing import in_every_status

JARGON = re.compile(r"\binterventions?\b", re.IGNORECASE)
# Said aloud or shown by an attribute: words of the page too.
SPOKEN = re.compile(r'\b(?:aria-label|title|alt|placeholder|content)="([^"]*)"')
# The menu's name on the agency's side and the module's, as the reference page has them.
FIXED = ("Validation des interventions depuis le portail",)


def read(html: str) -> str:
    """Return the words of a page, seen and spoken, without those that are fixed."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    text = unescape(" ".join((re.sub(r"<[^>]+>", " ", html), *SPOKEN.findall(html))))
    for label in FIXED:
        text = text.replace(label, " ")
    return text


@pytest.mark.parametrize("who", ["client", "proche"])
def test_pages_of_the_client_say_visite(world: World, who: str) -> None:
    in_every_status(world, YESTERDAY)
    in_every_status(world, YESTERDAY - timedelta(days=7))
    person = getattr(world, who).user
    actor = actors_of(person, factories.NOW)[0]
    there, found = signed_in(person), pages("client", actor)
    assert len(found) > 10
    texts = {address: read(there.get(address, follow=True).content.decode()) for address in found}
    assert {address: JARGON.findall(text) for address, text in texts.items() if JARGON.search(text)} == {}
    assert "visite" in "".join(texts.values())


def test_mails_and_links_to_the_client_say_visite(world: World) -> None:
    asked, sent_back, cancelled = (a_done_visit(world, start=f"{hour}:00") for hour in (10, 12, 14))
    deliver(world.agence)
    link = link_to(world.client.user)
    assert world.act(sent_back, Action.SEND_BACK, world.as_manager, reason="Erreur de saisie.").done
    assert world.act(cancelled, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=world.motif().pk).done
    deliver(world.agence, SENT + timedelta(minutes=20))
    mine = [message for message in post.outbox if message.to == [world.client.user.email]]
    assert len(mine) >= 2
    for message in mine:
        alternatives: Any = getattr(message, "alternatives", ())
        html = "".join(str(body) for body, kind in alternatives if kind == "text/html")
        assert html
        plain = re.sub(r"https?://\S+", "", str(message.body))
        assert JARGON.findall(read(f"{message.subject} {html}") + plain) == []
    assert JARGON.findall(read(browser().get(link).content.decode())) == []
    assert asked.status == "done"
