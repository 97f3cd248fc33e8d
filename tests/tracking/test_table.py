"""What the table shows: filters and totals against a plain computation, pages by key, words beside bad values."""

import datetime as dt
import gzip
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from interventions.models import Client, Intervenant, Intervention, Prestation, Secteur
from interventions.operations import Change, NewVisit, apply
from interventions.states import Action, Settled, Status
from tests import factories
from tests.factories import PARIS
from tests.tracking.browsing import HTMX, SUIVI, browser_of, in_every_status, planned, shown
from tracking.columns import COLUMNS
from tracking.figures import gap_of

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 11, 2)


def every_page(browser: Any, query: str, *, backwards: bool = False) -> tuple[list[list[str]], str]:
    """Follow the pages on from `query`, or back; return what each shows, and the address of the last."""
    pages, following = [], query
    while following:
        query = following
        page = browser.get(f"{SUIVI}{query}")
        pages.append(shown(page))
        assert len(pages) < 20
        following = page.context["previous_url" if backwards else "next_url"]
    return pages, query


def rows() -> list[Intervention]:
    return list(Intervention.objects.select_related("client", "intervenant", "prestation", "client__secteur"))


def expected(first: dt.date, last: dt.date, **chosen: Any) -> list[Intervention]:
    """Return what should match, found by looking at every row there is."""
    statuses = chosen.pop("statut", list(Status))
    return [
        visit
        for visit in rows()
        if first <= visit.day <= last
        and visit.status in statuses
        and all(getattr(visit.client if name == "secteur" else visit, name) == row for name, row in chosen.items())
    ]


def test_each_filter_is_what_looking_at_every_row_finds() -> None:
    world = factories.a_world()
    planned(world, 40, first=FIRST, days=5)
    secteur = factories.a_secteur(world.agence)
    Client.objects.filter(last_name="Zola").update(secteur=secteur)
    in_every_status(world, dt.date(2026, 11, 5))
    factories.a_world().visit()
    zola, carer = Client.objects.get(last_name="Zola"), Intervenant.objects.get(last_name="Ferrand")
    prestation = Prestation.objects.exclude(pk=world.prestation.pk).get(agence=world.agence)
    first, last = dt.date(2026, 11, 3), dt.date(2026, 11, 5)
    filters: list[dict[str, Any]] = [
        {},
        {"client": zola},
        {"intervenant": carer},
        {"prestation": prestation},
        {"secteur": secteur},
        {"client": zola, "intervenant": carer},
        {"statut": [Status.DONE, Status.ARBITRATION]},
        {"client": world.client, "statut": [Status.PLANNED], "prestation": world.prestation},
    ]
    browser = browser_of(world.gestionnaire)
    for chosen in filters:
        query = {name: getattr(row, "public_id", row) for name, row in chosen.items()}
        page = browser.get(f"{SUIVI}?{urlencode({'du': first, 'au': last, **query}, doseq=True)}")
        found = [visit for visit in expected(first, last, **chosen) if visit.agence_id == world.agence.pk]
        assert found, chosen
        assert sorted(shown(page)) == sorted(str(visit.public_id) for visit in found), chosen


def test_totals_are_those_of_the_whole_filter_whatever_the_status() -> None:
    world = factories.a_world()
    planned(world, 90, first=FIRST)
    in_every_status(world, dt.date(2026, 11, 5))
    page = browser_of(world.gestionnaire).get(f"{SUIVI}?du=2026-11-03&au=2026-11-20&statut=done")
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for visit in expected(dt.date(2026, 11, 3), dt.date(2026, 11, 20)):
        minutes = (visit.retained_end - visit.retained_start).total_seconds() / 60
        for name in ("", visit.status):
            counted[name][0] += 1
            counted[name][1] += 0 if visit.status == Status.CANCELLED else round(minutes)
    said = {total.status or "": [total.total.visits, total.total.minutes] for total in page.context["totals"]}
    assert said == {name: counted[name] for name in ("", *Status)}
    assert len(shown(page)) == counted["done"][0] == 1


def test_a_total_pressed_filters_and_pressed_again_no_longer_does() -> None:
    world = factories.a_world()
    in_every_status(world, dt.date(2026, 11, 23))
    browser = browser_of(world.gestionnaire)

    def press(page: Any, status: Status) -> Any:
        return browser.get(SUIVI + next(each.url for each in page.context["totals"] if each.status is status))

    one = press(browser.get(SUIVI), Status.DONE)
    two = press(one, Status.VALIDATED)
    assert [len(shown(page)) for page in (one, two, press(two, Status.DONE))] == [1, 2, 1]


KEYS: dict[str, Callable[[Any], Any]] = {
    "date": lambda visit: (),
    "client": lambda visit: (visit.client.sort_name,),
    "intervenant": lambda visit: (visit.intervenant.sort_name if visit.intervenant else "",),
    "statut": lambda visit: (list(Status).index(visit.state),),
    "prestation": lambda visit: (visit.prestation.name,),
    "secteur": lambda visit: (visit.client.secteur.name if visit.client.secteur else "",),
    "contrat": lambda visit: (visit.contrat.number if visit.contrat else "",),
    "duree": lambda visit: (visit.retained_end - visit.retained_start,),
    "km": lambda visit: (visit.retained_km,),
    "prevu": lambda visit: (visit.planned_start.astimezone(PARIS).time(),),
    "declare": lambda visit: ((visit.declared_start or visit.retained_start).astimezone(PARIS).time(),),
    "validee": lambda visit: (["", *Settled].index(visit.settled_by),),
    "attente": lambda visit: (-visit.retained_end.timestamp(),),
}


def test_pages_by_key_hold_every_row_once_both_ways_over_ties() -> None:
    world = factories.a_world()
    planned(world, 120, first=FIRST, days=3)
    Client.objects.filter(last_name="Zola").update(secteur=factories.a_secteur(world.agence))
    assert {*KEYS, "ecart"} == {*COLUMNS}
    browser = browser_of(world.gestionnaire)
    for name, key in KEYS.items():
        ordered = sorted(rows(), key=lambda row: (*key(row), row.day, row.retained_start, row.pk))
        wanted = [str(visit.public_id) for visit in ordered]
        for sort, ids in ((name, wanted), (f"-{name}", wanted[::-1])):
            pages, last = every_page(browser, f"?tri={sort}")
            assert pages == [ids[:50], ids[50:100], ids[100:]], sort
            assert every_page(browser, last, backwards=True)[0] == pages[::-1], sort


def test_a_missing_gap_comes_last_whichever_way_and_pages_hold_every_row_once() -> None:
    world = factories.a_world()
    undeclared = planned(world, 60, first=FIRST, days=3)
    for n in range(60):
        visit = world.visit(start=f"{8 + n % 10:02}:00")
        facts = visit.planned
        assert facts is not None
        facts = type(facts)(facts.start, facts.end + dt.timedelta(minutes=n % 7 - 3), facts.km)
        assert world.act(visit, Action.COMPLETE, world.as_intervenant, facts=facts).done
    browser = browser_of(world.gestionnaire)
    ordered = sorted(rows(), key=lambda row: (row.day, row.retained_start, row.pk))
    for sort, sign in (("ecart", 1), ("-ecart", -1)):
        with_gap = [visit for visit in ordered if visit.declared][::sign]
        with_gap.sort(key=lambda visit: sign * (gap_of(visit) or dt.timedelta(0)))
        without = [visit for visit in ordered if not visit.declared][::sign]
        assert {visit.pk for visit in without} == set(undeclared)
        pages, last = every_page(browser, f"?tri={sort}")
        assert [key for page in pages for key in page] == [str(visit.public_id) for visit in (*with_gap, *without)], (
            sort
        )
        assert every_page(browser, last, backwards=True)[0] == pages[::-1], sort


def test_the_sort_knows_accents_and_case() -> None:
    world = factories.a_world()
    planned(world, 4, first=FIRST)
    page = browser_of(world.gestionnaire).get(f"{SUIVI}?tri=client")
    assert [row.visit.client.last_name for row in page.context["page"].rows] == ["abadie", "Élard", "Quéré", "Zola"]


def test_the_next_page_goes_on_from_where_it_was_though_its_row_changed() -> None:
    world = factories.a_world()
    planned(world, 60, first=FIRST, days=3)
    browser = browser_of(world.gestionnaire)
    page = browser.get(f"{SUIVI}?tri=statut")
    rest = [str(visit.public_id) for visit in rows() if str(visit.public_id) not in shown(page)]
    last = page.context["page"].rows[-1].visit
    visit = Intervention.objects.get(pk=last.pk)
    assert world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk).done
    assert set(rest) <= set(shown(browser.get(SUIVI + page.context["next_url"])))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("du=hier", "du"),
        ("au=2026-02-30", "au"),
        ("au=0001-01-01", "au"),
        ("du=9999-12-31", "du"),
        ("du=2026-11-20&au=2026-11-10", "au"),
        ("client=42", "client"),
        ("client=01a20c67-0b90-7cab-bc03-eeedf120c392", "client"),
        ("prestation=x&statut=done", "prestation"),
        ("secteur=x", "secteur"),
        ("statut=finie", "statut"),
    ],
)
def test_a_bad_value_is_said_beside_its_field_and_matches_nothing(query: str, field: str) -> None:
    world = factories.a_world()
    world.visit()
    browser = browser_of(world.gestionnaire)
    page = browser.get(f"{SUIVI}?{query}")
    assert (page.status_code, shown(page)) == (422, [])
    error = page.context["filters"].errors[field][0]
    assert error in page.text
    if field != "statut":
        assert f'id="filtre-{field}_error"' in page.text
    assert browser.get(f"{SUIVI}?{query}", headers=HTMX).status_code == 422
    chosen = browser.post(f"/suivi/selections/?{query}", {"portee": "filtre"}, follow=True)
    assert "cochez-en au moins une" in chosen.text


@pytest.mark.parametrize(
    "place",
    [
        "apres=x",
        "avant=~~",
        "tri=prix",
        "apres=2026-11-02~2026-11-02T08:00:00~01a20c67-0b90-7cab-bc03-eeedf120c392",
        "apres=2026-11-02~2026-11-02T08:00:00Z~x",
        "tri=statut&apres=99999999999999999999~2026-11-02~2026-11-02T08:00:00Z~01a20c67-0b90-7cab-bc03-eeedf120c392",
    ],
)
def test_a_place_that_cannot_be_read_is_the_first_page(place: str) -> None:
    world = factories.a_world()
    visit = world.visit()
    page = browser_of(world.gestionnaire).get(f"{SUIVI}?{place}")
    assert (page.status_code, shown(page)) == (200, [str(visit.public_id)])


def test_without_a_period_the_last_31_days() -> None:
    world = factories.a_world()
    visits = [world.visit(day=dt.date(2026, 11, 25) - dt.timedelta(ago)) for ago in (32, 31, 0, -1)]
    browser = browser_of(world.gestionnaire)
    inside = [str(visit.public_id) for visit in visits[1:3]]
    assert shown(browser.get(SUIVI)) == shown(browser.get(f"{SUIVI}?du=&au=")) == inside
    assert len(shown(browser.get(f"{SUIVI}?du=2026-11-26"))) == 1


def test_what_was_taken_back_is_on_no_list() -> None:
    world = factories.a_world()
    visit = world.visit()
    new = NewVisit(world.client.pk, world.prestation.pk, visit.retained_start, visit.retained_end)
    change = Change(Action.REPORT, new=new)
    told = apply([change], actor=world.as_intervenant, at=world.now, key=factories.key())
    reported = Intervention.objects.get(pk=told.done[0].intervention_id or 0)
    assert world.act(reported, Action.WITHDRAW, world.as_intervenant).done
    assert shown(browser_of(world.gestionnaire).get(SUIVI)) == [str(visit.public_id)]


def test_a_row_says_the_gap_in_words_and_how_long_it_waits() -> None:
    world = factories.a_world()
    longer, shifted = world.visit(), world.visit(start="11:00")
    for visit, starts, ends in ((longer, 0, 15), (shifted, 30, 30)):
        facts = visit.planned
        assert facts is not None
        facts = type(facts)(
            facts.start + dt.timedelta(minutes=starts), facts.end + dt.timedelta(minutes=ends), facts.km
        )
        at = world.now - dt.timedelta(days=0, hours=5)
        assert world.act(visit, Action.COMPLETE, world.as_intervenant, facts=facts, at=at).done
    page = browser_of(world.gestionnaire).get(SUIVI)
    gaps = [(row.gap, row.shift) for row in page.context["page"].rows]
    assert gaps == [(15, 0), (0, 30)]
    assert "+15\u202fmin" in page.text
    assert "décalée de +30\u202fmin" in page.text
    assert [cell for row in page.context["page"].rows for cell in row.cells if cell[0] == "attente"] == [
        ("attente", True, ("5\u202fh", ""))
    ] * 2


def test_a_fragment_is_the_page_cut() -> None:
    world = factories.a_world()
    planned(world, 60, first=FIRST)
    browser = browser_of(world.gestionnaire)
    whole, cut = browser.get(SUIVI).text, browser.get(SUIVI, headers=HTMX).text
    assert cut.lstrip().startswith('<div class="stack" id="rows">')
    assert "<html" not in cut
    # The CSRF token is masked anew in each answer.
    for line in cut.splitlines():
        assert "csrfmiddlewaretoken" in line or line in whole
    assert Secteur.objects.count() == 0


def test_fifty_rows_weigh_little() -> None:
    world = factories.a_world()
    planned(world, 60, first=FIRST)
    page = browser_of(world.gestionnaire).get(f"{SUIVI}?statut=planned&statut=draft")
    assert len(shown(page)) == 50
    # Written alike at both places, the second costs a compressed page next to nothing.
    assert page.context["page"].tokens == ",".join(re.findall(r'name="visite" value="([^"]+)"', page.text))
    assert len(page.content) <= 60_000
    assert len(gzip.compress(page.content, 6)) <= 9_000
