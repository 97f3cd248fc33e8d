"""The whole story of the reference page in a browser, on an agency's own files, with JavaScript and without.

One client, one intervenant, one gestionnaire; each signs in by a code, acts on their portal, and after each act both
plannings (and the gestionnaire's two) and the journal say the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Browser, expect

from interventions.models import Agence, Intervention
from portals.client.words import STATUS_WORDS
from tests import factories
from tests.e2e.people import Carer, Helped, Manager
from tests.e2e.post import Post, put_clock
from tests.interventions.mails.sink import Sink, free_port, listening, mailers, text_of

pytestmark = pytest.mark.django_db(transaction=True)

FILES = Path(__file__).parents[1] / "data" / "agence-rivage"
# A Saturday: five visits of the week are past, and one of them has no contrat in the files.
NOW = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)
MON, TUE, WED, THU, FRI = (date(2026, 10, day) for day in range(19, 24))
LEFT, BEFORE, ADDED = (date(2026, 10, day) for day in (15, 16, 17))
CLIENT, CARER, PRESTATION = "Mme Yvonne Quéré", "Maïwenn Dubœuf", "Aide à la toilette"
MOTIF = "L’heure de départ n’est pas la bonne"
TO_VALIDATE = "Réalisée, à valider par le client"
# The client reads where a visit stands from where they stand themselves; theirs is the second of the plannings.
CLIENT_WORDS = {str(status.label): str(words) for status, words in STATUS_WORDS.items()}
OF_CLIENT = 1
DECLARED = "Déclaré : mar. 20/10 8 h 10 – 9 h 40, 7,5 km"
AT = "24/10/2026 à"


@dataclass
class Story:
    """The three people, and the visits by day."""

    carer: Carer
    client: Helped
    manager: Manager
    post: Post

    def visit(self, day: date) -> Intervention:
        """Return the visit of that day."""
        return Intervention.objects.get(client__number="CL00003", day=day)

    def everywhere(self, day: date, *words: str) -> None:
        """Check that the four plannings show the visit of that day with these words."""
        visit = self.visit(day)
        shown = [
            self.carer.sees_in("/intervenant/?", day, "Quéré"),
            self.client.sees_in("/client/planning/?", day, "Maïwenn"),
            self.manager.sees_in(f"/gestion/clients/{visit.client.public_id}/?onglet=planning&", day, "Maïwenn"),
            self.manager.sees_in(
                f"/gestion/intervenants/{visit.intervenant.public_id}/?onglet=planning&", day, "Quéré"
            ),
        ]
        for place, planning in enumerate(shown):
            said = [CLIENT_WORDS.get(word, word) for word in words] if place == OF_CLIENT else words
            assert [word for word in said if word not in planning] == [], planning

    def journal_ends(self, day: date, line: str) -> None:
        """Check the last line of the journal in the window of the visit of that day."""
        assert self.manager.journal(self.visit(day))[-1] == line


@pytest.fixture
def post(settings: Any, tmp_path: Path) -> Iterator[Post]:
    port, sink = free_port(), Sink()
    settings.MAILERS = mailers(port)
    with listening(sink, port):
        yield Post(settings, sink, tmp_path)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def story(request: Any, settings: Any, browser: Browser, live_server: Any, post: Post) -> Iterator[Story]:
    """The agency's files, imported by the command that a person would use; and three browsers."""
    cache.clear()
    put_clock(settings, NOW)
    settings.BASE_URL = live_server.url
    call_command("import_agence", str(FILES), agence="Agence Rivage", json=True, stdout=io.StringIO())
    agence = Agence.objects.get()
    gestionnaire = factories.a_gestionnaire(agence)
    sizes = {"phone": (390, 844), "tablet": (820, 1180), "desk": (1440, 900)}
    contexts = [
        browser.new_context(
            java_script_enabled=request.param,
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="fr-FR",
        )
        for width, height in sizes.values()
    ]
    phone, tablet, desk = (context.new_page() for context in contexts)
    yield Story(
        Carer(phone, "sa00012@intervenants.example", post),
        Helped(tablet, "cl00003@famille.example", post),
        Manager(desk, gestionnaire.user.email, post),
        post,
    )
    for context in contexts:
        context.close()


def test_the_whole_story(story: Story) -> None:
    the_manager_attaches_a_contrat(story)
    the_intervenant_declares(story)
    the_intervenant_adds_a_visit(story)
    the_client_gets_one_mail_of_both_presses(story)
    the_client_answers(story)
    what_the_client_said_shows_everywhere(story)
    the_intervenant_accepts_one_and_refuses_the_other(story)
    the_manager_decides(story)
    the_manager_validates_the_rest(story)
    the_outbox_holds_every_mail_once(story)


def the_manager_attaches_a_contrat(story: Story) -> None:
    manager = story.manager
    manager.page.goto("/gestion/")
    manager.sign_in()
    manager.open_client("Quéré Yvonne")
    manager.open_visit("Mercredi 21", "Maïwenn")
    expect(manager.page.get_by_text("Aucun contrat n’est rattaché.")).to_be_visible()
    manager.attach("CT00003")
    manager.told("1 intervention enregistrée : Contrat rattaché")
    story.journal_ends(WED, "Contrat rattaché Claire Morvan (gestionnaire), 24/10/2026 à 10 h 00 Contrat : CT00003")


def the_intervenant_declares(story: Story) -> None:
    carer = story.carer
    carer.page.goto("/intervenant/")
    carer.sign_in()
    carer.open_list(CLIENT, PRESTATION)
    carer.enter(story.visit(TUE), début="08:10", fin="09:40", kilomètres="7,5")
    carer.enter(story.visit(FRI), commentaire="Porte close.")
    for day in (BEFORE, MON, TUE, WED, THU):
        carer.set_state(story.visit(day), "Réalisé")
    carer.set_state(story.visit(FRI), "Annulé")
    carer.press("Valider")
    carer.told("30 minutes de plus que prévu.")
    carer.enter(story.visit(TUE), commentaire="Douche plus longue.")
    carer.press("Valider quand même")
    carer.told("6 interventions enregistrées : Réalisé (5), Annulé (1)")
    expect(carer.card(story.visit(LEFT)).get_by_role("radio", name="N/B", checked=True)).to_have_count(1)


def the_intervenant_adds_a_visit(story: Story) -> None:
    story.carer.add(CLIENT, PRESTATION, ADDED, "18:00", "18:45", "Appelée par sa fille.")
    story.carer.told("1 intervention enregistrée : Ajoutée par l’intervenant")


def the_client_gets_one_mail_of_both_presses(story: Story) -> None:
    post, client = story.post, story.client
    assert (post.after(9), post.after(2), post.after(60)) == (0, 1, 0)
    [saved] = post.to(client.email)
    assert saved["Subject"] == "6 visites à valider, 1 visite annulée, du 16 au 23 octobre"
    assert "Fait : 8 h 10 – 9 h 40, 30 minutes de plus, +2 km" in text_of(saved)
    assert "Maïwenn D. : « Douche plus longue. »" in text_of(saved)
    assert "Samedi 17 octobre" in text_of(saved)
    client.follow(saved, "Voir et valider")
    client.told("Ces visites ont-elles bien eu lieu ?")
    client.page.get_by_role("link", name="se connecter").click()
    client.sign_in()
    client.told("6 visites à valider. Dites-nous si elles ont bien eu lieu.")
    story.everywhere(TUE, "8 h 10 – 9 h 40 1 h 30 · 7,5 km", TO_VALIDATE, "Douche plus longue.")
    story.everywhere(WED, "8 h 15 – 9 h 15 1 h · 12 km", TO_VALIDATE)
    story.everywhere(FRI, "8 h 15 – 9 h 15 0 h", "Annulée", "Porte close.")
    story.everywhere(ADDED, "18 h 00 – 18 h 45 45 min", "Ajoutée par Maïwenn D", "Appelée par sa fille.")
    story.journal_ends(TUE, f"Réalisé {CARER} (intervenant), {AT} 10 h 00 {DECLARED} Douche plus longue.")
    story.journal_ends(FRI, f"Annulé {CARER} (intervenant), {AT} 10 h 00 Porte close.")
    story.everywhere(LEFT, "8 h 15 – 9 h 15 1 h", "À réaliser")


def the_client_answers(story: Story) -> None:
    client = story.client
    client.page.goto("/client/")
    client.validate(story.visit(WED))
    client.modify(story.visit(MON), MOTIF, "Partie plus tôt.", heure_de_départ="09:00")
    client.modify(story.visit(TUE), MOTIF, "Comme d’habitude.", heure_de_départ="09:15")
    client.cancel(story.visit(THU), "La visite n’a pas eu lieu")
    client.told("2 visites à valider.")


def what_the_client_said_shows_everywhere(story: Story) -> None:
    who = f"{CLIENT} (client), {AT} 11 h 11"
    story.everywhere(WED, "8 h 15 – 9 h 15 1 h · 12 km", "Validée")
    story.journal_ends(WED, f"Validée par le client {who} Validation : par le client")
    story.everywhere(MON, "8 h 15 – 9 h 15 1 h", "Refusée par le client")
    said = f"Motif : {MOTIF} Selon le client : 8 h 15 – 9 h 00, 0 km Partie plus tôt."
    story.journal_ends(MON, f"Modifiée par le client {who} {said}")
    story.everywhere(TUE, "8 h 10 – 9 h 40 1 h 30 · 7,5 km", "Refusée par le client")
    story.everywhere(THU, "8 h 15 – 9 h 15 0 h", "Annulée")
    said = "Motif : La visite n’a pas eu lieu Selon le client : n’a pas eu lieu"
    story.journal_ends(THU, f"Annulée par le client {who} {said}")


def the_intervenant_accepts_one_and_refuses_the_other(story: Story) -> None:
    carer, post = story.carer, story.post
    assert post.after(11) == 2  # one to the intervenant of three presses; the cancellation to the manager too
    [modified] = post.to(carer.email)
    told = "2 visites modifiées par le client, 1 visite annulée par le client"
    assert modified["Subject"] == f"{told}, lundi 19, mardi 20 et jeudi 22 octobre"
    assert "Selon le client : 8 h 15 – 9 h 00, 15 minutes de moins" in text_of(modified)
    carer.follow(modified, "Voir et répondre")
    carer.answer(story.visit(MON), "Accepter")
    carer.told("Modification acceptée")
    carer.answer(story.visit(TUE), "Refuser", "J’ai rendu la clé à 9 h 40.")
    carer.told("Modification refusée")
    who = f"{CARER} (intervenant), {AT} 11 h 22"
    story.everywhere(MON, "8 h 15 – 9 h 00 45 min", "Validée")
    agreed = "Retenu : fin 9 h 15 → fin 9 h 00 Validation : par accord sur la modification"
    story.journal_ends(MON, f"Modification acceptée {who} {agreed}")
    story.everywhere(TUE, "8 h 10 – 9 h 40 1 h 30 · 7,5 km", "À délibérer")
    story.journal_ends(TUE, f"Modification refusée {who} J’ai rendu la clé à 9 h 40.")


def the_manager_decides(story: Story) -> None:
    manager, post = story.manager, story.post
    assert post.after(11) == 2  # what the intervenant answered, to the client in one and to the manager
    mail = post.to(manager.email)[-1]
    assert mail["Subject"] == "1 visite à délibérer, mardi 20 octobre"
    assert "« J’ai rendu la clé à 9 h 40. »" in text_of(mail)
    manager.follow(mail, "Comparer et décider")
    expect(manager.page.get_by_role("heading", name="À délibérer")).to_be_visible()
    manager.decide(story.visit(TUE), "La voisine confirme.", fin="09:30")
    manager.told("1 intervention enregistrée : Délibération")
    manager.told("Rien à délibérer")
    story.everywhere(TUE, "8 h 10 – 9 h 30 1 h 20 · 7,5 km", "Validée")
    decided = "Retenu : fin 9 h 40 → fin 9 h 30 Validation : par délibération La voisine confirme."
    title = "Délibération : visite validée"
    story.journal_ends(TUE, f"{title} Claire Morvan (gestionnaire), {AT} 11 h 33 {decided}")
    assert post.after(11) == 2
    told = "Décision de l’agence pour une visite, mardi 20 octobre"
    for person in (story.carer, story.client):
        mail = post.to(person.email)[-1]
        assert (mail["Subject"], "« La voisine confirme. »" in text_of(mail)) == (told, True)


def the_manager_validates_the_rest(story: Story) -> None:
    manager = story.manager
    manager.track("Quéré Yvonne")
    # The list as it is now narrowed: one that is about to go has the same boxes.
    expect(manager.page.locator("tbody tr")).to_have_count(2)
    for short in ("ven. 16/10", "sam. 17/10"):
        manager.page.get_by_role("checkbox", name=f"Quéré Yvonne, {short}").check()
    manager.press("Valider à la place du client")
    manager.told("2 visites sur 2 seront validées")
    expect(manager.page.locator(".tally")).to_contain_text("1 h 45")
    manager.page.get_by_label("Téléphone").check()
    manager.press("Valider les 2 visites")
    manager.told("2 visites validées")
    rows = manager.page.locator("tbody tr")
    expect(rows).to_have_text([re.compile("16/10.*Validée à la place du client"), re.compile("17/10.*Validée à")])
    who = f"Claire Morvan (gestionnaire), à la place de : client, {AT} 11 h 44"
    ground = "Ce qui le permet : Téléphone Validation : à la place du client"
    for day, hours in ((BEFORE, "8 h 15 – 9 h 15 1 h"), (ADDED, "18 h 00 – 18 h 45 45 min")):
        story.everywhere(day, hours, "Validée")
        story.journal_ends(day, f"Validée à la place du client {who} {ground}")


def the_outbox_holds_every_mail_once(story: Story) -> None:
    manager, post = story.manager, story.post
    assert post.after(11) == 1
    manager.page.goto("/gestion/envois/")
    rows = manager.page.locator("tbody tr")
    expect(rows.filter(has_text="Envoyé")).to_have_count(len(post.sink.mails))
    expect(rows.filter(has_not_text="Envoyé")).to_have_text([re.compile("Réuni avec un autre")] * 4)
    manager.page.get_by_role("link", name="6 visites à valider, 1 visite annulée").click()
    inside = manager.page.frame_locator("iframe")
    expect(inside.get_by_role("heading", level=1)).to_have_text("Ces visites ont-elles bien eu lieu ?")
