"""The export of a selection: what was ticked, as it stands, and what became of it meanwhile."""

import pytest

from interventions.states import Action
from tests import factories
from tests.tracking.browsing import SUIVI, browser_of, done
from tests.tracking.exports.reading import body, csv_rows, sheets

pytestmark = pytest.mark.django_db


def test_what_is_ticked_is_exported_as_it_stands_and_says_what_changed() -> None:
    world = factories.a_world()
    secteur = factories.a_secteur(world.agence)
    world.client.secteur = secteur
    world.client.save()
    apart = factories.a_client(world.agence, secteur=secteur)
    prestation = factories.a_prestation(world.agence)
    contrat = factories.a_contrat(apart, prestation)
    visits = [done(world, start=f"{8 + n:02}:00") for n in range(3)]
    visits.append(world.visit(client_id=apart.pk, prestation_id=prestation.pk, contrat_id=contrat.pk, start="15:00"))
    done(world, start="20:00")
    manager = factories.a_gestionnaire(world.agence, secteurs=[secteur])
    browser = browser_of(manager)
    tokens = [f"{visit.public_id}:{visit.version}" for visit in visits]
    answer = browser.post(f"{SUIVI}selections/?statut=done", {"visite": tokens, "acte": "export"})
    assert answer.status_code == 303
    assert answer.url.endswith("/export/")
    assert "Exporter la sélection" in browser.get(SUIVI).text
    page = browser.get(answer.url).text
    assert "4 visites" in page
    assert "a changé depuis" not in page
    # Then one is answered, and the client of another goes to a secteur that this person does not have.
    world.act(visits[0], Action.VALIDATE, world.as_client)
    apart.secteur = factories.a_secteur(world.agence)
    apart.save()
    page = browser.get(answer.url).text
    assert "3 visites" in page
    assert "1 visite a changé depuis" in page
    assert "1 visite n’est plus de celles que vous voyez" in page
    rows, last = csv_rows(browser.get(f"{answer.url}fichier/"))
    assert [(row["Statut"], row["Depuis la sélection"]) for row in rows] == [
        ("Validée", "modifiée depuis"),
        ("Réalisée, à valider par le client", ""),
        ("Réalisée, à valider par le client", ""),
    ]
    assert last == ["Fin de l’export", "3"]
    (sheet,) = sheets(body(browser.get(f"{answer.url}fichier/?format=xlsx")))
    assert [row["Depuis la sélection"] for row in sheet] == ["modifiée depuis", "", ""]
    assert browser_of(world.gestionnaire).get(answer.url).status_code == 404
    assert browser.get(f"{answer.url}fichier/?format=pdf").status_code == 404
