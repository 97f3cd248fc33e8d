"""The client's pages as a screen reader meets them: names, roles and order, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as product
from django.test import Client as Session
from playwright.sync_api import Browser, Page, expect

from interventions.models import Intervention
from interventions.states import Action
from tests.factories import World
from tests.portals.client.link.mailed import deliver, link_to
from tests.portals.client.visits import a_done_visit, at, facts_of

pytestmark = pytest.mark.django_db(transaction=True)
# Between a number and its unit stand no-break spaces, which a snapshot may not name.
SAID = "/Mardi 24 novembre, Aïcha L. est venue de 8.h.05 à 9.h.10 \\(prévu.: 8.h à 9.h\\)/"


@pytest.fixture
def visit(world: World) -> Intervention:
    """A visit that lasted five minutes longer than planned and awaits the client, with its mail."""
    made = a_done_visit(world, declared=facts_of(world.visit(start="18:00"), "08:05", "09:10"), start="08:00")
    deliver(world.agence)
    return made


@pytest.fixture
def tab(browser: Browser, live_server: Any, world: World) -> Iterator[Page]:
    """A tablet on which the client is signed in."""
    assert world.client.user is not None
    context = browser.new_context(viewport={"width": 820, "height": 1180}, base_url=live_server.url)
    session, name = Session(), product.SESSION_COOKIE_NAME
    session.force_login(world.client.user)
    context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": live_server.url}])
    yield context.new_page()
    context.close()


def reads(tab: Page, said: str) -> None:
    """Compare what the page says, after its menu, with a snapshot; SAID stands for the visit's sentence."""
    expect(tab.get_by_role("main")).to_match_aria_snapshot(said.replace("SAID", SAID))


def test_modifier(tab: Page, visit: Intervention) -> None:
    """The visit, the reasons, what the chosen one opens, what will happen, then the two ways on."""
    tab.goto(at(visit, "modification"))
    tab.get_by_label("L’heure de départ n’est pas la bonne", exact=True).check()
    expect(tab.get_by_label("Heure de départ", exact=True)).to_have_value("09:10")
    reads(
        tab,
        """
        - heading "Modifier une visite" [level=1]
        - 'article SAID':
          - heading [level=2]
          - paragraph: 5 minutes de plus que prévu
          - paragraph: Vous modifiez cette visite.
          - group "Motif de refus":
            - radio "L’heure d’arrivée n’est pas la bonne"
            - radio "L’heure de départ n’est pas la bonne" [checked]
            - radio "La durée n’est pas la bonne"
            - radio "Les kilomètres ne sont pas les bons"
            - radio "Les heures et les kilomètres ne sont pas les bons"
          - group "Ce que vous corrigez":
            - paragraph: /Ce motif ouvre les heures/
            - textbox "Heure d’arrivée": 08:05
            - textbox "Heure de départ": 09:10
            - textbox "Un mot d’explication (facultatif)"
          - paragraph: /Votre planning ne change pas tant que l’intervenante n’a pas accepté/
          - button "Valider la modification"
          - link "Ne rien changer"
        """,
    )


def test_annuler(tab: Page, visit: Intervention) -> None:
    """The visit, the reasons, what will happen, then the two ways on."""
    tab.goto(at(visit, "annulation"))
    reads(
        tab,
        """
        - heading "Annuler une visite" [level=1]
        - 'article SAID':
          - heading [level=2]
          - paragraph: 5 minutes de plus que prévu
          - paragraph: /elle n’a pas eu lieu/
          - group "Motif de l’annulation":
            - radio "La visite n’a pas eu lieu"
            - radio "Client absent, hospitalisé ou parti"
          - textbox "Un mot d’explication (facultatif)"
          - paragraph: /La visite sera annulée tout de suite. Aïcha L. et l’agence seront prévenus/
          - button "Valider l’annulation"
          - link "Ne rien changer"
        """,
    )


def test_mes_demandes(tab: Page, world: World, visit: Intervention) -> None:
    """What was done without the client and until when it may be contested, then what was asked and where it stands."""
    world.act(world.visit(start="14:00"), Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    motif = world.motif(kind="refus", opens_hours=True, opens_km=False)
    asked: dict[str, Any] = {"motif_id": motif.pk, "comment": "Partie à 9 h."}
    world.act(visit, Action.CONTEST, world.as_client, facts=facts_of(visit, "08:05", "09:00"), **asked)
    tab.goto("/client/demandes/")
    reads(
        tab,
        """
        - heading "Mes demandes" [level=1]
        - region "1 visite à vérifier":
          - heading [level=2]
          - paragraph: /annulées ou validées sans vous/
          - article /Mardi 24 novembre, Aïcha L. devait venir/:
            - heading [level=3]
            - paragraph: Annulée
            - paragraph: Cette visite a été annulée par l’agence.
            - paragraph: /La visite n’a pas eu lieu/
            - paragraph: /vous pouvez le dire jusqu’au mercredi 2 décembre/
            - link "La visite a bien eu lieu"
        - region "1 demande en cours":
          - heading [level=2]
          - 'article SAID':
            - heading [level=3]
            - paragraph: Modification demandée
            - paragraph: Aïcha L. doit répondre. D’ici là, votre planning ne change pas.
            - button "Reprendre"
            - group:
              - list:
                - listitem:
                  - paragraph: Visite déclarée
                  - paragraph: /par Aïcha L./
                - listitem:
                  - paragraph: /Modification demandée/
                  - paragraph: /par vous/
                  - paragraph: Partie à 9 h.
        """,
    )


def test_the_page_of_a_link(tab: Page, world: World, visit: Intervention) -> None:
    """Who is asked what, for whom, the visit with its three answers, and what the link is for."""
    tab.goto(link_to(world.proche.user))
    reads(
        tab,
        """
        - paragraph: Bonjour Anne Quéré,
        - heading /Cette visite a-t-elle bien eu lieu/ [level=1]
        - region "Chez Mme Yvonne Quéré":
          - heading [level=2]
          - paragraph:
            - text: Vous agissez pour
            - strong: Mme Yvonne Quéré
          - 'article SAID':
            - heading [level=3]
            - paragraph: 5 minutes de plus que prévu
            - button "Valider"
            - link "Modifier"
            - link "Annuler"
        - paragraph: /Ce lien ne sert qu’à vous et qu’à ces visites, jusqu’au vendredi 25 décembre/
        - paragraph:
          - link "se connecter"
        """,
    )
