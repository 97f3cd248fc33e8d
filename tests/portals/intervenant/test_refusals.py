"""Refusées: both sides' versions, Accepter and Refuser, disputing a cancellation, what the office decided."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interventions.guards import Facts
from interventions.models import Intervention
from interventions.states import Action, Choice, Status
from tests.factories import World, a_world, an_intervenant, local
from tests.portals.intervenant.conftest import SignIn
from tests.portals.intervenant.posted import a_key

TAB = "/intervenant/refusees/"
YESTERDAY = date(2026, 11, 24)


def url(name: str, visit: Intervention) -> str:
    return reverse(f"intervenant:{name}", args=[visit.public_id])


def a_contested_visit(world: World, **fields: Any) -> Intervention:
    visit = world.visit(**fields)
    world.act(visit, Action.COMPLETE, world.as_intervenant, comment="Soin plus long.")
    facts = Facts(visit.retained_start, visit.retained_end - timedelta(minutes=15), visit.retained_km)
    motif = world.motif(kind="refus", opens_hours=True)
    world.act(visit, Action.CONTEST, world.as_client, facts=facts, motif_id=motif.pk, comment="Partie plus tôt.")
    return visit


def a_cancelled_visit(world: World) -> Intervention:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    world.act(
        visit, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=world.motif().pk, comment="Personne n’est venu."
    )
    return visit


def answer(portal: Client, name: str, visit: Intervention, **fields: str) -> Any:
    visit.refresh_from_db()
    return portal.post(url(name, visit), a_key() | {"seen": str(visit.version)} | fields)


def test_the_two_versions_the_motif_and_the_words_stand_there(world: World, portal: Client) -> None:
    a_contested_visit(world)
    html = portal.get(TAB).text
    motif = world.motif(kind="refus", opens_hours=True)
    for part in ("Déclaré par vous", "Proposé par Mme Quéré", motif.label, "Partie plus tôt.", "Soin plus long."):
        assert part in html
    assert '<mark class="differs">9\u202fh\u202f45</mark>' in html
    assert "−15\u202fmin sur le déclaré" in html


def test_accepter_retains_what_the_client_says(world: World, portal: Client) -> None:
    visit = a_contested_visit(world)
    assert answer(portal, "acceptation", visit).status_code == 302
    visit.refresh_from_db()
    assert (visit.status, visit.retained_end) == (Status.VALIDATED, local(YESTERDAY, "09:45"))


def test_refuser_leaves_it_to_the_office(world: World, portal: Client) -> None:
    visit = a_contested_visit(world)
    assert answer(portal, "refus", visit, comment="J’étais là.").status_code == 302
    visit.refresh_from_db()
    assert visit.status == Status.ARBITRATION
    assert "En attente de la décision de l’agence" in portal.get(TAB).text


def test_words_of_a_modification_that_was_taken_back_are_gone(world: World, portal: Client) -> None:
    visit = a_contested_visit(world)
    world.act(visit, Action.RETRACT, world.as_client)
    facts = Facts(visit.retained_start, visit.retained_end - timedelta(minutes=20), visit.retained_km)
    motif = world.motif(kind="refus", opens_hours=True)
    world.act(visit, Action.CONTEST, world.as_client, facts=facts, motif_id=motif.pk)
    html = portal.get(TAB).text
    assert "9\u202fh\u202f40" in html
    assert "Partie plus tôt." not in html


def test_a_stale_answer_is_refused_in_words(world: World, portal: Client) -> None:
    visit = a_contested_visit(world)
    refused = portal.post(url("acceptation", visit), a_key() | {"seen": "1", "comment": "Bien."})
    assert refused.status_code == 422
    assert "a changé depuis" in refused.text
    assert "Bien." in refused.text
    assert portal.post(url("acceptation", visit), a_key()).status_code == 422
    visit.refresh_from_db()
    assert visit.status == Status.CONTESTED


def test_a_cancellation_is_disputed_with_a_comment(world: World, portal: Client) -> None:
    visit = a_cancelled_visit(world)
    html = portal.get(TAB).text
    assert "Personne n’est venu." in html
    assert "Contester l’annulation" in html
    refused = answer(portal, "contestation", visit)
    assert refused.status_code == 422
    assert "Écrivez un commentaire" in refused.text
    assert answer(portal, "contestation", visit, comment="J’y étais.").status_code == 302
    visit.refresh_from_db()
    assert visit.status == Status.ARBITRATION


def test_the_way_to_dispute_closes_with_its_window(world: World, portal: Client, settings: Any) -> None:
    a_cancelled_visit(world)
    settings.CLOCK_OFFSET_SECONDS += 8 * 24 * 3600
    html = portal.get(TAB).text
    assert "Le délai pour contester cette annulation est passé." in html
    assert 'name="comment"' not in html


def test_what_the_office_decided_stands_there_with_its_grounds(world: World, portal: Client) -> None:
    visit = a_contested_visit(world)
    answer(portal, "refus", visit)
    world.act(visit, Action.ARBITRATE, world.as_manager, choice=Choice.CLIENT, reason="La télégestion le confirme.")
    html = portal.get(TAB).text
    assert "La télégestion le confirme." in html
    assert "celle du client" in html
    decided = html.partition("Décidées par l’agence")[2]
    for title in ("Prévu", "Déclaré par vous", "Proposé par"):
        assert title in decided


def test_others_can_neither_read_nor_answer(world: World, portal: Client, signed_in: SignIn) -> None:
    contested, cancelled = a_contested_visit(world, start="14:00"), a_cancelled_visit(world)
    for stranger in (an_intervenant(world.agence), a_world().intervenant):
        other = signed_in(stranger)
        assert "Quéré" not in other.get(TAB).text
        assert answer(other, "acceptation", contested).status_code == 404
        assert answer(other, "refus", contested).status_code == 404
        assert answer(other, "contestation", cancelled, comment="Non.").status_code == 404


def test_answers_are_pressed_not_read(world: World, portal: Client) -> None:
    visit = a_contested_visit(world)
    for name in ("acceptation", "refus", "contestation"):
        assert portal.get(url(name, visit)).status_code == 405
    assert portal.post(url("acceptation", visit)).status_code == 400


def test_module_off_shows_and_closes(world: World, portal: Client) -> None:
    visit = a_contested_visit(world)
    type(world.agence).objects.filter(pk=world.agence.pk).update(module_enabled=False)
    html = portal.get(TAB).text
    assert "n’est pas activée par votre agence" in html
    assert "Accepter</button>" not in html
    assert answer(portal, "acceptation", visit).status_code == 422


def test_same_statements_for_one_visit_and_ten(world: World, portal: Client) -> None:
    a_contested_visit(world, start="06:00", minutes=30)
    portal.get(TAB)
    with CaptureQueriesContext(connection) as one:
        portal.get(TAB)
    for n in range(10):
        a_contested_visit(world, start=f"{8 + n:02d}:00", minutes=30)
    with CaptureQueriesContext(connection) as many:
        portal.get(TAB)
    assert len(many) == len(one)
