"""Who sees and does what: other agencies, other secteurs, other roles, lecture alone."""

from typing import Any

import pytest
from django.test import Client as Browser

from interventions.models import Batch, Intervention, Secteur, User
from interventions.states import Status
from tests import factories
from tests.tracking.browsing import SUIVI, browser_of, choose, done, press, shown, token
from tracking.models import Selection

pytestmark = pytest.mark.django_db


def reads_only(world: factories.World, **fields: Any) -> Any:
    return factories.a_gestionnaire(world.agence, **{"may_manage": False, **fields})


def elsewhere(world: factories.World) -> tuple[Secteur, Any]:
    """Return a secteur without visits and a gestionnaire who sees no other."""
    secteur = factories.a_secteur(world.agence)
    return secteur, factories.a_gestionnaire(world.agence, secteurs=[secteur])


def addresses(world: factories.World) -> dict[str, str]:
    """Return an address of every page and act of the tracking, made by the world's own gestionnaire."""
    visit = done(world)
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, visit)
    lot = press(browser, preview).url
    return {
        "table": SUIVI,
        "preview": preview,
        "lot": lot,
        "lots": "/suivi/lots/",
        "selections": "/suivi/selections/",
        "validations": "/suivi/validations/",
        "undo": f"{lot}annulation/",
        "attach": "/suivi/rattachements/",
        "complete": "/suivi/realisations/",
        "cancel": "/suivi/annulations/",
        "remaining": f"{preview}restent/?acte=validations&raison=stale",
        "progress": f"{lot}avancement/",
        "stop": f"{lot}arret/",
        "fates": f"{lot}sort/",
    }


def test_the_wrong_role_and_nobody_get_nothing() -> None:
    world = factories.a_world()
    urls = addresses(world)
    people: list[User | None] = [world.client.user, world.proche.user, world.intervenant.user]
    for user in people:
        browser = Browser()
        browser.force_login(user)  # type: ignore[arg-type]
        for url in urls.values():
            assert browser.get(url).status_code == 403, url
            assert browser.post(url, {"key": factories.key()}).status_code == 403, url
    for url in urls.values():
        assert Browser().get(url).url.startswith("/compte/connexion/")  # type: ignore[attr-defined]
        assert Browser().post(url).url.startswith("/compte/connexion/")  # type: ignore[attr-defined]
    assert Batch.objects.filter(role="manager").count() == 1


@pytest.mark.parametrize("where", ["agence", "secteur"])
def test_another_agency_and_another_secteur_see_and_do_nothing(where: str) -> None:
    world = factories.a_world()
    urls = addresses(world)
    stranger = factories.a_world().gestionnaire if where == "agence" else elsewhere(world)[1]
    browser = browser_of(stranger)
    page = browser.get(SUIVI)
    assert shown(page) == []
    assert page.context["matching"].visits == 0
    assert str(world.client.public_id) not in page.text
    asked = browser.get(f"{SUIVI}?client={world.client.public_id}")
    assert (asked.status_code, shown(asked)) == (422, [])
    assert browser.get(urls["lots"]).context["lots"] == []
    for name in ("preview", "lot", "remaining", "fates"):
        assert browser.get(urls[name]).status_code == 404, name
    assert browser.post(urls["undo"], {"key": factories.key()}).status_code == 404
    assert press(browser, urls["preview"]).status_code == 404
    visit = done(world, start="11:00")
    for posted in ({"portee": "filtre"}, {"portee": "visites", "visite": [token(visit)]}):
        assert browser.post("/suivi/selections/", posted).url == SUIVI
    assert Intervention.objects.get(pk=visit.pk).status == Status.DONE


def test_a_secteur_holds_in_rows_totals_choices_presses_and_lots() -> None:
    world = factories.a_world()
    secteur, limited = elsewhere(world)
    outside = done(world)
    world.client = factories.a_client(world.agence, last_name="Kerbrat", secteur=secteur)
    world.contrat = factories.a_contrat(world.client, world.prestation)
    inside, later = done(world, start="11:00"), done(world, start="14:00")
    browser = browser_of(limited)
    page = browser.get(SUIVI)
    assert shown(page) == [str(inside.public_id), str(later.public_id)]
    assert page.context["matching"].visits == 2
    assert "Quéré" not in page.text
    preview = choose(browser, inside, outside)
    assert browser.get(preview).context["forecast"].chosen == 1
    # A choice made before the limit came: the press sees what is there now.
    selection = Selection.objects.get()
    selection.visits.append([outside.pk, outside.version])
    selection.save()
    assert "Quéré" not in browser.get(preview).text
    lot = browser.get(press(browser, preview).url)
    assert [row.visit.pk for row in lot.context["rows"]] == [inside.pk]
    assert Intervention.objects.get(pk=outside.pk).status == Status.DONE
    whole = browser_of(world.gestionnaire)
    shared = press(whole, choose(whole, outside, later)).url
    assert [lot.went for lot, *_rest in browser.get("/suivi/lots/").context["lots"]] == [1, 1]
    assert [lot.went for lot, *_rest in whole.get("/suivi/lots/").context["lots"]] == [2, 1]
    seen = browser.get(shared)
    assert [row.visit.pk for row in seen.context["rows"]] == [later.pk]
    assert "Quéré" not in seen.text
    undone = browser.post(f"{shared}annulation/", {"key": factories.key()})
    assert [row.visit.pk for row in browser.get(undone.url).context["rows"]] == [later.pk]
    assert Intervention.objects.get(pk=outside.pk).status == Status.VALIDATED


def test_lecture_sees_and_does_nothing() -> None:
    world = factories.a_world()
    urls = addresses(world)
    visit = done(world, start="11:00")
    browser = browser_of(reads_only(world))
    page = browser.get(SUIVI)
    assert len(shown(page)) == 2
    assert 'name="visite"' not in page.text
    assert 'name="portee"' not in page.text
    assert "demande le droit de gestion" in page.text
    lot = browser.get(urls["lot"])
    assert lot.status_code == 200
    assert "Annuler ce lot" not in lot.text
    assert browser.post("/suivi/selections/", {"portee": "visites", "visite": [token(visit)]}).status_code == 403
    assert press(browser, urls["preview"]).status_code == 403
    assert browser.post(urls["undo"], {"key": factories.key()}).status_code == 403
    assert Intervention.objects.get(pk=visit.pk).status == Status.DONE


def test_a_choice_is_its_maker_s_alone() -> None:
    world = factories.a_world()
    preview = choose(browser_of(world.gestionnaire), done(world))
    colleague = browser_of(factories.a_gestionnaire(world.agence))
    assert colleague.get(preview).status_code == 404
    assert press(colleague, preview).status_code == 404
    for wanted in ("", "x", "01a20c67-0b90-7cab-bc03-eeedf120c392"):
        assert press(colleague, wanted).status_code == 404
