"""From the mail to the answer in a real browser, signed in nowhere, with JavaScript and without."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from interventions import operations
from interventions.models import Agence, Intervention, MailLink
from interventions.states import Action
from tests import factories
from tests.e2e.targets import small
from tests.factories import World
from tests.portals.client.link.mailed import deliver, link_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visits(world: World) -> list[Intervention]:
    """Three visits declared in one press, with the mails that tell them."""
    made = [world.visit(start=f"{hour:02d}:00") for hour in (8, 10, 12)]
    changes = [operations.Change(Action.COMPLETE, visit.pk, comment="Tout va bien.") for visit in made]
    operations.apply(changes, actor=world.as_intervenant, at=world.now, key=factories.key())
    deliver(world.agence)
    return made


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def tab(request: pytest.FixtureRequest, browser: Browser, live_server: Any) -> Iterator[Page]:
    """A telephone on which nobody is signed in."""
    context = browser.new_context(
        java_script_enabled=request.param, viewport={"width": 390, "height": 844}, base_url=live_server.url
    )
    yield context.new_page()
    context.close()


def test_three_answers_from_the_mail(tab: Page, world: World, visits: list[Intervention]) -> None:
    link = link_to(world.client.user)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    tab.goto(link)
    expect(tab.get_by_role("heading", name="Ces visites ont-elles bien eu lieu ?")).to_be_visible()
    first, second, third = (tab.locator(f"#visite-{visit.public_id}") for visit in visits)
    first.get_by_role("button", name="Valider").click()
    expect(first.get_by_text("Vous avez validé cette visite.")).to_be_visible()

    second.get_by_role("link", name="Modifier").click()
    tab.get_by_label("L’heure de départ n’est pas la bonne", exact=True).check()
    further = tab.get_by_role("button", name="Continuer")
    if further.count():
        further.click()
    tab.get_by_label("Heure de départ", exact=True).fill("10:45")
    tab.get_by_role("button", name="Valider la modification").click()
    expect(second.get_by_text("Aïcha L. doit répondre.")).to_be_visible()

    third.get_by_role("link", name="Annuler").click()
    tab.get_by_label("La visite n’a pas eu lieu").check()
    tab.get_by_role("button", name="Valider l’annulation").click()
    expect(third.get_by_text("Vous avez annulé cette visite.")).to_be_visible()
    third.get_by_role("button", name="Reprendre").click()
    expect(third.get_by_role("button", name="Valider")).to_be_visible()
    statuses = Intervention.objects.order_by("retained_start").values_list("status", flat=True)
    assert list(statuses) == ["validated", "contested", "done"]
    origin, token = tab.url.split("/lien/")[0], link.split("/")[2]
    assert all(line.startswith(f"{origin}/") for line in asked)
    assert not any(token in line.split(" ")[1] for line in asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_axe_finds_nothing(
    live_server: Any, browser: Browser, world: World, visits: list[Intervention], scheme: Any, width: int
) -> None:
    link = link_to(world.proche.user)
    motif = world.motif(kind="refus", opens_hours=True, opens_km=True)
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": 844})
    page = context.new_page()

    def check(address: str, words: str) -> None:
        page.goto(live_server.url + address)
        expect(page.get_by_text(words).first).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, (address, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, address
        assert small(page) == [], address
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0

    check(link, "Vous agissez pour")
    visit = f"{link}interventions/{visits[0].public_id}/"
    check(f"{visit}modification/?motif={motif.public_id}", "Mme Yvonne Quéré")
    check(f"{visit}annulation/", "Mme Yvonne Quéré")
    check("/lien/autre/", "Ce lien n’est pas valable")
    Agence.objects.update(module_enabled=False)
    check(link, "La validation est suspendue")
    MailLink.objects.update(expires_at=factories.NOW)
    check(link, "Recevoir un nouveau lien")
    context.close()
