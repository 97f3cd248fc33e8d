"""What the list of a carer's visits weighs over the wire, from the server as production has it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.phone import REPORT, is_kept, until
from tests.e2e.production import serving, with_collected_files
from tests.e2e.test_intervenant import signed_in
from tests.factories import NOW, World, a_client, a_contrat, a_world

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_SIGHT = 60_000
AFTER = 15_000
AHEAD = 7_000
# Which of the addresses are not part of the page.
BEHIND = "/intervenant/telephone/", REPORT
VISITS = 40


@pytest.fixture
def world(settings: Any, transactional_db: None) -> World:
    """An agency whose intervenant has forty visits to validate, of eight clients over a week."""
    settings.CLOCK_OFFSET_SECONDS = (NOW - datetime.now(UTC)).total_seconds()
    world = a_world(name="Agence Rivage")
    clients = [a_client(world.agence, first_name=f"Prénom{n}", last_name=f"Nom{n}") for n in range(8)]
    contrats = {client.pk: a_contrat(client, world.prestation) for client in clients}
    for n in range(VISITS):
        client, day = clients[n % 8], (NOW - timedelta(days=1 + n // 6)).date()
        fields = {"client_id": client.pk, "contrat_id": contrats[client.pk].pk, "ordre_de_mission": "Lever, toilette."}
        world.visit(day=day, start=f"{8 + n % 6 * 2:02d}:00", minutes=45 + n, **fields)
    return world


@pytest.fixture
def site(world: World, settings: Any, tmp_path: Path) -> Iterator[str]:
    """The address of a server as production has it."""
    with_collected_files(settings, tmp_path / "static")
    with serving() as url:
        yield url


class Wire:
    """Counts what comes over the wire, answers' headers included."""

    def __init__(self, page: Page) -> None:
        self.bytes: dict[str, float] = {}
        self._urls: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", lambda e: self._urls.update({e["requestId"]: e["request"]["url"]}))
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        # What the service worker fetches comes over the wire too, but not through this page.
        session.send("Network.setBypassServiceWorker", {"bypass": True})

    def _finished(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"], "?")
        self.bytes[url] = self.bytes.get(url, 0) + event["encodedDataLength"]

    def take(self) -> dict[str, float]:
        """Return what came since the last time, by address."""
        taken, self.bytes = self.bytes, {}
        return taken


def test_forty_visits_weigh_little(site: str, world: World, context: BrowserContext) -> None:
    signed_in(context, SimpleNamespace(url=site), world)
    page = context.new_page()
    wire = Wire(page)
    page.goto(f"{site}/intervenant/interventions/", wait_until="networkidle")
    assert page.locator("article").count() == VISITS
    first = wire.take()
    first_sight = sum(weight for url, weight in first.items() if not url.endswith(BEHIND))
    assert any("/all-portal." in url for url in first)
    assert first_sight < FIRST_SIGHT, first
    # Behind the page that is there, once a day: what the phone keeps for when there is no network.
    until(page, is_kept(REPORT))
    ahead = {**wire.take(), **{url: weight for url, weight in first.items() if url.endswith(BEHIND)}}
    assert sum(ahead.values()) < AHEAD, ahead
    page.goto(f"{site}/intervenant/interventions/", wait_until="networkidle")
    after = wire.take()
    assert any(url.endswith("/interventions/") and weight > 1000 for url, weight in after.items()), "it was measured"
    assert sum(after.values()) < AFTER, after
