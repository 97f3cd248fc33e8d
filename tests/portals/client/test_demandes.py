"""Mes demandes: where each stands, from the first word to the decision, and what may be contested."""

from datetime import timedelta
from typing import Any

import pytest

from interventions import operations
from interventions.models import Deliberation, Proposition
from interventions.states import Action, Choice, Ground
from portals.web import paging
from tests import factories
from tests.factories import World
from tests.portals.client.conftest import signed_in
from tests.portals.client.test_prestations import words
from tests.portals.client.visits import YESTERDAY, a_done_visit, at, facts_of, sent


def a_contested_visit(world: World) -> Any:
    visit = a_done_visit(world)
    motif = world.motif(kind="refus", opens_hours=True)
    facts = facts_of(visit, "09:00", "09:45")
    world.act(
        visit, Action.CONTEST, world.as_client, motif_id=motif.pk, facts=facts, comment="Elle est partie plus tôt."
    )
    assert visit.status == "contested"
    return visit


def demandes(browser: Any) -> str:
    return words(browser.get("/client/demandes/"))


def test_nothing_asked_says_what_the_page_is_for(client_page: Any) -> None:
    assert "Quand vous modifiez ou annulez une visite" in demandes(client_page)


def test_a_modification_waits_for_the_intervenant_then_for_the_agency(world: World, client_page: Any) -> None:
    visit = a_contested_visit(world)
    said = demandes(client_page)
    assert "1 demande en cours" in said
    assert "Aïcha L. doit répondre. D’ici là, votre planning ne change pas." in said
    assert "Modification demandée : 9 h à 9 h 45" in said
    assert "par vous" in said
    assert "Elle est partie plus tôt." in said
    world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant, comment="Je suis partie à 10 h.")
    said = demandes(client_page)
    assert "Aïcha L. n’est pas d’accord. L’agence va décider." in said
    assert "Je suis partie à 10 h." in said
    world.act(
        visit, Action.ARBITRATE, world.as_manager, choice=Choice.CLIENT, reason="La télégestion vous donne raison."
    )
    said = demandes(client_page)
    assert "1 demande terminée" in said
    assert "L’agence a retenu votre version." in said
    assert "La télégestion vous donne raison." in said
    assert "Décision de l’agence : 9 h à 9 h 45" in said
    assert "Héritier" not in said
    assert "Morvan" not in said


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (Choice.INTERVENANT, "L’agence a retenu la version de l’intervenant."),
        (Choice.THIRD, "L’agence a décidé d’une troisième version."),
    ],
)
def test_what_the_agency_decided_otherwise(world: World, client_page: Any, choice: Choice, sentence: str) -> None:
    visit = a_contested_visit(world)
    world.act(visit, Action.ESCALATE, world.as_manager, reason="Sans nouvelles.")
    assert "Votre demande est chez l’agence, qui va décider." in demandes(client_page)
    facts = facts_of(visit, "09:00", "09:50")
    world.act(visit, Action.ARBITRATE, world.as_manager, choice=choice, facts=facts, reason="Voilà pourquoi.")
    assert Deliberation.objects.get(intervention=visit).choice == choice
    assert sentence in demandes(client_page)


def test_an_accepted_modification(world: World, client_page: Any) -> None:
    visit = a_contested_visit(world)
    world.act(visit, Action.ACCEPT_CHANGE, world.as_intervenant)
    said = demandes(client_page)
    assert "Aïcha L. est d’accord. Votre planning est corrigé." in said
    assert "de 9 h à 9 h 45" in said


def test_a_request_is_taken_back_from_here(world: World, client_page: Any) -> None:
    visit = a_contested_visit(world)
    assert at(visit, "reprise") in client_page.get("/client/demandes/").text
    answer = client_page.post(at(visit, "reprise"), sent(visit), follow=True)
    assert answer.redirect_chain == [(at(visit), 303)]
    assert "La visite attend de nouveau votre réponse." in words(answer)
    assert "Vous avez repris votre réponse." in demandes(client_page)


def test_too_late_to_take_back_is_said(world: World, client_page: Any) -> None:
    visit = a_contested_visit(world)
    form = sent(visit)
    world.act(visit, Action.ACCEPT_CHANGE, world.as_intervenant)
    refused = client_page.post(at(visit, "reprise"), form)
    assert refused.status_code == 422
    assert "Cette visite a changé" in words(refused)


def test_what_may_not_be_taken_back_says_why(world: World, client_page: Any) -> None:
    visit = a_contested_visit(world)
    looker = signed_in(factories.a_proche(world.client, may_contest=False).user)
    assert "Votre mandat ne permet pas de modifier ni d’annuler." in demandes(looker)
    assert at(visit, "reprise") not in looker.get("/client/demandes/").text
    operations.set_module(world.as_manager, False, world.now)
    assert "n’est pas activée par votre agence" in demandes(client_page)


def test_an_annulation_may_be_taken_back_for_days(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    before = world.now - timedelta(days=3)
    world.act(visit, Action.CANCEL_BY_CLIENT, world.as_client, at=before, motif_id=world.motif().pk)
    said = demandes(client_page)
    assert "1 demande en cours" in said
    assert "Reprendre" in said
    assert "Rien à valider" in words(client_page.get("/client/"))


# Cancelled by others


def a_visit_cancelled(world: World, by: str) -> Any:
    visit = world.visit()
    entered = {"comment": "Porte close."} if by == "intervenant" else {"motif_id": world.motif().pk}
    world.act(visit, Action.CANCEL, getattr(world, f"as_{by}"), **entered)
    assert visit.status == "cancelled"
    return visit


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        ("intervenant", "Aïcha L. a déclaré que cette visite n’a pas eu lieu."),
        ("manager", "Cette visite a été annulée par l’agence."),
    ],
)
def test_a_cancellation_by_others_is_disputed(world: World, client_page: Any, by: str, sentence: str) -> None:
    visit = a_visit_cancelled(world, by)
    said = demandes(client_page)
    assert "1 visite à vérifier" in said
    assert sentence in said
    assert "vous pouvez le dire jusqu’au mercredi 2 décembre." in said
    assert (f"Motif : {world.motif().label}" in said) is (by == "manager")
    assert "La visite a bien eu lieu" in said
    form = client_page.get(at(visit, "contestation"))
    assert "L’agence lira ce que vous dites et décidera." in words(form)
    answer = client_page.post(at(visit, "contestation"), sent(visit, comment="Elle est venue."), follow=True)
    assert "C’est envoyé." in words(answer)
    visit.refresh_from_db()
    assert visit.status == "arbitration"
    assert "Vous avez dit que la visite a bien eu lieu. L’agence va décider." in demandes(client_page)


def test_a_dispute_needs_words(world: World, client_page: Any) -> None:
    visit = a_visit_cancelled(world, "intervenant")
    answer = client_page.post(at(visit, "contestation"), sent(visit, comment="  "))
    assert answer.status_code == 422
    assert "Écrivez un commentaire" in words(answer)


def test_a_stale_dispute_keeps_what_was_typed(world: World, client_page: Any) -> None:
    visit = a_visit_cancelled(world, "intervenant")
    answer = client_page.post(at(visit, "contestation"), sent(visit, comment="Elle est venue.") | {"vu": 1})
    assert answer.status_code == 422
    assert "Cette visite a changé" in words(answer)
    assert "Elle est venue." in answer.text


def test_what_is_too_old_is_no_longer_asked(world: World, client_page: Any) -> None:
    visit = world.visit(day=YESTERDAY - timedelta(days=20))
    before = world.now - timedelta(days=15)
    world.act(visit, Action.CANCEL, world.as_intervenant, at=before)
    assert at(visit, "contestation") not in client_page.get("/client/demandes/").text
    answer = client_page.post(at(visit, "contestation"), sent(visit, comment="Elle est venue."))
    assert answer.status_code == 422
    assert "Le délai pour contester cette annulation est passé." in words(answer)


def test_the_intervenant_may_dispute_what_the_client_cancelled(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    world.act(visit, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=world.motif().pk)
    world.act(visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, comment="J’y étais.")
    said = demandes(client_page)
    assert "Aïcha L. dit que la visite a bien eu lieu. L’agence va décider." in said
    assert "J’y étais." not in said


# Validated by others


def a_visit_validated_for_the_client(world: World) -> Any:
    visit = a_done_visit(world)
    world.act(visit, Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)
    assert visit.status == "validated"
    return visit


def test_a_validation_on_behalf_may_be_objected_to(world: World, client_page: Any) -> None:
    visit = a_visit_validated_for_the_client(world)
    said = demandes(client_page)
    assert "Cette visite a été validée à votre place par l’agence." in said
    assert "vous pouvez le dire jusqu’au vendredi 25 décembre." in said
    motif = str(world.motif(kind="refus", opens_hours=True).public_id)
    page = client_page.get(at(visit, "contestation"), {"motif": motif})
    assert "La visite n’a pas eu lieu" in words(page)
    assert 'value="10:00"' in page.text
    form = sent(visit, motif=motif, start="09:00", end="09:30", comment="Partie à la demie.")
    assert client_page.post(at(visit, "contestation"), form).status_code == 303
    visit.refresh_from_db()
    assert visit.status == "arbitration"
    assert "Vous avez contesté la validation. L’agence va décider." in demandes(client_page)


def test_objecting_that_it_did_not_take_place(world: World, client_page: Any) -> None:
    visit = a_visit_validated_for_the_client(world)
    assert client_page.get(at(visit, "contestation"), {"motif": "aucune"}).status_code == 200
    assert client_page.post(at(visit, "contestation"), sent(visit, motif="aucune")).status_code == 303
    assert Proposition.objects.get(intervention=visit).is_annulation
    assert "Validation contestée : la visite n’a pas eu lieu" in demandes(client_page)


@pytest.mark.parametrize("fields", [{"motif": ""}, {"motif": "x"}, {"start": "09:00", "end": "10:00"}])
def test_an_objection_that_says_nothing_is_refused(world: World, client_page: Any, fields: dict[str, str]) -> None:
    visit = a_visit_validated_for_the_client(world)
    form = {"motif": str(world.motif(kind="refus", opens_hours=True).public_id)} | fields
    answer = client_page.post(at(visit, "contestation"), sent(visit, **form))
    assert answer.status_code == 422
    visit.refresh_from_db()
    assert visit.status == "validated"


def test_ones_own_validation_is_not_contested(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    world.act(visit, Action.VALIDATE, world.as_client)
    answer = client_page.post(at(visit, "contestation"), sent(visit, motif="aucune"))
    assert answer.status_code == 422
    assert "Cette validation vient de vous" in words(answer)


def test_who_acted_is_said_by_name_to_the_other(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    proche = signed_in(world.proche.user)
    motif = str(world.motif().public_id)
    assert proche.post(at(visit, "annulation"), sent(visit, motif=motif)).status_code == 303
    assert "par Anne Quéré" in demandes(client_page)
    assert "par vous" in demandes(proche)


def test_another_agencys_requests_are_not_there(world: World, client_page: Any) -> None:
    visit = a_contested_visit(factories.a_world())
    assert at(visit) not in client_page.get("/client/demandes/").text


# Pages, and the module off


def test_what_has_ended_goes_on_over_the_pages(
    world: World, client_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE", 2)
    motif = world.motif(kind="refus", opens_hours=True)
    ended = []
    for n in range(5):
        visit = a_done_visit(world, start=f"{8 + n:02d}:00")
        before, facts = world.now - timedelta(hours=9 - n), facts_of(visit, f"{8 + n:02d}:10", f"{9 + n:02d}:00")
        world.act(visit, Action.CONTEST, world.as_client, at=before, motif_id=motif.pk, facts=facts)
        if n:
            world.act(visit, Action.ACCEPT_CHANGE, world.as_intervenant, at=before)
            ended.append(visit)
        else:
            waiting = visit
    first = client_page.get("/client/demandes/")
    assert "2 demandes terminées" in words(first)
    assert str(waiting.public_id) in first.text
    second = client_page.get("/client/demandes/", {"apres": str(ended[2].public_id)})
    assert [str(visit.public_id) in second.text for visit in ended] == [True, True, False, False]
    assert str(waiting.public_id) not in second.text
    assert "Précédentes" in words(second)
    assert "Suivantes" not in words(second)


def test_with_the_module_off_the_page_says_why_nothing_may_be_contested(world: World, client_page: Any) -> None:
    visit = a_visit_cancelled(world, "intervenant")
    assert at(visit, "contestation") in client_page.get("/client/demandes/").text
    operations.set_module(world.as_manager, False, world.now)
    said = demandes(client_page)
    assert "Votre agence a arrêté la validation depuis ce portail." in said
    assert "appelez votre agence" in said
