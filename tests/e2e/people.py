"""The people of a story, each with a browser of their own and the gestures that their portal offers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage

from playwright.sync_api import Locator, Page, expect

from interventions.models import Intervention
from tests.e2e.post import Post


@dataclass
class Person:
    """Somebody with an address, at a page of the product."""

    page: Page
    email: str
    post: Post

    def sign_in(self) -> None:
        """Ask for a code on the page of sign-in, read it in the mail, and enter it."""
        self.page.get_by_label("Adresse e-mail").first.fill(self.email)
        self.page.get_by_role("button", name="Recevoir un code").click()
        code = self.page.get_by_label("Code reçu par e-mail")
        expect(code).to_be_visible()
        code.fill(self.post.code_for(self.email))
        self.page.get_by_role("button", name="Se connecter").click()

    def follow(self, mail: EmailMessage, button: str) -> None:
        """Open a mail and press its button."""
        self.page.goto(self.post.as_file(mail))
        self.page.get_by_role("link", name=button).click()

    def card(self, visit: Intervention) -> Locator:
        """Return the block of a visit."""
        return self.page.locator(f"#visite-{visit.public_id}")

    def press(self, name: str) -> None:
        """Press a button of the page."""
        self.page.get_by_role("button", name=name).first.click()

    def told(self, words: str) -> None:
        """See what the product says was done."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def sees_in(self, planning: str, day: date, who: str) -> str:
        """Return what a planning says of the visit with this person on that day, in plain spaces."""
        self.page.goto(f"{planning}vue=jour&date={day}", wait_until="domcontentloaded")
        return plain(self.page.locator(".planning-visit").filter(has_text=who).inner_text())


def plain(text: str) -> str:
    """Return a text of a page on one line, every space an ordinary one."""
    return " ".join(text.split())


class Carer(Person):
    """The intervenant, on a phone."""

    def open_list(self, client: str, prestation: str) -> None:
        """Open Mes interventions and narrow it to a client and a prestation."""
        self.page.get_by_role("link", name="Mes interventions").first.click()
        self.page.get_by_label("Client", exact=True).select_option(client)
        self.page.get_by_label("Prestation", exact=True).select_option(prestation)
        self.page.get_by_role("button", name="Afficher").click()

    def set_state(self, visit: Intervention, etat: str) -> None:
        """Set a visit to N/B, Réalisé or Annulé."""
        self.card(visit).get_by_text(etat, exact=True).click()

    def enter(self, visit: Intervention, **values: str) -> None:
        """Type hours, kilometres or a comment into a visit's fields."""
        if self.card(visit).locator("details[open]").count() == 0:
            self.card(visit).get_by_text("Modifier").click()
        for label, value in values.items():
            self.card(visit).get_by_label(label.capitalize()).fill(value)

    def add(self, client: str, prestation: str, day: date, start: str, end: str, comment: str) -> None:
        """Add a visit that nobody planned."""
        self.page.get_by_role("link", name="Ajouter une intervention").click()
        self.page.get_by_label("Client", exact=True).select_option(client)
        self.page.get_by_text("Autre prestation, kilomètres, commentaire").click()
        self.page.get_by_label("Prestation").select_option(prestation)
        self.page.get_by_label("Date").fill(day.isoformat())
        self.page.get_by_label("Début").fill(start)
        self.page.get_by_label("Fin").fill(end)
        self.page.get_by_label("Commentaire").fill(comment)
        self.page.get_by_role("button", name="Ajouter").click()

    def answer(self, visit: Intervention, name: str, comment: str = "") -> None:
        """Answer a modification by Accepter or Refuser."""
        self.card(visit).get_by_label("Commentaire").fill(comment)
        self.card(visit).get_by_role("button", name=name).click()


class Helped(Person):
    """The client, on a tablet."""

    def validate(self, visit: Intervention) -> None:
        """Press Valider."""
        self.card(visit).get_by_role("button", name="Valider").click()
        expect(self.card(visit).get_by_text("Visite validée.")).to_be_visible()

    def modify(self, visit: Intervention, motif: str, comment: str, **values: str) -> None:
        """Press Modifier, choose the Motif de refus, correct what it opens, press Valider la modification."""
        card = self.card(visit)
        card.get_by_role("link", name="Modifier").click()
        card.get_by_label(motif, exact=True).check()
        further = card.get_by_role("button", name="Continuer")
        if further.count():  # without JavaScript
            further.click()
        for label, value in values.items():
            card.get_by_label(label.replace("_", " ").capitalize(), exact=True).fill(value)
        card.get_by_label("Un mot d’explication").fill(comment)
        card.get_by_role("button", name="Valider la modification").click()
        expect(card.get_by_text("Modification envoyée.")).to_be_visible()

    def cancel(self, visit: Intervention, motif: str) -> None:
        """Press Annuler, choose the Motif de l'annulation, press Valider l'annulation."""
        card = self.card(visit)
        card.get_by_role("link", name="Annuler").click()
        card.get_by_label(motif).check()
        card.get_by_role("button", name="Valider l’annulation").click()
        expect(card.get_by_text("Visite annulée.")).to_be_visible()


class Manager(Person):
    """The gestionnaire, at a desk."""

    def open_client(self, name: str) -> None:
        """Open the tab Planning of a client's fiche."""
        self.page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Clients").click()
        self.page.get_by_label("Nom ou numéro").fill(name)
        self.page.get_by_label("Nom ou numéro").press("Enter")
        self.page.get_by_role("row").get_by_role("link", name=name).click()
        self.page.get_by_role("main").get_by_role("link", name="Planning", exact=True).click()

    def open_visit(self, day: str, who: str) -> None:
        """Open the window of the visit that a week shows on that day."""
        self.page.locator(".week-day").filter(has_text=day).get_by_role("link").filter(has_text=who).click()

    def attach(self, contrat: str) -> None:
        """Choose a contrat in the field Contrat."""
        field = self.page.get_by_label("Contrat", exact=True)
        field.select_option(field.locator("option").filter(has_text=contrat).get_attribute("value"))
        self.page.get_by_role("button", name="Rattacher", exact=True).click()

    def journal(self, visit: Intervention) -> list[str]:
        """Return the journal in the window of a visit, a line each entry, mails left out."""
        self.page.goto(f"/gestion/interventions/{visit.public_id}/", wait_until="domcontentloaded")
        entries = self.page.get_by_role("complementary", name="Journal").get_by_role("listitem").all_inner_texts()
        return [plain(entry) for entry in entries if "Mail à" not in entry]

    def track(self, client: str) -> None:
        """Open Suivi des validations through its menu and narrow it to what a client has to validate."""
        self.page.get_by_role("navigation", name="Menu principal").get_by_role(
            "link", name="Suivi des validations"
        ).click()
        self.page.get_by_role("main").locator("[name=client-nom]").fill(client)
        self.press("Filtrer")
        waiting = self.page.get_by_role("link", name="À valider par le client")
        expect(waiting).to_have_attribute("href", re.compile("client=[0-9a-f]"))
        waiting.click()

    def decide(self, visit: Intervention, grounds: str, **third: str) -> None:
        """Decide with a third version, the grounds in writing."""
        self.page.locator(f'.inbox-title[href*="{visit.public_id}"]').click()
        self.page.get_by_label("Une troisième, saisie ici").check()
        for label, value in third.items():
            self.page.get_by_label(label.capitalize(), exact=True).fill(value)
        self.page.get_by_label("Motivation, envoyée aux deux parties").fill(grounds)
        self.page.get_by_role("button", name="Délibérer").click()
