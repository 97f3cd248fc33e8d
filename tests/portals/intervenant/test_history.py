"""Historique: hours by kind, kilometres, what waits and on whom; the sheet says the same."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdf
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interventions.guards import Facts
from interventions.models import Agence, Intervention
from interventions.states import Action
from portals.intervenant.months import asked, month_of
from tests.factories import NOW, World, a_world, an_intervenant
from tests.portals.intervenant.conftest import SignIn

PAGE = "/intervenant/historique/"
PAPER = "/intervenant/historique/releve.pdf"
TODAY = date(2026, 11, 25)
NOVEMBER = date(2026, 11, 1)


def declared(world: World, day: date, start: str = "09:00", minutes: int = 60, **fields: Any) -> Intervention:
    visit = world.visit(day=day, start=start, minutes=minutes, **fields)
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    return visit


def a_full_month(world: World) -> None:
    declared(world, date(2026, 11, 24))
    declared(world, date(2026, 11, 14), "22:00", 480, km=Decimal("10"))  # a Saturday night
    declared(world, date(2026, 11, 11), "09:00", 90)
    world.act(declared(world, date(2026, 11, 10)), Action.VALIDATE, world.as_client)


def paper(portal: Client, **query: str) -> str:
    answer = portal.get(PAPER, query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(each.extract_text() for each in pages).split())


def test_hours_by_kind_and_kilometres(world: World, portal: Client) -> None:
    a_full_month(world)
    month = month_of(world.as_intervenant, NOVEMBER, NOW)
    assert month.totals == [
        ("Jour", "2\u202fh"),
        ("Nuit", "2\u202fh"),
        ("Dimanche", "6\u202fh"),
        ("Jour férié", "1\u202fh\u202f30"),
        ("Total", "11\u202fh\u202f30"),
        ("Kilomètres", "17,2\u202fkm"),
    ]
    shown = portal.get(PAGE).text
    for name, value in month.totals:
        assert f"<dt>{name}</dt><dd>{value}</dd>" in shown
    assert "(nuit 2\u202fh, dimanche 6\u202fh)" in shown


def test_the_sheet_says_the_same(world: World, portal: Client) -> None:
    a_full_month(world)
    text = paper(portal)
    for name, value in month_of(world.as_intervenant, NOVEMBER, NOW).totals:
        assert f"{name} {' '.join(value.split())}" in text
    for said in ("Relevé d’heures, novembre 2026", "Aïcha L’Héritier", "Mme Yvonne Quéré", "le client : 3"):
        assert said in " ".join(text.split())


def test_what_waits_and_on_whom(world: World, portal: Client) -> None:
    declared(world, date(2026, 11, 23))
    world.visit(day=date(2026, 11, 24))
    world.visit(day=TODAY, start="14:00")  # not to be declared yet: it waits on nobody
    contested = declared(world, date(2026, 11, 20))
    facts = Facts(contested.retained_start, contested.retained_end - timedelta(minutes=15), contested.retained_km)
    motif = world.motif(kind="refus", opens_hours=True)
    world.act(contested, Action.CONTEST, world.as_client, facts=facts, motif_id=motif.pk)
    month = month_of(world.as_intervenant, NOVEMBER, NOW)
    assert sorted(month.waiting_on) == [("le client", 1), ("votre réponse", 1), ("votre validation", 1)]
    shown = portal.get(PAGE).text
    for said in ("1 attend votre validation", "1 attend votre réponse", "1 attend le client"):
        assert shown.count(said.removeprefix("1 ")) == 2, "in the sum, and beside the visit"
        assert said in shown


def test_what_is_cancelled_counts_nothing_and_what_is_ahead_is_not_there(world: World, portal: Client) -> None:
    world.act(declared(world, date(2026, 11, 20)), Action.CANCEL_BY_CLIENT, world.as_client, motif_id=world.motif().pk)
    world.visit(day=date(2026, 11, 26))
    month = month_of(world.as_intervenant, NOVEMBER, NOW)
    assert (len(month.lines), month.hours.total, month.km) == (1, 0, 0)
    assert "Annulée" in portal.get(PAGE).text


def test_months_lead_back_and_not_ahead(world: World, portal: Client) -> None:
    declared(world, date(2026, 10, 24), "22:00", 600)
    page = portal.get(PAGE, {"mois": "2026-10"}).text
    assert "?mois=2026-09" in page
    assert "?mois=2026-11" in page
    assert "10\u202fh" in page, "the night of the autumn change lasts an hour more than its clock says"
    assert "?mois=2026-12" not in portal.get(PAGE).text
    assert [asked(text, TODAY) for text in ("2026-12", "soon", "", "1900-01")] == [NOVEMBER] * 4
    assert "octobre 2026" in paper(portal, mois="2026-10")


def test_the_night_and_the_holidays_are_the_agency_s(world: World, portal: Client) -> None:
    Agence.objects.filter(pk=world.agence.pk).update(night_starts="21:00", holiday_region="57")
    declared(world, date(2026, 11, 24), "20:00", 120)
    shown = portal.get(PAGE).text
    assert "<dt>Nuit</dt><dd>1\u202fh</dd>" in shown
    assert "de 21\u202fh\u202f00 à" in shown


def test_nobody_else_s_month(world: World, portal: Client, signed_in: SignIn) -> None:
    a_full_month(world)
    for stranger in (an_intervenant(world.agence), a_world().intervenant):
        other = signed_in(stranger)
        assert "Quéré" not in other.get(PAGE).text
        assert "Quéré" not in paper(other)


def test_the_statements_do_not_grow_with_the_month(world: World, portal: Client) -> None:
    def statements() -> int:
        portal.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            portal.get(PAGE)
        return len(seen)

    declared(world, date(2026, 11, 2))
    one = statements()
    for day in range(3, 20):
        declared(world, date(2026, 11, day))
    assert statements() == one
