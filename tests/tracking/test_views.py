"""Views by name and columns: kept, opened, shared with whom, changed by whom; and what stands in the address."""

from typing import Any

import pytest

from tests import factories
from tests.factories import World
from tests.tracking.browsing import SUIVI, browser_of, done
from tracking.columns import COLUMNS, USUAL
from tracking.models import SavedView, TableChoice

VUES = "/suivi/vues/"
LATE = "statut=done&attente=7&tri=-attente"

pytestmark = pytest.mark.django_db


def keep(browser: Any, name: str, query: str = LATE, **chosen: Any) -> Any:
    return browser.post(f"{VUES}?{query}", {"nom": name, **{key: "on" for key, yes in chosen.items() if yes}})


def names(browser: Any) -> list[str]:
    return [line["view"].name for line in browser.get(VUES).context["views"]]


def test_a_view_keeps_filter_sort_and_columns_and_the_dates_if_asked() -> None:
    browser = browser_of(factories.a_world().gestionnaire)
    query = f"du=2026-11-01&au=2026-11-10&{LATE}&col=date,client,km&apres=x"
    opened = keep(browser, "En retard", query)
    assert opened.url.startswith(SUIVI)
    page = browser.get(opened.url)
    assert (page.context["filters"].cleaned_data["attente"], str(page.context["address"].sort)) == (7, "-attente")
    assert [heading.name for heading in page.context["headings"]] == ["date", "client", "km"] or not page.context[
        "page"
    ].rows
    assert (page.context["filters"].asked["du"], page.context["filters"].asked["au"]) == ("2026-10-25", "2026-11-25")
    keep(browser, "Début novembre", query, dates=True)
    view = SavedView.objects.get(name="Début novembre")
    assert "du=2026-11-01&au=2026-11-10" in view.query
    assert "apres" not in view.query
    assert [each.name for each in browser.get(SUIVI).context["views"]] == ["Début novembre", "En retard"]


def test_the_table_opens_on_the_view_that_one_chose_until_one_no_longer_does() -> None:
    browser = browser_of(factories.a_world().gestionnaire)
    keep(browser, "En retard", defaut=True)
    assert browser.get(SUIVI).url == f"?{SavedView.objects.get().query}"
    assert browser.get(f"{SUIVI}?tri=date").status_code == 200
    view = SavedView.objects.get()
    browser.post(f"{VUES}{view.public_id}/ouverture/")
    assert browser.get(SUIVI).status_code == 200
    browser.post(f"{VUES}{view.public_id}/ouverture/")
    assert browser.get(SUIVI).status_code == 302
    browser.post(f"{VUES}{view.public_id}/suppression/")
    assert browser.get(SUIVI).status_code == 200
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(("name", "said"), [("", "Donnez un nom"), ("En retard", "porte déjà ce nom")])
def test_a_name_is_asked_for_and_once(name: str, said: str) -> None:
    browser = browser_of(factories.a_world().gestionnaire)
    keep(browser, "En retard")
    answer = keep(browser, name)
    assert answer.status_code == 422
    assert said in answer.text
    assert SavedView.objects.count() == 1
    keep(browser, "Autre")
    other = SavedView.objects.get(name="Autre")
    renamed = browser.post(f"{VUES}{other.public_id}/", {"nom": name})
    assert renamed.status_code == 422
    assert said in renamed.text
    assert browser.post(f"{VUES}{other.public_id}/", {"nom": "Encore"}).status_code == 303
    assert names(browser) == ["En retard", "Encore"] or names(browser) == ["Encore", "En retard"]


def test_one_s_own_is_one_s_own_and_what_is_shared_is_seen_by_the_agency() -> None:
    world = factories.a_world()
    mine, colleague = browser_of(world.gestionnaire), browser_of(factories.a_gestionnaire(world.agence))
    keep(mine, "À moi")
    keep(mine, "À tous", partagee=True)
    assert names(mine) == ["À moi", "À tous"]
    assert names(colleague) == ["À tous"]
    assert names(browser_of(factories.a_world().gestionnaire)) == []
    own = SavedView.objects.get(name="À moi")
    for act in ("", "suppression/", "ouverture/"):
        assert colleague.post(f"{VUES}{own.public_id}/{act}", {"nom": "Pris"}).status_code == 404


def test_a_shared_view_is_for_those_who_have_its_secteurs() -> None:
    world: World = factories.a_world()
    here, there = factories.a_secteur(world.agence), factories.a_secteur(world.agence)
    client = factories.a_client(world.agence, last_name="Kerbrat", secteur=here)
    whole = browser_of(world.gestionnaire)
    people = {
        "here": browser_of(factories.a_gestionnaire(world.agence, secteurs=[here])),
        "there": browser_of(factories.a_gestionnaire(world.agence, secteurs=[there])),
        "both": browser_of(factories.a_gestionnaire(world.agence, secteurs=[here, there])),
    }
    keep(whole, "Son client", f"client={client.public_id}", partagee=True)
    keep(whole, "Son secteur", f"secteur={there.public_id}", partagee=True)
    keep(whole, "Sans secteur", f"client={world.client.public_id}", partagee=True)
    keep(whole, "Tous", partagee=True)
    keep(people["both"], "Des deux", partagee=True)
    assert {name: set(names(browser)) for name, browser in people.items()} == {
        "here": {"Son client", "Tous"},
        "there": {"Son secteur", "Tous"},
        "both": {"Son client", "Son secteur", "Tous", "Des deux"},
    }
    assert len(names(whole)) == 5


def test_a_view_that_one_no_longer_sees_opens_nothing() -> None:
    world = factories.a_world()
    secteur = factories.a_secteur(world.agence)
    limited = factories.a_gestionnaire(world.agence, secteurs=[secteur])
    keep(browser_of(world.gestionnaire), "Secteur", f"secteur={secteur.public_id}", partagee=True)
    view = SavedView.objects.get()
    browser = browser_of(limited)
    browser.post(f"{VUES}{view.public_id}/ouverture/")
    assert browser.get(SUIVI).status_code == 302
    SavedView.objects.update(secteurs=[factories.a_secteur(world.agence).pk])
    assert browser.get(SUIVI).status_code == 200


@pytest.mark.parametrize("right", ["may_manage", "may_administer"])
def test_sharing_and_changing_what_is_shared_takes_gestion_or_administration(right: str) -> None:
    world = factories.a_world()
    none: dict[str, Any] = dict.fromkeys(("may_manage", "may_administer"), False)
    reads = browser_of(factories.a_gestionnaire(world.agence, **none))
    keep(reads, "Voulue", partagee=True)
    assert not SavedView.objects.get(name="Voulue").shared
    may = browser_of(factories.a_gestionnaire(world.agence, **(none | {right: True})))
    keep(may, "Partagée", partagee=True)
    view = SavedView.objects.get(name="Partagée")
    for act in ("", "suppression/"):
        assert reads.post(f"{VUES}{view.public_id}/{act}", {"nom": "Prise"}).status_code == 403
    assert reads.post(f"{VUES}{view.public_id}/ouverture/").status_code == 303
    assert may.post(f"{VUES}{view.public_id}/", {"nom": "Autre"}).status_code == 303
    assert browser_of(world.gestionnaire).post(f"{VUES}{view.public_id}/suppression/").status_code == 303


def test_columns_are_kept_by_person_and_stand_in_the_address() -> None:
    world = factories.a_world()
    done(world)
    browser = browser_of(world.gestionnaire)

    def shown(page: Any) -> list[str]:
        return [heading.name for heading in page.context["headings"]]

    assert shown(browser.get(SUIVI)) == list(USUAL)
    answer = browser.post("/suivi/colonnes/?tri=client", {"colonne": ["km", "validee", "prix"]})
    assert "col=date%2Cclient%2Ckm%2Cvalidee" in answer.url
    chosen = ["date", "client", "km", "validee"]
    assert shown(browser.get(answer.url)) == shown(browser.get(SUIVI)) == chosen
    # A shared address shows what it says, to whoever opens it.
    colleague = browser_of(factories.a_gestionnaire(world.agence))
    page = colleague.get(answer.url)
    assert shown(page) == chosen
    assert "col=date%2Cclient%2Ckm%2Cvalidee" in page.context["headings"][0].url
    assert shown(colleague.get(SUIVI)) == list(USUAL)
    assert shown(colleague.get(f"{SUIVI}?col=prix")) == ["date", "client"]
    browser.post("/suivi/colonnes/", {"colonne": list(USUAL)})
    assert TableChoice.objects.get(user=world.gestionnaire.user).columns == []


def test_every_column_shows_something() -> None:
    world = factories.a_world()
    done(world)
    page = browser_of(world.gestionnaire).get(f"{SUIVI}?col={','.join(COLUMNS)}")
    [row] = page.context["page"].rows
    assert [name for name, _end, shown in row.cells if not shown[0]] == ["client", "statut"]
