"""The Monday of an agency that begins with nothing but its files: from the operator to a client’s yes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from interventions.models import Agence, Intervention
from interventions.states import Status
from portals.tasks import carry_on_imports
from tests.e2e.people import Carer, Helped, Manager
from tests.e2e.post import Post, put_clock
from tests.interventions.mails.sink import Sink, free_port, listening, mailers, text_of

pytestmark = pytest.mark.django_db(transaction=True)

FILES = Path(__file__).parents[1] / "data" / "agence-rivage"
NOW = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
DAY = date(2026, 10, 19)
HEAD = "claire.morvan@rivage.example"


@pytest.fixture
def post(settings: Any, tmp_path: Path) -> Iterator[Post]:
    port, sink = free_port(), Sink()
    settings.MAILERS = mailers(port)
    with listening(sink, port):
        yield Post(settings, sink, tmp_path)


@pytest.fixture
def people(settings: Any, browser: Browser, live_server: Any, post: Post) -> Iterator[tuple[Manager, Carer, Helped]]:
    """An agency as the operator opens it, and three browsers."""
    cache.clear()
    put_clock(settings, NOW)
    settings.BASE_URL = live_server.url
    who = ["--admin", HEAD, "--nom", "Morvan", "--prenom", "Claire", "--telephone", "02 61 91 20 30"]
    call_command("create_agence", "Agence Rivage", *who)
    sizes = {"desk": (1440, 900), "phone": (390, 844), "tablet": (820, 1180)}
    contexts = [
        browser.new_context(base_url=live_server.url, viewport={"width": width, "height": height}, locale="fr-FR")
        for width, height in sizes.values()
    ]
    desk, phone, tablet = (context.new_page() for context in contexts)
    yield (
        Manager(desk, HEAD, post),
        Carer(phone, "sa00012@intervenants.example", post),
        Helped(tablet, "cl00003@famille.example", post),
    )
    for context in contexts:
        context.close()


def test_a_monday_from_nothing_but_files(people: tuple[Manager, Carer, Helped], post: Post, tmp_path: Path) -> None:
    manager, carer, client = people
    the_manager_comes_in_by_the_mail(manager)
    everything_comes_by_file(manager.page, few_lines(tmp_path))
    the_module_goes_on_and_everybody_is_invited(manager)
    assert post.after(1) == len(post.sink.mails) - 2
    the_invitation_leads_in(carer)
    carer.open_list("Mme Yvonne Quéré", "Aide à la toilette")
    visit = Intervention.objects.get(client__number="CL00003", day=DAY)
    carer.set_state(visit, "Réalisé")
    carer.press("Valider")
    carer.told("1 intervention enregistrée")
    the_invitation_leads_in(client)
    client.validate(visit)
    visit.refresh_from_db()
    assert visit.status == Status.VALIDATED
    the_guide_is_put_away(manager)


def few_lines(folder: Path) -> list[Path]:
    """The agency's own files, of its first nine clients only, and one day of visits: each is an invitation less."""
    for name in ("clients", "contrats", "interventions"):
        head, *lines = (FILES / f"{name}.csv").read_text("utf-8-sig").splitlines()
        few = [line for line in lines if "CL0000" in line and (name != "interventions" or ";19/10/2026;" in line)]
        (folder / f"{name}.csv").write_text("\n".join([head, *few, ""]), "utf-8")
    return [FILES / "intervenants.csv", *(folder / f"{name}.csv" for name in ("clients", "contrats", "interventions"))]


def the_manager_comes_in_by_the_mail(manager: Manager) -> None:
    manager.post.after(1)
    [mail] = manager.post.to(HEAD)
    manager.follow(mail, "Se connecter")
    manager.sign_in()
    manager.told("Mise en route de votre agence")
    manager.page.get_by_role("link", name="Continuer la mise en route").click()
    missing(
        manager.page,
        "Prestations",
        "Personnes",
        "Contrats",
        "Planning",
        "Validation depuis les portails",
        "Invitations",
    )


def missing(page: Page, *titles: str) -> None:
    """See which steps are left, on the page that the menu leads back to."""
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Mise en route").click()
    left = page.get_by_role("main").get_by_role("listitem").filter(has_text="À faire").get_by_role("heading")
    expect(left).to_have_text([re.compile(rf"\d\. {title}$") for title in titles])


def everything_comes_by_file(page: Page, files: list[Path]) -> None:
    page.get_by_role("link", name="Envoyer des fichiers : Personnes").click()
    page.get_by_label("Fichiers", exact=True).set_input_files(files)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("Toutes les colonnes sont reconnues.")).to_have_count(4)
    page.get_by_role("button", name="Voir l’aperçu").click()
    a_worker_goes_on(page)
    page.get_by_role("button", name="Importer", exact=True).click()
    a_worker_goes_on(page)
    expect(page.get_by_role("heading", name="Import n° 1")).to_be_visible()


def a_worker_goes_on(page: Page) -> None:
    """Let the background do its step; the page, which asks by itself, is then another."""
    waits = page.get_by_text("Vous pouvez fermer cette page")
    expect(waits).to_be_visible()
    assert carry_on_imports() == 1
    expect(waits).to_have_count(0, timeout=30_000)


def the_module_goes_on_and_everybody_is_invited(manager: Manager) -> None:
    page = manager.page
    missing(page, "Contrats", "Validation depuis les portails", "Invitations")
    expect(page.get_by_text(re.compile("client.* pas de contrat facturable"))).to_be_visible()
    page.get_by_role("link", name="Ouvrir le réglage").click()
    page.get_by_role("button", name="Activer", exact=True).click()
    manager.told("Le module est activé")
    missing(page, "Contrats", "Invitations")
    page.get_by_role("link", name="Inviter par mail").click()
    expect(page.get_by_role("heading", name="Clients : sans adresse e-mail")).to_be_visible()
    expect(page.get_by_role("link", name="Bésnard Yvonne")).to_be_visible()
    page.get_by_role("button", name="Envoyer les invitations").click()
    manager.told("invitations partent par mail")
    missing(page, "Contrats")


def the_invitation_leads_in(who: Carer | Helped) -> None:
    [invitation] = [mail for mail in who.post.to(who.email) if "espace en ligne" in str(mail["Subject"])]
    assert "un code vous est envoyé" in text_of(invitation)
    who.follow(invitation, "Se connecter")
    who.sign_in()
    expect(who.page.get_by_role("main")).to_be_visible()


def the_guide_is_put_away(manager: Manager) -> None:
    missing(manager.page, "Contrats")
    manager.press("Ne plus la montrer sur l’Accueil")
    manager.told("La mise en route n’est plus sur l’Accueil")
    expect(manager.page.get_by_role("link", name="Mise en route")).to_have_count(0)
    assert not Agence.objects.get().first_day
