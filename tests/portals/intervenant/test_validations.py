"""Mes interventions and Valider: what is saved, what is not and why, and that nothing typed is lost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interventions.models import Batch, Intervention
from interventions.operations import close_month
from interventions.states import Action, Status
from tests.factories import NOW, PARIS, World, a_contrat, a_prestation, a_world, an_intervenant, local
from tests.portals.intervenant.conftest import SignIn
from tests.portals.intervenant.posted import entered, form_of

LIST = "/intervenant/interventions/"
VALIDER = "/intervenant/validations/"
YESTERDAY = date(2026, 11, 24)


def on_page(portal: Client, **query: str) -> dict[str, str]:
    return form_of(portal.get(LIST, query).text, VALIDER)


def press(portal: Client, *typed: dict[str, str], page: dict[str, str] | None = None) -> Any:
    data = dict(page if page is not None else on_page(portal))
    for each in typed:
        data |= each
    return portal.post(VALIDER, data)


def fresh(visit: Intervention) -> Intervention:
    return Intervention.objects.get(pk=visit.pk)


def test_past_visits_wait_with_their_state_at_nb(world: World, portal: Client) -> None:
    visit = world.visit()
    world.visit(day=YESTERDAY + timedelta(days=1))
    data = on_page(portal)
    assert [name for name in data if name.endswith("-seen")] == [f"{visit.public_id.hex}-seen"]
    assert data[f"{visit.public_id.hex}-state"] == "nb"
    assert data[f"{visit.public_id.hex}-start"] == "09:00"
    assert data[f"{visit.public_id.hex}-km"] == "2,4"


def test_one_valider_saves_mixed_acts_as_one_batch(world: World, portal: Client) -> None:
    as_planned, longer, gone, later = (world.visit(start=f"{hour}:00") for hour in ("08", "10", "14", "16"))
    answer = press(
        portal,
        entered(as_planned, state="done"),
        entered(longer, state="done", end="11:15", km="3,5", comment="Pansement refait."),
        entered(gone, state="cancelled", comment="Hospitalisée."),
    )
    assert (answer.status_code, answer.url) == (303, LIST)
    assert [fresh(visit).status for visit in (as_planned, longer, gone, later)] == [
        Status.DONE,
        Status.DONE,
        Status.CANCELLED,
        Status.PLANNED,
    ]
    declared = fresh(longer).declared
    assert declared is not None
    assert (declared.end, declared.km) == (local(YESTERDAY, "11:15"), Decimal("3.5"))
    assert fresh(longer).comment == "Pansement refait."
    assert fresh(gone).comment == "Hospitalisée."
    assert fresh(as_planned).declared == as_planned.planned
    assert Batch.objects.filter(actor_id=world.intervenant.user_id).count() == 1
    assert "3 interventions enregistrées" in portal.get(LIST).text


def test_same_key_answers_the_same_and_does_nothing(world: World, portal: Client) -> None:
    visit = world.visit()
    page = on_page(portal) | entered(visit, state="done")
    first, second = press(portal, page=page), press(portal, page=page)
    assert (first.status_code, second.status_code) == (303, 303)
    assert fresh(visit).version == visit.version + 1
    assert "déjà enregistrée" in portal.get(LIST).text


def test_typed_at_nb_stays_on_screen_and_the_answer_says_so(world: World, portal: Client) -> None:
    done, kept = world.visit(start="08:00"), world.visit(start="10:00")
    answer = press(portal, entered(done, state="done"), entered(kept, start="10:05", comment="À compléter."))
    assert answer.status_code == 200
    assert "reste à N/B" in answer.text
    assert "1 visite à valider" in answer.text
    again = form_of(answer.text, VALIDER)
    assert again[f"{kept.public_id.hex}-start"] == "10:05"
    assert again[f"{kept.public_id.hex}-comment"] == "À compléter."
    assert fresh(done).status == Status.DONE
    assert fresh(kept).status == Status.PLANNED


def test_nothing_set_is_said(world: World, portal: Client) -> None:
    world.visit()
    answer = press(portal)
    assert answer.status_code == 422
    assert "aucune visite n’est passée" in answer.text


def test_an_error_stands_beside_its_field_and_saves_nothing(world: World, portal: Client) -> None:
    right, wrong = world.visit(start="08:00"), world.visit(start="10:00")
    answer = press(portal, entered(right, state="done"), entered(wrong, state="done", start="25:10", km="beaucoup"))
    assert answer.status_code == 422
    assert "«\u00a025:10\u00a0» n’est pas une heure" in answer.text
    assert f'id="id_{wrong.public_id.hex}-start_error"' in answer.text
    again = form_of(answer.text, VALIDER)
    assert again[f"{wrong.public_id.hex}-start"] == "25:10"
    assert again[f"{wrong.public_id.hex}-km"] == "beaucoup"
    assert again[f"{right.public_id.hex}-state"] == "done"
    assert fresh(right).status == Status.PLANNED


def test_wrong_hours_do_not_stop_an_annulation(world: World, portal: Client) -> None:
    visit = world.visit()
    assert press(portal, entered(visit, state="cancelled", start="25:10")).status_code == 303
    assert fresh(visit).status == Status.CANCELLED


def test_cautions_are_shown_once_and_then_let_through(world: World, portal: Client) -> None:
    first, second = world.visit(start="08:00"), world.visit(start="09:30")
    typed = (entered(first, state="done", end="10:00"), entered(second, state="done", km="80"))
    answer = press(portal, *typed)
    assert answer.status_code == 422
    for sentence in ("Chevauche de", "1 heure de plus que prévu", "plus que les", "Valider quand même"):
        assert sentence in answer.text
    again = form_of(answer.text, VALIDER)
    assert press(portal, page=again).status_code == 422, "a gap beyond the tolerance asks for words"
    assert press(portal, entered(first, chips="Courses en plus"), page=again).status_code == 303
    assert fresh(first).status == fresh(second).status == Status.DONE
    assert fresh(first).comment == "Courses en plus."


def test_an_overlap_over_midnight_is_pointed_out(world: World, portal: Client) -> None:
    night = world.visit(day=YESTERDAY - timedelta(days=1), start="21:00", minutes=600)
    morning = world.visit(day=YESTERDAY, start="06:30", minutes=45)
    answer = press(portal, entered(night, state="done"), entered(morning, state="done"))
    assert answer.status_code == 422
    assert answer.text.count("<strong>Chevauche de") == 2, "on both cards"
    assert answer.text.count("<br>Chevauche de") == 2, "above them, in the list of what to look at"


def test_a_night_ends_the_next_day_and_24_00_is_an_end(world: World, portal: Client) -> None:
    night = world.visit(day=YESTERDAY - timedelta(days=1), start="22:00", minutes=120)
    assert press(portal, entered(night, state="done", start="22:05", end="24:00")).status_code == 303
    declared = fresh(night).declared
    assert declared is not None
    assert declared.end.astimezone(PARIS).isoformat() == "2026-11-24T00:00:00+01:00"


def test_the_second_of_an_hour_that_exists_twice_can_be_picked(world: World, portal: Client) -> None:
    night = world.visit(day=date(2026, 10, 24), start="21:00", minutes=600)
    assert "une heure existe deux fois" in portal.get(LIST).text
    typed = entered(night, state="done", end="02:30", end_second="on", comment="Partie tôt.")
    assert press(portal, typed).status_code == 303
    declared = fresh(night).declared
    assert declared is not None
    assert declared.end.astimezone(PARIS).isoformat() == "2026-10-25T02:30:00+01:00"


def test_a_stale_row_is_said_in_words_and_shown_fresh(world: World, portal: Client) -> None:
    visit = world.visit()
    page = on_page(portal) | entered(visit, state="done", end="10:05", comment="Vu.")
    moved = {"start": local(YESTERDAY, "15:00"), "end": local(YESTERDAY, "16:00")}
    facts = type(visit.retained)(**moved, km=Decimal("1.0"))
    world.act(visit, Action.MOVE, world.as_manager, facts=facts)
    answer = press(portal, page=page)
    assert answer.status_code == 422
    assert "a changé depuis que vous l’avez affichée" in answer.text
    assert "Prévu\u00a0: 15" in answer.text
    assert "Sur votre écran\u00a0: 09:00 – 10:05" in answer.text
    again = form_of(answer.text, VALIDER)
    assert again[f"{visit.public_id.hex}-comment"] == "Vu."
    assert again[f"{visit.public_id.hex}-seen"] == str(visit.version)
    assert fresh(visit).status == Status.PLANNED


def test_without_a_contrat_realise_is_closed_and_annule_open(world: World, portal: Client) -> None:
    visit = world.visit(contrat_id=None)
    html = portal.get(LIST).text
    assert "Aucun contrat facturable ne couvre cette visite" in html
    assert html.count(" disabled") == 1
    refused = press(portal, entered(visit, state="done"))
    assert refused.status_code == 422
    assert fresh(visit).status == Status.PLANNED
    assert press(portal, entered(visit, state="cancelled")).status_code == 303
    assert fresh(visit).status == Status.CANCELLED


def test_a_closed_month_closes_both_states_with_the_reason(world: World, portal: Client) -> None:
    visit = world.visit()
    page = on_page(portal) | entered(visit, state="cancelled")
    close_month(world.as_manager, YESTERDAY.replace(day=1), NOW)
    html = portal.get(LIST).text
    assert "Mois clôturé" in html
    assert html.count(" disabled") == 2
    answer = press(portal, page=page)
    assert answer.status_code == 422
    assert fresh(visit).status == Status.PLANNED


def test_hours_are_those_of_the_agency_s_clock(db: None, world: World, signed_in: SignIn) -> None:
    far = a_world(timezone="Indian/Reunion")
    visit = far.visit(day=YESTERDAY, start="08:00")
    portal = signed_in(far.intervenant)
    page = on_page(portal)
    assert page[f"{visit.public_id.hex}-start"] == "08:00"
    assert press(portal, entered(visit, state="done", end="09:10"), page=page).status_code == 303
    declared = fresh(visit).declared
    assert declared is not None
    assert declared.end == local(YESTERDAY, "09:10", far.agence.zone)


def test_tout_est_conforme_sets_the_day_and_saves_nothing(world: World, portal: Client) -> None:
    day, other = world.visit(), world.visit(day=YESTERDAY - timedelta(days=1))
    closed = world.visit(start="17:00", contrat_id=None)
    answer = press(portal, {"conforme": YESTERDAY.isoformat()})
    again = form_of(answer.text, VALIDER)
    assert [again[f"{visit.public_id.hex}-state"] for visit in (day, other, closed)] == ["done", "nb", "nb"]
    assert fresh(day).status == Status.PLANNED
    assert press(portal, page=again).status_code == 303
    assert fresh(day).status == Status.DONE


def test_menus_narrow_and_are_kept_after_saving(world: World, portal: Client) -> None:
    other = a_prestation(world.agence, "Courses")
    contrat = a_contrat(world.client, other)
    shown = world.visit(start="08:00", prestation_id=other.pk, contrat_id=contrat.pk)
    hidden = world.visit(start="10:00")
    page = on_page(portal, prestation=str(other.public_id))
    assert f"{hidden.public_id.hex}-seen" not in page
    also = world.visit(start="12:00", prestation_id=other.pk, contrat_id=contrat.pk)
    answer = press(portal, entered(shown, state="done"), page=page)
    assert answer.url == f"{LIST}?prestation={other.public_id}"
    assert fresh(also).status == Status.PLANNED


def test_reprendre_while_it_lasts(world: World, portal: Client, settings: Any) -> None:
    visit = world.visit()
    press(portal, entered(visit, state="done"))
    html = portal.get(LIST).text
    assert "1 réalisée à 12" in html
    answer = portal.post("/intervenant/reprises/", form_of(html, "/intervenant/reprises/"))
    assert (answer.status_code, fresh(visit).status) == (302, Status.PLANNED)
    press(portal, entered(visit, state="done"))
    settings.CLOCK_OFFSET_SECONDS += 11 * 60
    assert "Reprendre" not in portal.get(LIST).text


def test_reprendre_stands_on_the_visit_s_page_too(world: World, portal: Client, settings: Any) -> None:
    visit = world.visit()
    press(portal, entered(visit, state="done"))
    sheet = f"/intervenant/interventions/{visit.public_id}/"
    html = portal.get(sheet).text
    assert "Reprendre · 10\u202fmin" in html
    portal.post("/intervenant/reprises/", form_of(html, "/intervenant/reprises/"))
    assert fresh(visit).status == Status.PLANNED
    press(portal, entered(visit, state="done"))
    settings.CLOCK_OFFSET_SECONDS += 7 * 60
    assert "Reprendre · 3\u202fmin" in portal.get(sheet).text
    settings.CLOCK_OFFSET_SECONDS += 4 * 60
    assert "Reprendre" not in portal.get(sheet).text


def test_nobody_takes_back_what_another_did(world: World, portal: Client, signed_in: SignIn) -> None:
    visit = world.visit()
    press(portal, entered(visit, state="done"))
    form = form_of(portal.get(LIST).text, "/intervenant/reprises/")
    for stranger in (an_intervenant(world.agence), a_world().intervenant):
        assert signed_in(stranger).post("/intervenant/reprises/", form).status_code == 404
    assert portal.post("/intervenant/reprises/", form | {"lot": "x"}).status_code == 404
    assert fresh(visit).status == Status.DONE


def test_another_intervenant_cannot_act(world: World, portal: Client, signed_in: SignIn) -> None:
    visit = world.visit()
    page = on_page(portal) | entered(visit, state="done", label="")
    for stranger in (an_intervenant(world.agence), a_world().intervenant):
        answer = signed_in(stranger).post(VALIDER, page)
        assert answer.status_code == 422
        assert "Quéré" not in answer.text.replace("Mme Yvonne Quéré-", "")
    assert fresh(visit).status == Status.PLANNED


def test_module_off_says_why_and_offers_nothing(world: World, portal: Client) -> None:
    visit = world.visit()
    page = on_page(portal) | entered(visit, state="done")
    type(world.agence).objects.filter(pk=world.agence.pk).update(module_enabled=False)
    html = portal.get(LIST).text
    assert "n’est pas activée par votre agence" in html
    assert 'name="valider"' not in html
    assert press(portal, page=page).status_code == 422
    assert fresh(visit).status == Status.PLANNED


def test_reading_the_address_of_the_press_leads_to_the_list(world: World, portal: Client) -> None:
    assert portal.get(VALIDER).headers["Location"] == LIST
    assert portal.post(LIST).status_code == 405
    assert portal.get("/intervenant/reprises/").status_code == 405


def test_same_statements_for_one_visit_and_thirty(world: World, portal: Client) -> None:
    def statements(act: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert act().status_code in (200, 303)
        return len(captured)

    one = world.visit(start="06:00", minutes=10)
    portal.get(LIST)
    page = on_page(portal) | entered(one, state="done", comment="Bien.")
    saving = statements(lambda: press(portal, page=page))
    # From now on there is a press that can be taken back, of which the list is told by one statement more.
    world.visit(start="08:00", minutes=10)
    reading = statements(lambda: portal.get(LIST))
    many = [world.visit(day=YESTERDAY - timedelta(days=n), start="07:00", minutes=10) for n in range(30)]
    assert statements(lambda: portal.get(LIST)) == reading
    page = on_page(portal)
    for visit in many:
        page |= entered(visit, state="done", comment="Bien.")
    assert statements(lambda: press(portal, page=page)) == saving
