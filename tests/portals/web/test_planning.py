"""Days, weeks and months from visits: what each view holds and counts, and that it renders."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from interventions.models import Client, Intervenant, Intervention, Prestation
from interventions.states import Status
from portals.web import planning
from portals.web.spans import View, asked, span

PARIS = ZoneInfo("Europe/Paris")
MONDAY = dt.date(2026, 10, 19)


def a_visit(day: dt.date, hour: int, minutes: int, status: Status = Status.PLANNED, **fields: str) -> Intervention:
    start = dt.datetime(day.year, day.month, day.day, hour, tzinfo=PARIS).astimezone(dt.UTC)
    return Intervention(
        client=Client(civility="Mme", first_name="Yvonne", last_name="Quéré"),
        intervenant=Intervenant(first_name="Nadia", last_name="Lemoine"),
        prestation=Prestation(name="Aide au repas"),
        day=day,
        status=status,
        retained_start=start,
        retained_end=start + dt.timedelta(minutes=minutes),
        retained_km=0,
        **fields,
    )


def a_planning(view: View, *visits: Intervention) -> planning.Planning:
    shown = span(view, MONDAY)
    blocks = [planning.Block(one, planning.client_name(one), "/ici/", str(one.state.label)) for one in visits]
    days = [
        planning.Day(date, tuple(block for block in blocks if block.visit.day == date), today=date == MONDAY)
        for date in shown.days
    ]
    return planning.Planning(shown, shown.label(MONDAY), MONDAY, tuple(days))


def shown(made: planning.Planning, path: str = "/") -> str:
    with timezone.override(PARIS):
        return render_to_string("components/planning.html", {"planning": made}, RequestFactory().get(path))


@pytest.mark.parametrize(
    ("view", "first", "last", "previous", "following"),
    [
        ("jour", "2026-10-21", "2026-10-21", "2026-10-20", "2026-10-22"),
        ("semaine", "2026-10-19", "2026-10-25", "2026-10-14", "2026-10-28"),
        ("mois", "2026-10-01", "2026-10-31", "2026-09-30", "2026-11-01"),
    ],
)
def test_span_holds_the_day_and_leads_on(view: str, first: str, last: str, previous: str, following: str) -> None:
    found = asked({"vue": view, "date": "2026-10-21"}, MONDAY)
    dates = (found.first, found.last, found.previous, found.next)
    assert [date.isoformat() for date in dates] == [first, last, previous, following]


@pytest.mark.parametrize("query", [{}, {"vue": "x", "date": "hier"}, {"date": "0001-01-01"}, {"date": "9999-12-31"}])
def test_nonsense_is_this_week(query: dict[str, str]) -> None:
    assert asked(query, MONDAY) == span(View.WEEK, MONDAY)


def test_cancelled_visit_shows_and_counts_nothing() -> None:
    made = a_planning(View.WEEK, a_visit(MONDAY, 9, 90), a_visit(MONDAY, 12, 60, Status.CANCELLED))
    assert (made.count, made.minutes) == (2, 90)
    assert made.legend == [(Status.PLANNED, "À réaliser"), (Status.CANCELLED, "Annulée")]


def test_night_of_the_clock_change_counts_what_elapsed() -> None:
    night = a_visit(dt.date(2026, 10, 24), 21, 11 * 60)
    made = a_planning(View.WEEK, night)
    assert made.minutes == 11 * 60


def test_month_is_whole_weeks() -> None:
    made = a_planning(View.MONTH)
    assert len(made.month) % 7 == 0
    assert [day.outside for day in made.month[:4]] == [True, True, True, False]


@pytest.mark.parametrize("view", list(View))
def test_every_view_says_who_when_and_where_it_stands(view: View) -> None:
    visit = a_visit(MONDAY, 9, 90, Status.DONE, ordre_de_mission="Préparer le repas.", comment="Bien mangé.")
    html = shown(a_planning(view, visit), "/gestion/?onglet=planning")
    assert "Mme Quéré" in html
    assert "Réalisée, à valider par le client" in html
    assert "onglet=planning" in html
    assert ("Préparer le repas." in html, "Bien mangé." in html) == ((view is not View.MONTH),) * 2


def test_hours_of_a_cancelled_visit_are_struck_through() -> None:
    visit = a_visit(MONDAY, 9, 90, Status.CANCELLED)
    assert "<s>9\u202fh\u202f00" in shown(a_planning(View.DAY, visit))
    assert 'data-status="cancelled"' in shown(a_planning(View.WEEK, visit))
