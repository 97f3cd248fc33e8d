"""From ticked rows to the fate of each: preview, press, repeated press, two managers, stale rows, undo."""

from datetime import timedelta
from typing import Any

import pytest

from interventions.models import Batch, Intervention, MailLine
from interventions.states import Action, Settled, Status
from tests import factories
from tests.tracking.browsing import SUIVI, browser_of, choose, done, in_every_status, press, shown
from tracking.models import Selection

YESTERDAY = factories.NOW.date() - timedelta(days=1)

pytestmark = pytest.mark.django_db


def statuses(*visits: Intervention) -> list[str]:
    return [Intervention.objects.get(pk=visit.pk).status for visit in visits]


def test_a_preview_says_what_goes_and_what_stays_and_changes_nothing() -> None:
    world = factories.a_world()
    visits = in_every_status(world, YESTERDAY)
    visits = [visit for visit in visits if visit.status != Status.PLANNED]
    browser = browser_of(world.gestionnaire)
    page = browser.get(choose(browser, *visits))
    forecast = page.context["forecast"]
    assert (forecast.chosen, forecast.going, forecast.minutes, forecast.mails) == (6, 1, 60, 2)
    stays = [visit for visit in visits if visit.status != Status.DONE]
    found = {reason.why.value: [visit.pk for visit in reason.visits] for reason in forecast.reasons}
    assert found == {f"status-{visit.status}": [visit.pk] for visit in stays}
    for visit in stays:
        assert f'href="/gestion/interventions/{visit.public_id}/"' in page.text
    assert statuses(*visits) == [visit.status for visit in visits]
    assert "1 visite sur 6 sera validée" in page.text


def test_a_press_validates_on_behalf_and_names_every_row() -> None:
    world = factories.a_world()
    goes, stays = done(world), world.visit(start="11:00")
    browser = browser_of(world.gestionnaire)
    answer = press(browser, choose(browser, goes, stays), ground="other", ground_text="Cahier de liaison")
    assert (answer.status_code, statuses(goes, stays)) == (303, ["validated", "planned"])
    goes.refresh_from_db()
    assert goes.settled_by == Settled.ON_BEHALF
    lot = Batch.objects.get(public_id=answer.url.rstrip("/").rsplit("/", 1)[-1])
    assert (lot.on_behalf, lot.ground, lot.ground_text) == ("client", "other", "Cahier de liaison")
    page = browser.get(answer.url)
    assert "1 visite validée, 1 laissée" in page.text
    assert "Cahier de liaison" in page.text
    assert [(row.visit.pk, row.done) for row in page.context["rows"]] == [(stays.pk, False), (goes.pk, True)]
    assert MailLine.objects.filter(intervention=goes, entry__action=Action.VALIDATE_FOR_CLIENT).exists()


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"ground": ""}, "Indiquez ce qui vous permet"),
        ({"ground": "letter"}, "letter"),
        ({"ground": "other"}, "Écrivez ce qui vous permet"),
    ],
)
def test_without_a_ground_nothing_goes_and_the_page_asks(entered: dict[str, str], said: str) -> None:
    world = factories.a_world()
    visit = done(world)
    browser = browser_of(world.gestionnaire)
    answer = press(browser, choose(browser, visit), **entered)
    assert (answer.status_code, statuses(visit)) == (422, ["done"])
    assert said in answer.text


def test_no_answer_asks_for_a_delivered_mail() -> None:
    world = factories.a_world()
    visit = done(world)
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, visit)
    assert browser.get(preview).context["forecast"].unanswered == 0
    page = browser.get(press(browser, preview, ground="no_answer").url)
    assert statuses(visit) == ["done"]
    assert "demande un mail remis et un délai écoulé" in page.text


def test_a_row_that_changed_after_it_was_shown_is_left_alone_and_named() -> None:
    world = factories.a_world()
    first, second = done(world), done(world, start="11:00")
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, first, second)
    facts = second.declared
    assert world.act(second, Action.CORRECT, world.as_intervenant, facts=facts, comment="Corrigé").done
    forecast = browser.get(preview).context["forecast"]
    assert [(reason.why.value, reason.count) for reason in forecast.reasons] == [("stale", 1)]
    page = browser.get(press(browser, preview).url)
    assert statuses(first, second) == ["validated", "done"]
    assert "Changée entre-temps" in page.text
    assert str(second.public_id) in page.text


def test_what_the_table_showed_counts_not_what_is_there_when_chosen() -> None:
    world = factories.a_world()
    visit = done(world)
    assert world.act(visit, Action.CORRECT, world.as_intervenant, facts=visit.declared, comment="Corrigé").done
    visit.version -= 1
    browser = browser_of(world.gestionnaire)
    press(browser, choose(browser, visit))
    assert statuses(visit) == ["done"]


def test_a_press_repeated_gives_the_same_answer_and_does_nothing_more() -> None:
    world = factories.a_world()
    visits = [done(world), done(world, start="11:00")]
    browser = browser_of(world.gestionnaire)
    preview, key = choose(browser, *visits), factories.key()
    first, again = press(browser, preview, key=key), press(browser, preview, key=key)
    assert first.url == again.url
    assert [visit.journal.filter(action=Action.VALIDATE_FOR_CLIENT).count() for visit in visits] == [1, 1]
    assert "déjà enregistré" in browser.get(again.url).text
    assert browser.get(preview).context["forecast"].going == 0


def test_two_managers_with_the_same_rows_each_row_once_and_both_are_told() -> None:
    world = factories.a_world()
    visits = [done(world), done(world, start="11:00")]
    browsers = [browser_of(world.gestionnaire), browser_of(factories.a_gestionnaire(world.agence))]
    previews = [choose(browser, *visits) for browser in browsers]
    pages = [browser.get(press(browser, preview).url) for browser, preview in zip(browsers, previews, strict=True)]
    assert "2 visites validées" in pages[0].text
    assert "Aucune visite faite, 2 laissées" in pages[1].text
    assert [row.said for row in pages[1].context["rows"]] == ["Changée entre-temps\u00a0: à relire avant d’agir."] * 2
    assert [visit.journal.filter(action=Action.VALIDATE_FOR_CLIENT).count() for visit in visits] == [1, 1]


def test_undoing_a_lot_reopens_row_by_row_and_names_what_stays() -> None:
    world = factories.a_world()
    back, stays = done(world), done(world, start="11:00")
    browser = browser_of(world.gestionnaire)
    lot = press(browser, choose(browser, back, stays)).url
    motif = world.motif(kind="refus", opens_km=True)
    assert world.act(stays, Action.OBJECT, world.as_client, motif_id=motif.pk, cancels=True).done
    key = factories.key()
    undone = browser.post(f"{lot}annulation/", {"key": key})
    assert (undone.status_code, statuses(back, stays)) == (303, ["done", "arbitration"])
    page = browser.get(undone.url)
    assert "1 visite rouverte, 1 laissée" in page.text
    assert [(row.visit.pk, row.done) for row in page.context["rows"]] == [(stays.pk, False), (back.pk, True)]
    assert browser.post(f"{lot}annulation/", {"key": key}).url == undone.url
    assert "Annuler ce lot" not in browser.get(lot).text


def test_everything_that_matches_is_fixed_when_it_is_chosen() -> None:
    world = factories.a_world()
    chosen = [done(world, start=f"{8 + n:02}:00") for n in range(3)]
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, query="?statut=done", reach="filtre")
    late = done(world, start="17:00")
    assert browser.get(preview).context["forecast"].going == 3
    press(browser, preview)
    assert statuses(*chosen, late) == ["validated"] * 3 + ["done"]


def test_the_page_is_what_was_on_screen() -> None:
    world = factories.a_world()
    visits = [done(world, start=f"{8 + n:02}:00") for n in range(2)]
    browser = browser_of(world.gestionnaire)
    page = browser.get(SUIVI)
    tokens = [row.token for row in page.context["page"].rows]
    assert len(shown(page)) == 2
    preview = choose(browser, reach="page", page=tokens)
    assert browser.get(preview).context["forecast"].going == 2
    assert statuses(*visits) == ["done", "done"]


@pytest.mark.parametrize("ticked", [[], ["n’importe quoi"], ["01a20c67-0b90-7cab-bc03-eeedf120c392:1"]])
def test_nothing_chosen_leads_back_with_words(ticked: list[str]) -> None:
    browser = browser_of(factories.a_world().gestionnaire)
    answer = browser.post("/suivi/selections/?statut=done", {"portee": "visites", "visite": ticked}, follow=True)
    assert answer.redirect_chain == [("/suivi/?statut=done", 303)]
    assert "cochez-en au moins une" in answer.text


def test_old_choices_go_when_a_new_one_is_made() -> None:
    world = factories.a_world()
    visit = done(world)
    browser = browser_of(world.gestionnaire)
    choose(browser, visit)
    Selection.objects.update(made_at=factories.NOW - timedelta(days=8))
    choose(browser, visit)
    assert Selection.objects.count() == 1


def test_a_press_without_its_key_is_refused() -> None:
    world = factories.a_world()
    visit = done(world)
    browser: Any = browser_of(world.gestionnaire)
    selection = choose(browser, visit).rstrip("/").rsplit("/", 1)[-1]
    answer = browser.post("/suivi/validations/", {"selection": selection, "ground": "phone"})
    assert (answer.status_code, statuses(visit)) == (400, ["done"])
