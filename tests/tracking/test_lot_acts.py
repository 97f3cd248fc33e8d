"""Attaching, Réalisé and cancelling many visits at once: before, after, undone; what stays, and the file of fates."""

import re
from typing import Any

import pytest

from interventions.models import Batch, Intervention
from interventions.states import Action
from tests import factories
from tests.tracking.browsing import browser_of, choose, done, token
from tracking.fate_file import line

pytestmark = pytest.mark.django_db


def press(browser: Any, preview: str, noun: str, **entered: Any) -> Any:
    """Press an act on a preview."""
    selection = preview.rstrip("/").rsplit("/", 1)[-1]
    return browser.post(f"/suivi/{noun}/", {"selection": selection, "key": factories.key(), **entered})


def statuses(*visits: Intervention) -> list[str]:
    return [Intervention.objects.get(pk=visit.pk).status for visit in visits]


def undo(browser: Any, lot: str) -> Any:
    return browser.get(browser.post(f"{lot}annulation/", {"key": factories.key()}).url)


def test_realised_in_the_intervenant_s_place_and_undone() -> None:
    world = factories.a_world()
    goes, stays = world.visit(), done(world, start="11:00")
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, goes, stays)
    page = browser.get(f"{preview}?acte=realisations")
    assert "1 visite sur 2 passera à Réalisé" in page.text
    # The client, their proche and the intervenant, one mail each.
    assert page.context["forecast"].mails == 3
    refused = press(browser, preview, "realisations", reason="")
    assert (refused.status_code, statuses(goes)) == (422, ["planned"])
    lot = press(browser, preview, "realisations", reason="Badge de présence").url
    assert statuses(goes, stays) == ["done", "done"]
    assert goes.journal.get(action=Action.COMPLETE_FOR_INTERVENANT).texts.reason == "Badge de présence"
    assert "1 visite passée à Réalisé, 1 laissée" in browser.get(lot).text
    assert "1 visite remise comme avant" in undo(browser, lot).text
    assert statuses(goes) == ["planned"]
    # Where a lot goes on after a closed page one finds it, an undoing too.
    undoing, undone = browser.get("/suivi/lots/").context["lots"]
    assert undoing[0].undoes_id == undone[0].pk
    assert f"Annulation du lot n° {undone[0].pk}" in browser.get("/suivi/lots/").text


def test_the_table_leads_to_the_other_acts() -> None:
    world = factories.a_world()
    browser = browser_of(world.gestionnaire)
    posted = {"acte": "realisations", "visite": [token(world.visit())]}
    assert 'name="acte"' in browser.get("/suivi/").text
    answer = browser.post("/suivi/selections/", posted)
    assert answer.url.endswith("/?acte=realisations")
    assert "1 visite sur 1 passera à Réalisé" in browser.get(answer.url).text


def test_cancelled_with_a_motif_and_undone() -> None:
    world = factories.a_world()
    visit, motif = world.visit(), world.motif()
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, visit)
    assert press(browser, preview, "annulations").status_code == 422
    foreign = factories.a_world().motif()
    assert press(browser, preview, "annulations", motif=foreign.pk).status_code == 422
    lot = press(browser, preview, "annulations", motif=motif.pk).url
    visit.refresh_from_db()
    assert (visit.status, visit.motif_id) == ("cancelled", motif.pk)
    assert "1 visite annulée" in browser.get(lot).text
    assert "1 visite rouverte" in undo(browser, lot).text
    assert statuses(visit) == ["planned"]


def test_attached_to_the_contrat_proposed_and_undone() -> None:
    world = factories.a_world()
    other = factories.a_client(world.agence, last_name="Kerbrat")
    loose, covered = world.visit(contrat_id=None), world.visit(start="11:00")
    without = world.visit(start="14:00", contrat_id=None, client_id=other.pk)
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, loose, covered, without)
    forecast = browser.get(f"{preview}?acte=rattachements").context["forecast"]
    assert (forecast.going, forecast.mails) == (1, 0)
    assert {reason.why.value: reason.count for reason in forecast.reasons} == {"no_billable": 1, "billable": 1}
    lot = press(browser, preview, "rattachements").url
    loose.refresh_from_db()
    assert loose.contrat_id == world.contrat.pk
    assert {row["guard"] for row in Batch.objects.order_by("-pk")[0].refused} == {"no_billable", "billable"}
    assert "1 visite rattachée, 2 laissées" in browser.get(lot).text
    undo(browser, lot)
    loose.refresh_from_db()
    assert loose.contrat_id is None


def test_each_reason_leads_to_exactly_its_visits() -> None:
    world = factories.a_world()
    planned = [world.visit(start=f"{8 + n:02}:00", minutes=30) for n in range(12)]
    stale, settled = done(world, start="21:00"), done(world, start="22:00")
    world.act(settled, Action.VALIDATE, world.as_client)
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, *planned, stale, settled)
    world.act(stale, Action.CORRECT, world.as_intervenant, facts=stale.declared, comment="Corrigé")
    page = browser.get(preview)
    reasons = [(str(reason.why.label), reason.why.value, reason.count) for reason in page.context["forecast"].reasons]
    stood = [("Encore à réaliser", "status-planned", 12), ("Déjà validée", "status-validated", 1)]
    changed = "Changée entre-temps\u00a0: à relire avant d’agir."
    assert sorted(reasons) == sorted([*stood, (changed, "stale", 1)])
    assert f"{preview}restent/?acte=validations&amp;raison=status-planned" in page.text
    exactly = {"status-planned": planned, "status-validated": [settled], "stale": [stale]}
    for why, visits in exactly.items():
        listed = browser.get(f"{preview}restent/?acte=validations&raison={why}").context["visits"]
        assert [visit.pk for visit in listed] == [visit.pk for visit in visits]
    for nonsense in ("nonsense", "status-nonsense", "stale-planned"):
        assert browser.get(f"{preview}restent/?raison={nonsense}").status_code == 404
    lot = press(browser, preview, "validations", ground="phone").url
    assert "Aucune visite faite, 14 laissées" in browser.get(lot).text
    for why, visits in exactly.items():
        rows = browser.get(f"{lot}?sort={why}").context["rows"]
        assert [row.visit.pk for row in rows] == [visit.pk for visit in visits]


def test_a_lot_of_before_statuses_were_kept_is_read_as_it_was() -> None:
    world = factories.a_world()
    planned = world.visit()
    browser = browser_of(world.gestionnaire)
    lot = press(browser, choose(browser, planned), "validations", ground="phone").url
    batch = Batch.objects.order_by("-pk")[0]
    kept = {"at": 0, "id": planned.pk, "action": "validate_for_client", "guard": "status"}
    assert batch.refused == [kept | {"status": "planned"}]
    Batch.objects.filter(pk=batch.pk).update(refused=[kept])
    rows = browser.get(f"{lot}?sort=status").context["rows"]
    assert [row.said for row in rows] == ["L’état de cette visite ne permet plus cette action."]


@pytest.mark.parametrize("noun", ["validations", "rattachements", "realisations", "annulations"])
def test_lecture_presses_nothing(noun: str) -> None:
    world = factories.a_world()
    visit = world.visit()
    preview = choose(browser_of(world.gestionnaire), visit)
    reader = browser_of(factories.a_gestionnaire(world.agence, may_manage=False))
    assert reader.get(f"{preview}?acte={noun}").status_code == 403
    assert press(reader, preview, noun, reason="Il le faut", ground="phone").status_code == 403
    assert statuses(visit) == ["planned"]


def test_fates_as_a_file() -> None:
    world = factories.a_world()
    goes, stays = world.visit(), done(world, start="11:00")
    browser = browser_of(world.gestionnaire)
    preview = choose(browser, goes, stays)
    # Two visits of a day at the same client are told apart by their hour, before the press and after it.
    assert ", 11\u202fh\u202f00</a>" in browser.get(f"{preview}?acte=realisations").text
    assert ", 11\u202fh\u202f00</a>" in browser.get(f"{preview}restent/?acte=realisations&raison=status-done").text
    lot = press(browser, preview, "realisations", reason="Badge").url
    assert re.findall(r", ([^,<]+)</a></th>", browser.get(lot).text) == ["11\u202fh\u202f00", "9\u202fh\u202f00"]
    sent = browser.get(f"{lot}sort/")
    rows = b"".join(sent.streaming_content).decode().splitlines()
    assert rows[0].startswith('\ufeff"Jour";')
    assert [row.split(";")[1] for row in rows[1:]] == ['"11:00"', '"09:00"']
    assert [row.split(";")[4] for row in rows[1:]] == ['"Laissée"', '"Faite"']
    assert line(("=1+1", 'a"b')) == '"\'=1+1";"a""b"\r\n'
