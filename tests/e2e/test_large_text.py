"""Text at 200 %, in a real browser: nothing wider than the screen, the places at the foot apart, the desk's scan."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as product
from django.test import Client as Session
from django.urls import reverse
from playwright.sync_api import Browser, Page, ViewportSize, expect

from interventions.models import Intervention
from tests.factories import World
from tests.portals.client.link.mailed import deliver, link_to
from tests.portals.client.visits import a_done_visit, at

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, TABLET, DESK = (ViewportSize(width=width, height=844) for width in (390, 820, 1440))
# A tablet at zoom 2 has half of its pixels.
TABLET_TWICE = ViewportSize(width=410, height=590)
TWICE = "document.documentElement.style.fontSize = '200%'"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def visit(world: World) -> Intervention:
    """A visit that awaits the client, with its mail."""
    made = a_done_visit(world, comment="Tout va bien.")
    deliver(world.agence)
    return made


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A browser on which nobody is signed in yet."""
    context = browser.new_context(base_url=live_server.url, bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def enter(page: Page, person: Any, live_server: Any) -> None:
    session, name = Session(), product.SESSION_COOKIE_NAME
    session.force_login(person.user)
    page.context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": live_server.url}])


def too_wide(page: Page, address: str) -> dict[str, int]:
    """Return by how many pixels a page is wider than a phone with great letters, or than a tablet at zoom 2."""
    found = {}
    for name, size, script in (("phone", PHONE, TWICE), ("tablet", TABLET_TWICE, "")):
        page.set_viewport_size(size)
        page.goto(address)
        page.evaluate(script)
        found[name] = page.evaluate(WIDER)
    return {name: wider for name, wider in found.items() if wider > 0}


def test_the_client_s_pages_with_great_letters(
    page: Page, live_server: Any, world: World, visit: Intervention
) -> None:
    names = ("prestations", "planning", "historique", "demandes", "proches", "proche-new", "mails")
    link = link_to(world.client.user)
    addresses = [reverse(f"client:{name}") for name in names]
    addresses += [at(visit), at(visit, "modification"), at(visit, "annulation")]
    addresses += [link, *(f"{link}interventions/{visit.public_id}/{noun}/" for noun in ("modification", "annulation"))]
    enter(page, world.client, live_server)
    assert {address: wider for address in addresses if (wider := too_wide(page, address))} == {}


def test_the_places_at_the_foot_stand_apart_with_great_letters(page: Page, live_server: Any, world: World) -> None:
    """They keep their words and the bar scrolls: each can be reached, none lies over another."""
    enter(page, world.client, live_server)
    page.set_viewport_size(PHONE)
    page.goto("/client/")
    page.evaluate(TWICE)
    places = page.get_by_role("navigation", name="Portail client").get_by_role("link").all()
    assert len(places) == 5
    boxes = [box for place in places if (box := place.bounding_box())]
    ends = [box["x"] + box["width"] for box in boxes]
    assert all(end <= box["x"] for end, box in zip(ends, boxes[1:], strict=False))
    assert all(place.evaluate("one => one.scrollWidth <= one.clientWidth") for place in places)
    for place in places:
        place.scroll_into_view_if_needed()
        expect(place).to_be_in_viewport(ratio=0.99)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_s_scan_and_sheet(
    page: Page, live_server: Any, world: World, visit: Intervention, scheme: Any
) -> None:
    enter(page, world.gestionnaire, live_server)
    page.emulate_media(color_scheme=scheme)
    addresses = [reverse("gestion:client", args=[world.client.public_id]) + "?onglet=planning"]
    acts = ("validate_for_client", "contest", "cancel_by_client")
    addresses += [reverse(f"gestion:{act}", args=[visit.public_id]) for act in acts]
    for address in addresses:
        for size in (PHONE, TABLET, DESK):
            page.set_viewport_size(size)
            page.goto(address)
            assert page.evaluate(WIDER) == 0, (address, size)
        found = Axe().run(page)
        assert found.violations_count == 0, (address, found.generate_report())
        assert too_wide(page, address) == {}, address
    box = page.get_by_label("Feuille ou lettre numérisée").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.goto(addresses[0])
    expect(page.get_by_role("link", name="Feuille de la semaine à signer")).to_be_visible()
