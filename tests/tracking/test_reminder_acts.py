"""«Relancer le client» and «Relancer l’intervenant» from the table: preview, press, fates; nothing to undo."""

import re

import pytest
from django.conf import LazySettings

from interventions.models import Fate, Intervention, Mail, MailLine, Reminder
from tests import factories
from tests.tracking.browsing import browser_of, choose, done
from tests.tracking.test_at_once import together
from tests.tracking.test_lot_acts import press, statuses
from tracking.tasks import carry_on_batches

pytestmark = pytest.mark.django_db


def left() -> None:
    """Let every mail have left."""
    MailLine.objects.update(told=True)
    Mail.objects.update(fate=Fate.SENT, sent_at=factories.NOW)


def test_the_preview_says_who_is_reached_and_what_stays_by_reason() -> None:
    world = factories.a_world()
    goes, waits = done(world), world.visit(start="15:00")
    silent = factories.a_client(world.agence, user=None)
    contrat = factories.a_contrat(silent, world.prestation)
    unreached = done(world, start="11:00", client_id=silent.pk, contrat_id=contrat.pk)
    left()
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, goes, waits, unreached)
    page = browser.get(f"{preview}?acte=relances-clients")
    assert "1 visite sur 3 sera rappelée au client" in page.text
    assert (page.context["forecast"].mails, page.context["forecast"].minutes) == (2, 60)
    reasons = {reason.why.value: reason.count for reason in page.context["forecast"].reasons}
    assert reasons == {"status-planned": 1, "reached": 1}
    assert f"/gestion/interventions/{unreached.public_id}/" in page.text
    carers = browser.get(f"{preview}?acte=relances-intervenants").context["forecast"]
    assert (carers.going, carers.mails) == (1, 1)


def test_pressed_its_fates_are_named_and_there_is_nothing_to_undo() -> None:
    world = factories.a_world()
    goes, stays = done(world), world.visit(start="15:00")
    left()
    browser = browser_of(world.gestionnaire)
    lot = press(browser, choose(browser, goes, stays), "relances-clients").url
    page = browser.get(lot)
    assert "Client relancé pour 1 visite, 1 laissée" in page.text
    assert "il n’y a rien à annuler" in page.text
    assert "annulation/" not in page.text
    assert [(row.visit.pk, row.done, row.said) for row in page.context["rows"]] == [
        (stays.pk, False, "Encore à réaliser"),
        (goes.pk, True, "Client relancé"),
    ]
    assert statuses(goes, stays) == ["done", "planned"]
    rows = b"".join(browser.get(f"{lot}sort/").streaming_content).decode()
    assert rows.count("Client relancé") == 1
    recent = browser.get("/suivi/lots/").text
    assert re.search(r"Relancer le client</td><td class=\"end\">1</td>", recent)
    journal = browser.get(f"/gestion/interventions/{goes.public_id}/").text
    assert "Client relancé" in journal
    assert "Claire Morvan" in journal


def test_a_lot_of_another_secteur_is_not_there() -> None:
    world = factories.a_world()
    goes = done(world)
    left()
    browser = browser_of(world.gestionnaire)
    lot = press(browser, choose(browser, goes), "relances-clients").url
    elsewhere = factories.a_secteur(world.agence)
    limited = browser_of(factories.a_gestionnaire(world.agence, secteurs=[elsewhere]))
    assert limited.get(lot).status_code == 404
    assert "Relancer le client" not in limited.get("/suivi/lots/").text


def test_in_the_background_each_person_has_one_mail(settings: LazySettings) -> None:
    settings.BATCH_PART_ROWS = 2
    world = factories.a_world(background_from=2)
    visits = [done(world, start=f"{8 + n:02}:00", minutes=30) for n in range(5)]
    left()
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, *visits)
    assert "en arrière-plan" in browser.get(f"{preview}?acte=relances-clients").text
    lot = press(browser, preview, "relances-clients").url
    assert Reminder.objects.count() == 0
    assert carry_on_batches() == 3
    asked = Mail.objects.filter(lines__reminds=True).distinct()
    assert sorted(mail.lines.count() for mail in asked) == [5, 5]
    assert "Clients relancés pour 5 visites" in browser.get(lot).text
    assert "5</td>" in browser.get("/suivi/lots/").text


@pytest.mark.parametrize("noun", ["relances-clients", "relances-intervenants"])
def test_lecture_reminds_nobody(noun: str) -> None:
    world = factories.a_world()
    visit = done(world)
    left()
    preview = choose(browser_of(world.gestionnaire), visit)
    reader = browser_of(factories.a_gestionnaire(world.agence, may_manage=False))
    assert reader.get(f"{preview}?acte={noun}").status_code == 403
    assert press(reader, preview, noun).status_code == 403
    assert not Reminder.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_remind_once_and_both_are_told() -> None:
    world = factories.a_world()
    visits = [done(world, start=f"{8 + n:02}:00", minutes=30) for n in range(4)]
    left()
    browsers = [browser_of(world.gestionnaire), browser_of(factories.a_gestionnaire(world.agence))]
    previews = [choose(browser, *visits) for browser in browsers]
    answers = together(*(lambda n=n: press(browsers[n], previews[n], "relances-clients") for n in (0, 1)))
    fates = [browser.get(answer.url).context["fates"] for browser, answer in zip(browsers, answers, strict=True)]
    assert sum(each.done for each in fates) == 4
    assert {left.why.value for each in fates for left in each.left} <= {"not_asked_yet", "once_a_day"}
    assert sum(len(each.left) for each in fates) == 4
    assert Reminder.objects.count() == 4
    assert Intervention.objects.filter(status="done").count() == 4
