"""Each act of a gestionnaire: its form does it, the window shows it, the journal says it."""

from __future__ import annotations

from typing import Any

import pytest

from interventions import operations
from interventions.guards import Guard
from interventions.models import ContratState, Intervention
from interventions.states import Action, Ground, Status
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db


def act(desk: Desk, visit: Intervention, noun: str, **typed: Any) -> str:
    """Press a form and return what the window then says."""
    answer = desk.post(f"interventions/{visit.public_id}/{noun}/", visit, **typed)
    assert answer.status_code == 303, words(answer)
    assert answer.url == f"/gestion/interventions/{visit.public_id}/"
    visit.refresh_from_db()
    return words(desk.browser.get(answer.url))


def done(world: World) -> Intervention:
    """Return a visit that the intervenant has declared."""
    visit = world.visit()
    assert world.act(visit, Action.COMPLETE, world.as_intervenant, comment="Rangé la cuisine.").done
    return visit


def test_assign(desk: Desk, world: World) -> None:
    visit = world.visit(intervenant_id=None)
    said = act(desk, visit, "designation", intervenant=world.intervenant.pk)
    assert visit.status == Status.PLANNED
    assert "Intervenant : Aïcha" not in said
    assert "Intervenant désigné Claire Morvan (gestionnaire), 25/11/2026 à 12 h 00 Intervenant : L’Héritier" in said


def test_unassign(desk: Desk, world: World) -> None:
    visit = world.visit()
    said = act(desk, visit, "retrait", reason="En arrêt de travail")
    assert visit.status == Status.DRAFT
    assert "En arrêt de travail" in said


def test_move(desk: Desk, world: World) -> None:
    visit = world.visit()
    other = factories.an_intervenant(world.agence, last_name="Lemoine", first_name="Nadia")
    typed = {"day": "2026-11-27", "start": "22:00", "end": "00:30", "km": "3,5", "intervenant": other.pk}
    said = act(desk, visit, "horaire", **typed, ordre_de_mission="Prendre les clés")
    assert f"{visit.retained_start:%d %H:%M} {visit.retained_end:%d %H:%M}" == "27 21:00 27 23:30"
    assert str(visit.retained_km) == "3.5"
    assert visit.intervenant == other
    assert visit.ordre_de_mission == "Prendre les clés"
    assert "Planning modifié" in said
    assert "Intervenant : L’Héritier Aïcha → Lemoine Nadia" in said


def test_attach(desk: Desk, world: World) -> None:
    visit = world.visit(contrat_id=None)
    said = act(desk, visit, "contrat", contrat=world.contrat.pk)
    assert visit.contrat == world.contrat
    assert f"Contrat : {world.contrat.number}" in said


def test_admit_attaches_and_presents(desk: Desk, world: World) -> None:
    visit = reported_without_contrat(world)
    said = act(desk, visit, "presentation", contrat=world.contrat.pk)
    assert visit.status == Status.DONE
    assert visit.contrat == world.contrat
    assert "Rattachée et présentée au client" in said


def reported_without_contrat(world: World) -> Intervention:
    """Return a visit that the intervenant added when no contrat facturable was there."""
    visit = world.visit()
    world.contrat.state = ContratState.DRAFT
    world.contrat.save()
    new = operations.NewVisit(
        world.client.pk,
        world.prestation.pk,
        visit.retained_start,
        visit.retained_end,
        intervenant_id=world.intervenant.pk,
    )
    change = operations.Change(Action.REPORT_UNATTACHED, new=new)
    outcome = operations.apply([change], actor=world.as_intervenant, at=world.now, key=factories.key())
    world.contrat.state = ContratState.SIGNED
    world.contrat.save()
    return Intervention.objects.get(pk=outcome.done[0].intervention_id or 0)


def test_complete_for_intervenant(desk: Desk, world: World) -> None:
    visit = world.visit()
    typed = {"start": "09:00", "end": "10:30", "km": "2,4", "contrat": world.contrat.pk, "reason": "Téléphone perdu"}
    said = act(desk, visit, "realisation", **typed)
    assert visit.status == Status.DONE
    assert visit.declared_on_behalf
    assert "Claire Morvan (gestionnaire), à la place de : intervenant" in said
    assert "Téléphone perdu" in said
    assert "+30 min sur le prévu" in said


def test_cancel_and_set_motif_and_reopen(desk: Desk, world: World) -> None:
    visit = world.visit()
    said = act(desk, visit, "annulation", motif=world.motif("hospitalisé").pk)
    assert visit.status == Status.CANCELLED
    assert "Client absent, hospitalisé ou parti, non facturée, non payée" in said
    said = act(desk, visit, "motif", motif=world.motif("sans prévenir").pk)
    assert "Client absent sans prévenir, facturée, payée" in said
    said = act(desk, visit, "reouverture", reason="Erreur de saisie")
    assert visit.status == Status.PLANNED
    assert "Erreur de saisie" in said


def test_send_back(desk: Desk, world: World) -> None:
    visit = done(world)
    said = act(desk, visit, "renvoi", reason="Mauvais jour")
    assert visit.status == Status.PLANNED
    assert "Renvoyée par l’agence" in said


def test_validate_for_client(desk: Desk, world: World) -> None:
    visit = done(world)
    said = act(desk, visit, "validation", ground=Ground.OTHER.value, ground_text="Vu chez elle")
    assert visit.status == Status.VALIDATED
    assert "Ce qui le permet : Autre (Vu chez elle)" in said
    assert "validée à sa place le 25 novembre" in said


def test_contest_then_retract_then_escalate(desk: Desk, world: World) -> None:
    visit = done(world)
    motif = world.motif("départ", kind="refus")
    typed = {"motif": motif.pk, "start": "09:00", "end": "09:45", "km": "2,4", "comment": "Partie plus tôt"}
    said = act(desk, visit, "modification", **typed, ground=Ground.PHONE.value)
    assert visit.status == Status.CONTESTED
    assert "Selon le client : 9 h 00 – 9 h 45, 2,4 km" in said
    assert "Ce qui le permet : Téléphone" in said
    act(desk, visit, "reprise", reason="Elle s’est trompée")
    assert visit.status == Status.DONE
    act(desk, visit, "modification", **typed, ground=Ground.LETTER.value)
    said = act(desk, visit, "transmission", reason="Intervenante en congé")
    assert visit.status == Status.ARBITRATION
    assert "Ouvrir la délibération" in said


def test_cancel_by_client(desk: Desk, world: World) -> None:
    visit = done(world)
    motif = world.motif("pas eu lieu")
    act(desk, visit, "annulation-du-client", motif=motif.pk, comment="Personne", ground=Ground.ON_SITE.value)
    assert visit.status == Status.CANCELLED


@pytest.mark.parametrize(
    ("noun", "typed", "complaint"),
    [
        ("realisation", {"start": "25:00", "end": "10:00", "reason": "x"}, "« 25:00 » n’est pas une heure"),
        ("realisation", {"start": "09:00", "end": "10:00", "km": "mille", "reason": "x"}, "n’est pas un nombre"),
        ("realisation", {"start": "09:00", "end": "10:00"}, "Ce champ est obligatoire"),
        ("annulation", {}, "Ce champ est obligatoire"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    desk: Desk, world: World, noun: str, typed: dict[str, str], complaint: str
) -> None:
    visit = world.visit()
    answer = desk.post(f"interventions/{visit.public_id}/{noun}/", visit, **typed)
    assert answer.status_code == 422
    assert complaint in words(answer)
    assert all(f'value="{value}"' in answer.text or f">\n{value}<" in answer.text for value in typed.values())
    visit.refresh_from_db()
    assert visit.status == Status.PLANNED


def test_no_answer_needs_a_delivered_mail(desk: Desk, world: World) -> None:
    visit = done(world)
    answer = desk.post(f"interventions/{visit.public_id}/validation/", visit, ground=Ground.NO_ANSWER.value)
    assert answer.status_code == 422
    assert "demande un mail remis et un délai écoulé" in words(answer)


def test_a_stale_page_is_refused_then_shown_anew(desk: Desk, world: World) -> None:
    visit = done(world)
    path = f"interventions/{visit.public_id}/validation/"
    before = visit.version
    world.act(visit, Action.CORRECT, world.as_intervenant, facts=visit.retained)
    visit.version = before
    answer = desk.post(path, visit, ground=Ground.PHONE.value)
    assert answer.status_code == 422
    assert str(Guard.STALE.label) in answer.text
    visit.refresh_from_db()
    assert f'name="seen" value="{visit.version}"' in answer.text
    assert 'value="phone" checked' in answer.text or "checked" in answer.text
    assert act(desk, visit, "validation", ground=Ground.PHONE.value)


def test_a_form_that_does_not_say_what_was_seen_does_nothing(desk: Desk, world: World) -> None:
    visit = done(world)
    answer = desk.post(f"interventions/{visit.public_id}/validation/", None, ground=Ground.PHONE.value)
    assert answer.status_code == 422
    assert str(Guard.STALE.label) in answer.text


def test_a_press_repeated_does_nothing_more(desk: Desk, world: World) -> None:
    visit = done(world)
    typed = {"ground": Ground.PHONE.value, "key": factories.key(), "seen": visit.version}
    first = desk.browser.post(f"/gestion/interventions/{visit.public_id}/validation/", typed)
    again = desk.browser.post(f"/gestion/interventions/{visit.public_id}/validation/", typed)
    assert (first.status_code, again.status_code) == (303, 303)
    assert "était déjà enregistrée" in words(desk.browser.get(again.url))
    assert visit.journal.count() == 3


def test_an_act_out_of_place_says_why(desk: Desk, world: World) -> None:
    visit = world.visit()
    page = words(desk.get(f"interventions/{visit.public_id}/validation/"))
    assert str(Guard.STATUS.label) in page
    answer = desk.post(f"interventions/{visit.public_id}/validation/", visit, ground=Ground.PHONE.value)
    assert answer.status_code == 422
    assert str(Guard.STATUS.label) in answer.text


def test_reading_is_not_acting(world: World) -> None:
    visit = done(world)
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False, last_name="Lecture"))
    window = reader.get(f"interventions/{visit.public_id}/")
    assert "agir demande le droit de gestion" in words(window)
    assert "<form" not in window.text.partition("<main")[2]
    refused = reader.post(f"interventions/{visit.public_id}/validation/", visit, ground=Ground.PHONE.value)
    assert refused.status_code == 422
    assert str(Guard.RIGHT.label) in refused.text
    visit.refresh_from_db()
    assert visit.status == Status.DONE
