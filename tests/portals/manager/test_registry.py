"""Contrats, prestations, motifs, motivations types: found, entered, changed, put away; who may not."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from interventions.models import Contrat, ContratState, GroundsTemplate, Motif, Prestation, RegistryEntry, Secteur
from interventions.registry import keeping
from interventions.registry.contrats import MonthOfContrat, months
from interventions.states import Action
from tests import factories
from tests.factories import NOW, World
from tests.interventions import acts
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def typed(contrat: Contrat, **changed: Any) -> dict[str, Any]:
    """Return what the form of a contrat sends, with some of it changed; None leaves a box empty."""
    fields = {
        "number": contrat.number,
        "prestation": contrat.prestation_id,
        "state": contrat.state,
        "starts_on": contrat.starts_on.isoformat(),
        "ends_on": contrat.ends_on.isoformat() if contrat.ends_on else "",
        "billable": "on",
        "monthly_minutes": "",
    } | changed
    return {name: value for name, value in fields.items() if value is not None}


def new_contrat(world: World) -> dict[str, Any]:
    """Return what the form of a new contrat sends."""
    return {"number": "CT-9", "prestation": world.prestation.pk, "state": "valid", "starts_on": "2026-11-01"}


def entries(row: Any) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    found = RegistryEntry.objects.filter(kind=keeping.kind_of(row), row_id=row.pk).order_by("pk")
    return [(one.step, one.before, one.after) for one in found]


@pytest.mark.parametrize("asked", ["CT-ÉLAN", "elan", "QUERE", "ménage", "MENAGE quéré"])
def test_contrats_are_found_whatever_the_accents_and_case(desk: Desk, world: World, asked: str) -> None:
    Prestation.objects.filter(pk=world.prestation.pk).update(name="Ménage")
    Contrat.objects.filter(pk=world.contrat.pk).update(number="CT-Élan")
    other = factories.a_contrat(
        factories.a_client(world.agence, last_name="Zola"), factories.a_prestation(world.agence, "Courses")
    )
    whole, part = (
        desk.get("contrats/", query_params={"q": asked}),
        desk.get("contrats/", query_params={"q": asked}, headers={"HX-Request": "true"}),
    )
    for page in (whole, part):
        assert "CT-Élan" in page.text
        assert other.number not in page.text
    assert "<html" in whole.text
    assert "<html" not in part.text


def test_contrats_are_read_by_key_in_a_constant_number_of_statements(
    desk: Desk, world: World, django_assert_max_num_queries: Any
) -> None:
    for n in range(55):
        factories.a_contrat(world.client, world.prestation, number=f"Z{n:03}")
    with django_assert_max_num_queries(20):
        first = desk.get("contrats/?q=Z")
    assert "Z049" in first.text
    assert "Z050" not in first.text
    last = Contrat.objects.get(number="Z049")
    assert "Z054" in desk.get(f"contrats/?q=Z&apres={last.public_id}").text


def test_a_contrat_is_created_and_its_number_is_once(desk: Desk, world: World) -> None:
    new: dict[str, Any] = {
        "number": "CT-9",
        "prestation": world.prestation.pk,
        "state": "valid",
        "starts_on": "2026-11-01",
    }
    new |= {"billable": "on", "monthly_minutes": "10,5"}
    path = f"clients/{world.client.public_id}/contrats/nouveau/"
    assert desk.post(path, **new).status_code == 303
    made = Contrat.objects.get(number="CT-9")
    assert (made.client_id, made.state, made.monthly_minutes) == (world.client.pk, "valid", 630)
    [(step, before, after)] = entries(made)
    assert (step, before, after["number"], after["starts_on"]) == ("created", {}, "CT-9", "2026-11-01")
    again = desk.post(path, **new)
    assert again.status_code == 422
    assert "Déjà pris dans votre agence" in words(again)
    assert 'value="CT-9"' in again.text
    elsewhere = factories.a_world()
    factories.a_contrat(elsewhere.client, elsewhere.prestation, number="CT-9")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_number(world: World) -> None:
    answers: list[int] = []

    def press() -> None:
        try:
            new: dict[str, Any] = {
                "number": "CT-9",
                "prestation": world.prestation.pk,
                "state": "valid",
                "starts_on": "2026-11-01",
            }
            path = f"clients/{world.client.public_id}/contrats/nouveau/"
            answers.append(desk_of(world.gestionnaire).post(path, **new).status_code)
        finally:
            connection.close()

    both = [threading.Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) == [303, 422]
    assert Contrat.objects.filter(number="CT-9").count() == 1


def test_etats_keep_their_order(desk: Desk, world: World) -> None:
    contrat = world.contrat
    path = f"contrats/{contrat.public_id}/modification/"
    assert desk.post(path, **typed(contrat, state="draft")).status_code == 422
    no_end = desk.post(path, **typed(contrat, state="terminated"))
    assert no_end.status_code == 422
    assert "Un contrat résilié finit à une date" in words(no_end)
    for state, follow in (
        ("draft", {"draft", "valid", "signed"}),
        ("valid", {"valid", "signed", "terminated"}),
        ("signed", {"signed", "terminated"}),
        ("terminated", {"terminated", "signed"}),
    ):
        Contrat.objects.filter(pk=contrat.pk).update(state=state)
        page = desk.get(path).text
        assert {one for one in ContratState if f'<option value="{one}"' in page} == follow


def test_ending_one_says_which_visits_and_asks(desk: Desk, world: World) -> None:
    contrat = world.contrat
    covered, after = world.visit(), world.visit(day=TODAY + timedelta(days=9))
    gone = world.visit(day=TODAY + timedelta(days=10))
    world.act(gone, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    path, end = f"contrats/{contrat.public_id}/modification/", TODAY.isoformat()
    asks = desk.post(path, **typed(contrat, state="terminated", ends_on=end))
    assert asks.status_code == 422
    assert "1 visite de ce contrat ne serait plus couverte" in words(asks)
    shown = [str(visit.public_id) in asks.text for visit in (covered, after, gone)]
    assert shown == [False, True, False]
    contrat.refresh_from_db()
    assert contrat.state == "signed"
    assert desk.post(path, **typed(contrat, state="terminated", ends_on=end, accept="on")).status_code == 303
    contrat.refresh_from_db()
    assert (contrat.state, contrat.ends_on) == ("terminated", TODAY)
    assert entries(contrat) == [
        ("changed", {"state": "signed", "ends_on": None}, {"state": "terminated", "ends_on": end})
    ]
    after.refresh_from_db()
    assert (after.status, after.contrat_id) == ("planned", contrat.pk)
    assert "Fin : de « — » à « 25/11/2026 »" in words(desk.get(f"contrats/{contrat.public_id}/"))


@pytest.mark.parametrize("change", [{"billable": None}, {"starts_on": "2026-12-01"}, {"ends_on": "2026-11-01"}])
def test_whatever_uncovers_a_visit_asks(desk: Desk, world: World, change: dict[str, Any]) -> None:
    world.visit()
    path = f"contrats/{world.contrat.public_id}/modification/"
    assert desk.post(path, **typed(world.contrat, **change)).status_code == 422
    assert desk.post(path, **typed(world.contrat, monthly_minutes="20")).status_code == 303


def test_hours_by_month(world: World) -> None:
    contrat = world.contrat
    Contrat.objects.filter(pk=contrat.pk).update(monthly_minutes=600, ends_on=date(2026, 12, 10))
    contrat.refresh_from_db()
    acts.done(world)
    world.visit(day=TODAY + timedelta(days=1), minutes=90)
    acts.cancelled(world, start="14:00")
    world.visit(day=date(2026, 12, 2), minutes=660)
    world.visit(day=date(2026, 12, 20), minutes=45)
    found = months(contrat, world.as_manager, date(2026, 11, 3), date(2027, 1, 5))
    assert found == [
        MonthOfContrat(date(2026, 11, 1), done=60, planned=90, agreed=600),
        MonthOfContrat(date(2026, 12, 1), planned=660, agreed=600, outside=45),
    ]
    assert [one.left for one in found] == [450, -60]
    Contrat.objects.filter(pk=contrat.pk).update(monthly_minutes=None)
    contrat.refresh_from_db()
    assert [one.left for one in months(contrat, world.as_manager, TODAY, TODAY)] == [None]


def test_the_months_take_one_statement(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for n in range(3):
        world.visit(day=TODAY + timedelta(days=n + 1))
    with django_assert_num_queries(1):
        months(world.contrat, world.as_manager, TODAY - timedelta(days=100), TODAY + timedelta(days=90))


def test_a_contrat_is_put_away_only_when_it_no_longer_runs(desk: Desk, world: World) -> None:
    path = f"contrats/{world.contrat.public_id}/archivage/"
    desk.post(path)
    world.contrat.refresh_from_db()
    assert world.contrat.archived_at is None
    Contrat.objects.filter(pk=world.contrat.pk).update(ends_on=TODAY - timedelta(days=1))
    visit = world.visit(day=TODAY - timedelta(days=3))
    assert "Archiver le contrat" in words(desk.get(f"contrats/{world.contrat.public_id}/"))
    desk.post(path)
    world.contrat.refresh_from_db()
    assert world.contrat.archived_at == NOW
    assert world.contrat.number not in desk.get("contrats/").text
    assert world.contrat.number in desk.get("contrats/?etat=archives").text
    assert world.contrat.number in desk.get(f"interventions/{visit.public_id}/").text
    desk.post(path, reprendre="1")
    assert [step for step, _before, _after in entries(world.contrat)] == ["archived", "restored"]


def test_who_may_not_change_a_contrat(world: World) -> None:
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    away = desk_of(factories.a_gestionnaire(world.agence, secteurs=[factories.a_secteur(world.agence)]))
    path = f"contrats/{world.contrat.public_id}/"
    assert reader.get(path).status_code == 200
    assert "Modifier le contrat" not in reader.get(path).text
    assert reader.post(f"{path}modification/", **typed(world.contrat, number="X")).status_code == 403
    assert reader.post(f"{path}archivage/").status_code == 403
    assert reader.get(f"clients/{world.client.public_id}/contrats/nouveau/").status_code == 403
    assert away.get(path).status_code == 404
    assert away.post(f"{path}modification/", **typed(world.contrat, number="X")).status_code == 404
    assert not RegistryEntry.objects.exists()


LINES: list[tuple[str, Any, dict[str, Any], str]] = [
    ("prestation", Prestation, {"name": "Aide au lever", "billing_step": 0, "billing_rounding": "nearest"}, "name"),
    ("motif", Motif, {"label": "Porte close", "position": "2", "opens_hours": "on"}, "label"),
    ("motivation", GroundsTemplate, {"name": "Badge", "text": "Le badge le dit."}, "name"),
    ("secteur", Secteur, {"name": "Presqu’île"}, "name"),
]


@pytest.mark.parametrize(("noun", "model", "entered", "name"), LINES)
def test_a_line_is_entered_changed_put_away_and_taken_back(
    desk: Desk, world: World, noun: str, model: Any, entered: dict[str, Any], name: str
) -> None:
    assert desk.post(f"{noun}s/nouveau/", **entered).status_code == 303
    row = model.objects.get(agence=world.agence, **{name: entered[name]})
    taken = desk.post(f"{noun}s/nouveau/", **entered)
    assert taken.status_code == 422
    assert "Déjà pris" in words(taken)
    assert desk.post(f"{noun}s/{row.public_id}/", **(entered | {name: "Été à l’heure"})).status_code == 303
    assert "Été à l’heure" in desk.get(f"{noun}s/?q=ETE").text
    assert "Été à l’heure" not in desk.get(f"{noun}s/?q=hiver").text
    desk.post(f"{noun}s/{row.public_id}/archivage/")
    assert "Été à l’heure » est archivé" in words(desk.get(""))
    assert "Été à l’heure" not in desk.get(f"{noun}s/").text
    assert "Été à l’heure" in desk.get(f"{noun}s/?etat=archives").text
    desk.post(f"{noun}s/{row.public_id}/archivage/", reprendre="1")
    steps = entries(row)
    assert [step for step, _before, _after in steps] == ["created", "changed", "archived", "restored"]
    assert steps[1][1:] == ({name: entered[name]}, {name: "Été à l’heure"})
    assert f"de « {entered[name]} » à « Été à l’heure »" in words(desk.get(f"{noun}s/{row.public_id}/"))


def test_a_motif_says_what_it_opens_or_what_it_counts(desk: Desk, world: World) -> None:
    nothing = desk.post("motifs/nouveau/", label="Rien", position="1")
    assert nothing.status_code == 422
    assert "ouvre les heures, les kilomètres ou les deux" in words(nothing)
    desk.post("motifs/nouveau/?liste=annulation", label="Neige", position="1", billed="on")
    made = Motif.objects.get(label="Neige")
    assert (made.kind, made.billed, made.paid, made.opens_hours) == ("annulation", True, False, False)
    page = words(desk.get("motifs/"))
    assert "Neige Motif de l’annulation facturée, non payée" in page
    assert "Les kilomètres ne sont pas les bons Motif de refus ouvre les kilomètres" in page


def test_what_is_put_away_stays_readable_and_is_offered_no_more(desk: Desk, world: World) -> None:
    visit, motif = world.visit(), world.motif()
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=motif.pk)
    coming = world.visit(day=TODAY + timedelta(days=1))
    for noun, row in (("prestation", world.prestation), ("motif", motif)):
        desk.post(f"{noun}s/{row.public_id}/archivage/")
    window = words(desk.get(f"interventions/{visit.public_id}/"))
    assert world.prestation.name in window
    assert motif.label in window
    assert motif.label not in words(desk.get(f"interventions/{coming.public_id}/annulation/"))
    new = desk.get(f"clients/{world.client.public_id}/interventions/nouvelle/").text
    assert f'value="{world.prestation.pk}"' not in new.partition('name="prestation"')[2].partition("</select>")[0]


@pytest.mark.parametrize(
    ("noun", "rights"),
    [
        ("prestation", {"may_administer"}),
        ("motif", {"may_administer"}),
        ("motivation", {"may_administer", "may_arbitrate"}),
        ("secteur", {"may_manage"}),
    ],
)
def test_who_may_not_change_a_list(world: World, noun: str, rights: set[str]) -> None:
    entered = next(fields for name, _model, fields, _key in LINES if name == noun)
    every = ("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer")
    for held in every:
        rights_held: dict[str, Any] = {name: name == held for name in every}
        who = factories.a_gestionnaire(world.agence, **rights_held)
        desk = desk_of(who)
        assert desk.get(f"{noun}s/").status_code == 200
        answer = desk.post(f"{noun}s/nouveau/", **(entered | {"name": held, "label": held}))
        assert answer.status_code == (303 if held in rights else 403), held


def test_who_is_limited_to_secteurs_keeps_theirs_and_creates_none(world: World) -> None:
    mine, other = factories.a_secteur(world.agence, name="Côte"), factories.a_secteur(world.agence, name="Ville")
    desk = desk_of(factories.a_gestionnaire(world.agence, secteurs=[mine]))
    listed = desk.get("secteurs/").text
    assert (mine.name in listed, other.name in listed, "Nouveau secteur" in listed) == (True, False, False)
    assert desk.post(f"secteurs/{mine.public_id}/", name="Côte nord").status_code == 303
    assert desk.post(f"secteurs/{other.public_id}/", name="Ville nord").status_code == 404
    assert desk.post(f"secteurs/{other.public_id}/archivage/").status_code == 404
    assert desk.post("secteurs/nouveau/", name="Marais").status_code == 403
    assert list(Secteur.objects.order_by("pk").values_list("name", "archived_at")) == [
        ("Côte nord", None),
        ("Ville", None),
    ]


def test_a_secteur_that_is_put_away_keeps_its_clients(desk: Desk, world: World) -> None:
    secteur = factories.a_secteur(world.agence, name="Côte")
    client = factories.a_client(world.agence, secteur=secteur, last_name="Abgrall")
    assert "Sert déjà 1 fois" in words(desk.get(f"secteurs/{secteur.public_id}/"))
    desk.post(f"secteurs/{secteur.public_id}/archivage/")
    assert "Côte" in desk.get(f"clients/{client.public_id}/").text
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[secteur]))
    assert "Abgrall" in limited.get("clients/").text


def test_motifs_go_on_by_key_in_their_order(desk: Desk, world: World) -> None:
    for n in range(55):
        Motif.objects.create(agence=world.agence, kind="annulation", label=f"Motif {n:03}", position=n + 100)
    first = desk.get("motifs/?q=motif 0").text
    assert ("Motif 049" in first, "Motif 050" in first) == (True, False)
    edge = Motif.objects.get(agence=world.agence, label="Motif 049")
    assert "Motif 054" in desk.get(f"motifs/?q=motif 0&apres={edge.public_id}").text


def test_a_contrat_is_begun_from_the_list_by_its_client(desk: Desk, world: World) -> None:
    gone = factories.a_client(world.agence, last_name="Quérec", archived_at=NOW)
    assert "contrats/nouveau/" in desk.get("contrats/").text
    page = desk.get("contrats/nouveau/?q=QUERE").text
    assert f"clients/{world.client.public_id}/contrats/nouveau/" in page
    assert str(gone.public_id) not in page
    part = desk.get("contrats/nouveau/", query_params={"q": "quéré"}, headers={"HX-Request": "true"}).text
    assert (str(world.client.public_id) in part, "<html" in part) == (True, False)
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    assert "contrats/nouveau/" not in reader.get("contrats/").text
    assert reader.get("contrats/nouveau/").status_code == 403
