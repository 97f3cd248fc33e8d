"""Every page that a person can open, found by walking the URLconf: axe, every width, great letters, no script."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, ViewportSize

from interventions import clock, operations
from interventions.actor import Actor
from interventions.models import ImportRequest, Intervention, User
from interventions.operations import Change
from interventions.states import Action, Status
from portals.web.actors import actors_of
from tests.e2e.addresses import pages
from tests.e2e.conftest import Demo
from tests.e2e.imports_shown import a_closed_month, imports
from tests.e2e.targets import small
from tests.portals.accounts.factors import a_key, recovery_codes

PEOPLE = {
    "client": "client@rivage.example",
    "intervenant": "intervenant@rivage.example",
    "gestion": "gestion@rivage.example",
    "suivi": "gestion@rivage.example",
    "": "proche@rivage.example",
}
# The portals whose every target a trembling hand has to find.
BY_THUMB = ("client",)
PHONE, TABLET, DESK = (ViewportSize(width=width, height=900) for width in (390, 820, 1440))
# Beside 200: an address that only takes presses, a filter that cannot be read. Both say so on a page.
ONLY_PRESSES, UNREADABLE = 405, 422


def addresses(demo: Demo, space: str) -> list[str]:
    """Return the pages of a portal; the tracking's preview needs rows chosen first."""
    actor = actors_of(User.objects.get(email=PEOPLE[space]), clock.now())[0]
    if space in ("", "gestion"):
        a_second_factor(User.objects.get(email=PEOPLE[space]))
    if space == "suivi":
        desk = demo.browse(PEOPLE[space])
        page = desk.new_page()
        page.goto("/suivi/?statut=done")
        page.get_by_role("button", name="Cocher la page").click()
        page.get_by_role("button", name="Valider à la place du client").click()
        page.wait_for_url("**/suivi/selections/*/")
        desk.close()
        a_lot_at_work(actor)
    if space == "gestion" and not ImportRequest.objects.exists():
        imports(actor)
        a_closed_month(actor)
    return pages(space, actor)


def a_second_factor(user: User) -> None:
    """Give somebody a passkey and codes of recovery, which have pages."""
    if not Authenticator.objects.filter(user=user).exists():
        a_key(user)
        recovery_codes(user)


def a_lot_at_work(actor: Actor) -> None:
    """Let a lot wait for a worker, of visits that it will leave alone."""
    visits = Intervention.objects.visible_to(actor).filter(status=Status.VALIDATED).values_list("pk", flat=True)[:20]
    changes = [Change(Action.REMIND_CLIENT, key) for key in visits]
    operations.begin(changes, actor=actor, at=clock.now(), key="walked", act=Action.REMIND_CLIENT)


def is_page(response: Response | None) -> bool:
    """Tell what a person reads from what only a script or a service does."""
    assert response is not None
    return response.headers["content-type"].startswith("text/html")


@dataclass
class Walk:
    """A browser that goes from page to page and notes what is wrong with each."""

    page: Page
    by_thumb: bool = False
    noted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.noted.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.noted.append(str(error)))

    def faults(self, address: str) -> list[str]:
        """Open a page and return all that is wrong with it."""
        self.noted.clear()
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(PHONE)
        response = self.page.goto(address)
        if response.status == ONLY_PRESSES or not is_page(response):
            return []  # the page of refusals, which the tests of the doors look at; or what a script reads
        if response.status == UNREADABLE:
            self.noted.clear()  # the browser's own line about the status
        elif response.status != 200:
            self.noted.append(f"status {response.status}")
        self.page.locator("main details").evaluate_all("all => all.forEach((one) => { one.open = true })")
        self._look("390 light")
        self.noted += small(self.page) if self.by_thumb else []
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")
        self._overflow("390 at 200 %")
        self.page.evaluate("document.documentElement.style.fontSize = ''")
        self.page.set_viewport_size(TABLET)
        self._overflow("820")
        self.page.set_viewport_size(DESK)
        self.page.emulate_media(color_scheme="dark")
        self._look("1440 dark")
        return list(self.noted)

    def _look(self, how: str) -> None:
        for violation in Axe().run(self.page).response["violations"]:
            nodes = [(node["target"], node["failureSummary"]) for node in violation["nodes"][:3]]
            self.noted.append(f"{how}: {violation['id']} {nodes}")
        self._overflow(how)

    def _overflow(self, how: str) -> None:
        root = "document.documentElement"
        wider = self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        if wider > 0:
            self.noted.append(f"{how}: {wider} px too wide")


@pytest.mark.parametrize("space", PEOPLE)
def test_every_page_is_fit_for_everybody(demo: Demo, space: str) -> None:
    found = addresses(demo, space)
    # A change of scheme without its transition: axe measures what is there at once.
    context = demo.browse(PEOPLE[space], reduced_motion="reduce")
    walk = Walk(context.new_page(), by_thumb=space in BY_THUMB)
    wrong = {address: faults for address in found if (faults := walk.faults(address))}
    context.close()
    assert wrong == {}, wrong


@pytest.mark.parametrize("space", PEOPLE)
def test_every_page_works_without_a_script(demo: Demo, space: str) -> None:
    found = addresses(demo, space)
    context = demo.browse(PEOPLE[space], java_script_enabled=False)
    page = context.new_page()
    for address in found:
        response = page.goto(address, wait_until="domcontentloaded")
        assert (address, response.status in (200, ONLY_PRESSES, UNREADABLE)) == (address, True)
        assert (address, page.get_by_role("main").count()) == (address, int(is_page(response)))
    context.close()
