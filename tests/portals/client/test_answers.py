"""Valider, Modifier, Annuler, Reprendre: each act, each error, and what is said of it."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from interventions.models import Batch, Motif, Proposition
from interventions.states import Action
from tests import factories
from tests.factories import World, local
from tests.portals.client.conftest import signed_in
from tests.portals.client.test_prestations import words
from tests.portals.client.visits import YESTERDAY, a_done_visit, at, facts_of, sent

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/client/"}


def hours_motif(world: World) -> Motif:
    return world.motif(kind="refus", opens_hours=True, opens_km=False)


def km_motif(world: World) -> Motif:
    return world.motif(kind="refus", opens_hours=False, opens_km=True)


# Valider


def test_valider_and_take_it_back(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    answer = client_page.post(at(visit, "validation"), sent(visit))
    assert (answer.status_code, answer.url) == (303, f"/client/#visite-{visit.public_id}")
    visit.refresh_from_db()
    assert (visit.status, visit.last_actor_id) == ("validated", world.client.user_id)
    page = client_page.get("/client/")
    assert "Visite validée." in words(page)
    assert "Rien à valider" in words(page)
    back = client_page.post(at(visit, "reprise"), sent(visit, retour="liste"))
    assert back.status_code == 303
    visit.refresh_from_db()
    assert visit.status == "done"


def test_the_way_back_ends_with_the_undo_window(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    earlier = world.now - timedelta(minutes=world.agence.undo_minutes + 1)
    world.act(visit, Action.VALIDATE, world.as_client, at=earlier)
    assert "Reprendre" not in client_page.get("/client/").text
    refused = client_page.post(at(visit, "reprise"), sent(visit))
    assert refused.status_code == 422
    assert "Le délai pour revenir sur cette réponse est passé." in words(refused)


def test_a_press_repeated_is_one_act(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    form = sent(visit)
    assert client_page.post(at(visit, "validation"), form).status_code == 303
    assert client_page.post(at(visit, "validation"), form).status_code == 303
    assert Batch.objects.filter(key=form["key"]).count() == 1
    visit.refresh_from_db()
    assert visit.status == "validated"


@pytest.mark.parametrize("noun", ["validation", "modification", "annulation"])
def test_a_stale_page_is_told_so_and_keeps_what_was_typed(world: World, client_page: Any, noun: str) -> None:
    visit = a_done_visit(world)
    fields = {"comment": "Elle est partie après le thé."}
    if noun == "modification":
        fields |= {"motif": str(hours_motif(world).public_id), "start": "09:00", "end": "09:45"}
    if noun == "annulation":
        fields |= {"motif": str(world.motif().public_id)}
    form = sent(visit, **fields)
    world.act(visit, Action.CORRECT, world.as_intervenant, facts=facts_of(visit, "09:00", "11:00"))
    answer = client_page.post(at(visit, noun), form)
    assert answer.status_code == 422
    assert "Cette visite a changé depuis que vous l’avez affichée" in words(answer)
    assert "Aïcha L. est venue de 9 h à 11 h (prévu : 9 h à 10 h)" in words(answer)
    if noun != "validation":
        assert "Elle est partie après le thé." in answer.text
    visit.refresh_from_db()
    assert visit.status == "done"


@pytest.mark.parametrize("vu", ["", "abc", "-1", "²", "9" * 30])
def test_a_form_without_a_version_is_out_of_date(world: World, client_page: Any, vu: str) -> None:
    visit = a_done_visit(world)
    assert client_page.post(at(visit, "validation"), sent(visit) | {"vu": vu}).status_code == 422


def test_a_form_without_its_key_is_refused(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    assert client_page.post(at(visit, "validation"), {"vu": visit.version}).status_code == 400


def test_nothing_acts_on_get(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    for noun in ("validation", "reprise"):
        assert client_page.get(at(visit, noun)).status_code == 405
    for noun in ("modification", "annulation", "contestation"):
        assert client_page.get(at(visit, noun)).status_code == 200
    visit.refresh_from_db()
    assert visit.status == "done"


# The week at once


def rows(*visits: Any) -> dict[str, Any]:
    return {"key": factories.key(), "visite": [f"{visit.public_id}:{visit.version}" for visit in visits]}


def test_the_week_at_once_says_how_much_it_holds(world: World, client_page: Any) -> None:
    visits = [a_done_visit(world, start="08:00"), a_done_visit(world, start="10:00", minutes=90)]
    assert "Valider toute la semaine (2 visites, 2 h 30)" in words(client_page.get("/client/"))
    answer = client_page.post("/client/validations/", rows(*visits), follow=True)
    assert "2 visites validées. Merci." in words(answer)
    for visit in visits:
        visit.refresh_from_db()
        assert visit.status == "validated"


def test_one_row_that_changed_meanwhile_stays_and_is_named(world: World, client_page: Any) -> None:
    first, second = a_done_visit(world, start="08:00"), a_done_visit(world, start="10:00")
    form = rows(first, second)
    world.act(second, Action.CORRECT, world.as_intervenant, facts=facts_of(second, "10:00", "12:00"))
    said = words(client_page.post("/client/validations/", form, follow=True))
    assert "1 visite validée. Merci." in said
    assert "Visite du mardi 24 novembre à 10 h 00, Aïcha L. : Cette visite a changé" in said
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("validated", "done")


def test_a_visit_taken_back_meanwhile_is_counted_as_gone(world: World, client_page: Any) -> None:
    kept, gone = a_done_visit(world, start="08:00"), a_done_visit(world, start="10:00")
    form = rows(kept, gone)
    type(gone).objects.filter(pk=gone.pk).update(withdrawn=True)
    said = words(client_page.post("/client/validations/", form, follow=True))
    assert "1 visite validée. Merci." in said
    assert "1 visite n’est plus à votre planning." in said


@pytest.mark.parametrize("row", ["", "x:1", "00000000-0000-0000-0000-000000000000:1", "no-version"])
def test_rows_that_are_nobodys_are_not_found(world: World, client_page: Any, row: str) -> None:
    a_done_visit(world)
    assert client_page.post("/client/validations/", {"key": factories.key(), "visite": row}).status_code == 404


# Modifier


def test_modifier_in_two_steps_without_javascript(world: World, client_page: Any) -> None:
    visit = a_done_visit(world, minutes=90)
    first = client_page.get(at(visit, "modification"))
    assert "Motif de refus" in words(first)
    assert 'name="start"' not in first.text
    second = client_page.get(at(visit, "modification"), {"motif": str(hours_motif(world).public_id)})
    assert 'value="09:00"' in second.text
    assert 'value="10:30"' in second.text
    assert 'name="km"' not in second.text
    assert "Votre planning ne change pas tant que l’intervenante n’a pas accepté." in words(second)
    form = sent(visit, motif=str(hours_motif(world).public_id), start="09:00", end="10:15", comment="Partie plus tôt.")
    assert client_page.post(at(visit, "modification"), form).status_code == 303
    visit.refresh_from_db()
    proposition = Proposition.objects.get(intervention=visit)
    assert visit.status == "contested"
    assert (visit.retained_end, proposition.end) == (local(YESTERDAY, "10:30"), local(YESTERDAY, "10:15"))
    assert "Modification envoyée. Aïcha L. doit répondre." in words(client_page.get("/client/"))


def test_another_motif_keeps_the_hours_that_it_also_opens(world: World, client_page: Any) -> None:
    """Through htmx the radio sends them along; without JavaScript «Continuer» does, and nothing is sent yet."""
    visit = a_done_visit(world)
    both, km = world.motif(kind="refus", opens_hours=True, opens_km=True), km_motif(world)
    typed = {"start": "09:05", "end": "09:50", "comment": "Partie plus tôt."}
    chosen = client_page.get(at(visit, "modification"), {"motif": str(both.public_id), **typed}, headers=HTMX)
    assert 'value="09:05"' in chosen.text
    assert 'value="09:50"' in chosen.text
    assert 'value="2,4"' in chosen.text
    form = sent(visit, motif=str(both.public_id), continuer="1", **typed)
    continued = client_page.post(at(visit, "modification"), form)
    assert continued.status_code == 200
    assert 'value="09:50"' in continued.text
    assert "Partie plus tôt." in continued.text
    closed = client_page.post(at(visit, "modification"), form | {"motif": str(km.public_id)})
    assert 'name="start"' not in closed.text
    visit.refresh_from_db()
    assert visit.status == "done"


def test_a_motif_whose_fields_were_not_there_yet_opens_them_first(world: World, client_page: Any) -> None:
    """Without JavaScript somebody may change the motif and press at once: nothing is guessed in their place."""
    visit = a_done_visit(world)
    form = sent(visit, motif=str(km_motif(world).public_id), start="09:05", end="09:50")
    answer = client_page.post(at(visit, "modification"), form)
    assert answer.status_code == 200
    assert 'name="km"' in answer.text
    visit.refresh_from_db()
    assert visit.status == "done"


def test_a_motif_that_opens_kilometres_leaves_the_hours(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    motif = str(km_motif(world).public_id)
    page = client_page.get(at(visit, "modification"), {"motif": motif})
    assert 'value="2,4"' in page.text
    assert 'name="start"' not in page.text
    form = sent(visit, motif=motif, km="1,5", start="03:00", end="04:00")
    assert client_page.post(at(visit, "modification"), form).status_code == 303
    proposition = Proposition.objects.get(intervention=visit)
    assert (proposition.km, proposition.start) == (Decimal("1.5"), visit.declared_start)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"start": "09:00", "end": "10:00"}, "Changez au moins une des valeurs"),
        ({"start": "", "end": "10:15"}, "Indiquez l’heure d’arrivée."),
        ({"start": "9 h", "end": "10:15"}, "n’est pas une heure"),
        ({"start": "24:00", "end": "10:15"}, "24:00 ne convient que pour une fin"),
        ({"start": "09:00", "end": "25:00"}, "n’est pas une heure"),
        ({"start": "23:00", "end": "22:00"}, "dans le futur"),
    ],
)
def test_hours_that_will_not_do_are_said_at_their_field(
    world: World, client_page: Any, fields: dict[str, str], error: str
) -> None:
    visit = a_done_visit(world)
    form = sent(visit, motif=str(hours_motif(world).public_id), comment="Un mot.", **fields)
    answer = client_page.post(at(visit, "modification"), form)
    assert answer.status_code == 422
    assert error in words(answer)
    assert 'aria-invalid="true"' in answer.text
    assert "Un mot." in answer.text
    visit.refresh_from_db()
    assert visit.status == "done"


@pytest.mark.parametrize(
    ("km", "error"),
    [("", "Indiquez les kilomètres"), ("-1", "négatifs"), ("mille", "n’est pas un nombre"), ("2,4", "Changez")],
)
def test_kilometres_that_will_not_do_are_said(world: World, client_page: Any, km: str, error: str) -> None:
    visit = a_done_visit(world)
    form = sent(visit, motif=str(km_motif(world).public_id), km=km)
    answer = client_page.post(at(visit, "modification"), form)
    assert answer.status_code == 422
    assert error in words(answer)
    assert (f'value="{km}"' in answer.text) is bool(km)


@pytest.mark.parametrize("motif", ["", "x", "00000000-0000-0000-0000-000000000000", "aucune"])
def test_no_motif_is_asked_for(world: World, client_page: Any, motif: str) -> None:
    visit = a_done_visit(world)
    answer = client_page.post(at(visit, "modification"), sent(visit, motif=motif, start="09:00", end="09:30"))
    assert answer.status_code == 422
    assert "Choisissez un motif." in words(answer)


def test_another_agencys_motif_is_no_motif(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    other = factories.a_world()
    refus = str(hours_motif(other).public_id)
    answer = client_page.post(at(visit, "modification"), sent(visit, motif=refus, start="09:00", end="09:30"))
    assert (answer.status_code, "Choisissez un motif." in words(answer)) == (422, True)
    answer = client_page.post(at(visit, "annulation"), sent(visit, motif=str(other.motif().public_id)))
    assert (answer.status_code, "Choisissez un motif." in words(answer)) == (422, True)


def test_the_hour_that_comes_twice_can_be_chosen(world: World, client_page: Any) -> None:
    night = world.now.date().replace(month=10, day=24)
    visit = a_done_visit(world, day=night, start="22:00", minutes=9 * 60)
    motif = str(hours_motif(world).public_id)
    page = client_page.get(at(visit, "modification"), {"motif": motif})
    assert "Départ après le changement d’heure" in words(page)
    form = sent(visit, motif=motif, start="22:00", end="02:30", end_second="on")
    assert client_page.post(at(visit, "modification"), form).status_code == 303
    first = local(night + timedelta(days=1), "02:30")
    assert Proposition.objects.get(intervention=visit).end == first + timedelta(hours=1)


# Annuler


def test_annuler_says_what_follows_and_does_it(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    page = words(client_page.get(at(visit, "annulation")))
    assert "Motif de l’annulation" in page
    assert "La visite sera annulée tout de suite." in page
    assert "pendant 7 jours" in page
    form = sent(visit, motif=str(world.motif().public_id), comment="Nous étions absents.")
    assert client_page.post(at(visit, "annulation"), form).status_code == 303
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert "Visite annulée." in words(client_page.get("/client/"))
    assert client_page.post(at(visit, "reprise"), sent(visit)).status_code == 303
    visit.refresh_from_db()
    assert visit.status == "done"


def test_annuler_asks_for_a_motif_and_keeps_the_comment(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    answer = client_page.post(at(visit, "annulation"), sent(visit, comment="Nous étions absents."))
    assert answer.status_code == 422
    assert "Choisissez un motif." in words(answer)
    assert "Nous étions absents." in answer.text


def test_a_motif_that_is_still_billed_says_so(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    billed = world.motif()
    billed.billed = True
    billed.save()
    assert f"{billed.label} (la visite reste facturée)" in words(client_page.get(at(visit, "annulation")))


def test_what_is_settled_offers_no_form(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    world.act(visit, Action.VALIDATE, world.as_client)
    for noun in ("modification", "annulation"):
        answer = client_page.get(at(visit, noun))
        assert answer.status_code == 200
        assert "Vous avez validé cette visite." in words(answer)
        assert 'name="motif"' not in answer.text


# htmx


def test_htmx_gets_the_block_the_fields_and_the_list(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    block = client_page.get(at(visit, "modification"), headers=HTMX).text
    assert "<html" not in block
    assert f'id="visite-{visit.public_id}"' in block
    motif = str(hours_motif(world).public_id)
    fields = client_page.get(at(visit, "modification"), {"motif": motif}, headers=HTMX).text
    assert "Motif de refus" not in fields
    assert f'hx-target="#visite-{visit.public_id}"' in fields
    assert 'id="prestations"' in client_page.get("/client/", headers=HTMX).text


def test_htmx_leaves_the_other_visits_alone_and_brings_the_counts(world: World, client_page: Any) -> None:
    visit, other = a_done_visit(world, start="08:00"), a_done_visit(world, start="10:00")
    a_done_visit(world, start="12:00")
    answer = client_page.post(at(visit, "validation"), sent(visit), headers=HTMX)
    assert answer.status_code == 200
    assert f'id="visite-{visit.public_id}"' in answer.text
    assert f'id="visite-{other.public_id}"' not in answer.text
    assert answer.text.count('hx-swap-oob="true"') == 3
    assert "2 visites à valider." in words(answer)
    assert "Valider toute la semaine (2 visites, 2 h)" in words(answer)
    assert answer.text.count("data-focus") == 1
    visit.refresh_from_db()
    back = client_page.post(at(visit, "reprise"), sent(visit, retour="liste"), headers=HTMX)
    assert "3 visites à valider." in words(back)


def test_a_fragment_is_the_page_cut(world: World, client_page: Any) -> None:
    a_done_visit(world)
    page, part = (client_page.get("/client/", headers=headers).text for headers in ({}, HTMX))
    kept = part.partition('<ul role="list" id="places"')[0]

    def plain(text: str) -> str:
        return re.sub(r'name="(key|csrfmiddlewaretoken)" value="[^"]*"', "", text).strip()

    assert plain(kept) in plain(page)


def test_htmx_puts_a_refusal_in_the_visits_place(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    form = sent(visit, motif=str(hours_motif(world).public_id), start="09:00", end="10:00")
    for noun in ("modification", "annulation", "validation"):
        answer = client_page.post(at(visit, noun), form | {"vu": 0, "key": factories.key()}, headers=HTMX)
        assert answer.status_code == 422
        assert answer.headers["HX-Retarget"] == f"#visite-{visit.public_id}"
        assert f'id="visite-{visit.public_id}"' in answer.text


def test_both_sides_of_the_client_answer_for_each_other(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    assert client_page.post(at(visit, "validation"), sent(visit)).status_code == 303
    visit.refresh_from_db()
    proche = signed_in(world.proche.user)
    assert proche.post(at(visit, "reprise"), sent(visit)).status_code == 303
    visit.refresh_from_db()
    assert (visit.status, visit.last_role) == ("done", "proche")
