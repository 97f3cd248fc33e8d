"""The pages of pay and billing: what they say, who may, and that the figures of screen, files and Historique agree."""

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from interventions.models import Intervention
from portals.intervenant import months
from tests import factories
from tests.factories import World, a_world
from tests.tracking.browsing import browser_of
from tests.tracking.exports.books import BILLING, OCTOBER, PAY, Books
from tests.tracking.exports.reading import body, sheets
from tracking.exports import shown
from tracking.exports.records import Export, ExportKind

pytestmark = pytest.mark.django_db

BOOKS = "/suivi/paie-et-facturation/"
PREVIEW = f"{BOOKS}apercu/"
FIFTH = dt.date(2026, 10, 5)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def books(world: World) -> Books:
    return Books(world)


@pytest.fixture
def browser(world: World) -> Any:
    return browser_of(world.gestionnaire)


def press(browser: Any, kind: str = "pay", month: str = "2026-10") -> Any:
    """Press the button that exports for good."""
    return browser.post(f"{BOOKS}nouveau/", {"type": kind, "mois": month})


def read(answer: Any) -> list[dict[str, str]]:
    """Return the rows of a CSV by its heads."""
    content = body(answer)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def minutes(text: str) -> int:
    sign, (hours, rest) = (-1 if text.startswith("-") else 1), text.lstrip("-").split(":")
    return sign * (int(hours) * 60 + int(rest))


def test_a_closed_month_is_looked_at_then_exported_for_good(browser: Any, books: Books) -> None:
    books.validated(FIFTH)
    page = browser.get(BOOKS)
    assert "Aperçu provisoire" in page.text
    assert "Provisoire." in browser.get(f"{PREVIEW}?type=pay&mois=2026-10").text
    assert press(browser).status_code == 303
    assert not Export.objects.exists()
    books.close(OCTOBER)
    assert "Vérifier et exporter" in browser.get(BOOKS).text
    page = browser.get(f"{PREVIEW}?type=pay&mois=2026-10")
    assert "Exporter pour de bon (1 ligne)" in page.text
    assert "Provisoire." not in page.text
    answer = press(browser)
    made = Export.objects.get()
    assert answer.url == f"{BOOKS}{made.public_id}/"
    page = browser.get(answer.url)
    assert "Paie n° 1" in page.text
    assert made.summary_digest in page.text
    assert "01:00" in page.text
    page = browser.get(BOOKS)
    assert f'href="{answer.url}"' in page.text
    assert "Vérifier et exporter" not in page.text
    # The same press again: nothing due, no number taken.
    assert press(browser).url == f"{BOOKS}?type=pay"
    assert "aucun numéro n’a été pris" in browser.get(BOOKS).text
    assert Export.objects.count() == 1


def test_screen_files_and_historique_agree(browser: Any, books: Books) -> None:
    world = books.world
    # A night on which the clock goes back, a Sunday, a holiday over the end of the month, and an ordinary morning.
    for day, start, length in (
        (dt.date(2026, 10, 24), "22:00", 600),
        (dt.date(2026, 10, 11), "09:00", 95),
        (dt.date(2026, 10, 31), "21:30", 480),
        (FIFTH, "08:10", 67),
    ):
        books.validated(day, start=start, minutes=length)
    books.close(OCTOBER)
    press(browser)
    made = Export.objects.get()
    month = months.month_of(world.as_intervenant, OCTOBER, books.now)
    parts = (made.day_minutes, made.night_minutes, made.sunday_minutes, made.holiday_minutes)
    assert parts == (month.hours.day, month.hours.night, month.hours.sunday, month.hours.holiday)
    assert made.km == month.km
    at = f"{BOOKS}{made.public_id}/fichier/"
    summary, detail = (read(browser.get(f"{at}?forme={shape}&format=csv")) for shape in ("recapitulatif", "detail"))
    heads = ("normales", "de nuit", "de dimanche", "de jour férié")
    for head, whole in zip(heads, parts, strict=True):
        for rows in (summary, detail):
            assert sum(minutes(row[f"Heures {head} (HH:MM)"]) for row in rows) == whole
    assert [row["Total (HH:MM)"] for row in summary] == ["20:42"]
    assert [row["Total (décimal)"] for row in summary] == ["20,70"]
    assert [row["Km"] for row in summary] == ["9,6"]
    assert {row["Export"] for row in detail} == {"Paie n° 1"}
    (sheet,) = sheets(body(browser.get(f"{at}?forme=detail&format=xlsx")))
    assert [row["Total (HH:MM)"] for row in sheet] == [row["Total (HH:MM)"] for row in detail]
    assert sum(Decimal(row["Km"]) for row in sheet) == made.km
    assert "20:42" in browser.get(f"{BOOKS}{made.public_id}/").text


def test_a_provisional_file_says_so_and_holds_what_the_numbered_one_will(browser: Any, books: Books) -> None:
    books.validated(FIFTH, minutes=67)
    before = {}
    for kind in (PAY, BILLING):
        for shape in ("recapitulatif", "detail"):
            answer = browser.get(f"{PREVIEW}fichier/?type={kind}&mois=2026-10&forme={shape}&format=csv")
            assert "provisoire" in answer["Content-Disposition"]
            before[kind, shape] = read(answer)
            assert {row.pop("Export") for row in before[kind, shape]} == {"Provisoire"}
            xlsx = browser.get(f"{PREVIEW}fichier/?type={kind}&mois=2026-10&forme={shape}&format=xlsx")
            assert len(sheets(body(xlsx))[0]) == 1
    books.close(OCTOBER)
    for kind in (PAY, BILLING):
        made = Export.objects.get(public_id=press(browser, kind).url.split("/")[-2])
        for shape in ("recapitulatif", "detail"):
            rows = read(browser.get(f"{BOOKS}{made.public_id}/fichier/?forme={shape}&format=csv"))
            assert {row.pop("Export") for row in rows} == {str(made)}
            assert rows == before[kind, shape]


def test_a_minus_is_a_figure_and_a_name_is_no_formula(browser: Any, books: Books) -> None:
    client = books.world.client
    client.last_name = "=1+1"
    client.save()
    visit = books.validated(FIFTH)
    books.close(OCTOBER)
    press(browser, "billing")
    books.reopen(OCTOBER)
    books.corrected(visit, 30)
    books.close(OCTOBER)
    press(browser, "billing")
    made = Export.objects.get(number=2)
    rows = read(browser.get(f"{BOOKS}{made.public_id}/fichier/"))
    assert [(row["Nature"], row["Corrige l’export"], row["Heures facturées (HH:MM)"]) for row in rows] == [
        ("Régularisation\u00a0: retrait", "1", "-01:00"),
        ("Régularisation\u00a0: ajout", "", "00:30"),
    ]
    assert [row["Heures facturées (décimal)"] for row in rows] == ["-1,00", "0,50"]
    assert {row["Client"] for row in rows} == {"'=1+1 Yvonne"}
    page = browser.get(f"{BOOKS}{made.public_id}/").text
    assert "\u221201:00" in page
    assert "de l’export n° 1" in page


def test_large_sums_are_spaced_for_people() -> None:
    total = {"visits": 12_300, "day_minutes": 598_255, "billed_minutes": -598_255, "km": Decimal("12480.5")}
    total |= {f"{name}_minutes": 0 for name in ("night", "sunday", "holiday")}
    assert [value for _name, value in shown.facts(ExportKind.BILLING, total)] == [
        "12\u202f300",
        "9\u202f970:55 (9\u202f970,92)",
        "\u22129\u202f970:55 (\u22129\u202f970,92)",
        "12\u202f480,5",
    ]


def test_heads_are_the_same_whatever_the_rows(browser: Any, books: Books) -> None:
    def heads(kind: str) -> str:
        answer = browser.get(f"{PREVIEW}fichier/?type={kind}&mois=2026-10&forme=detail")
        return body(answer).decode("utf-8-sig").splitlines()[0]

    empty = [heads(kind) for kind in ("pay", "billing")]
    books.validated(FIFTH)
    books.cancelled(FIFTH, paid=True, billed=True)
    assert [heads(kind) for kind in ("pay", "billing")] == empty


def test_who_may(books: Books) -> None:
    books.validated(FIFTH)
    books.close(OCTOBER)
    made = books.make(PAY, OCTOBER)
    assert made is not None
    agence = books.world.agence
    ways = [
        BOOKS,
        f"{PREVIEW}?type=pay&mois=2026-10",
        f"{PREVIEW}fichier/?type=pay&mois=2026-10",
        f"{BOOKS}{made.public_id}/",
        f"{BOOKS}{made.public_id}/fichier/",
    ]
    none: dict[str, Any] = dict.fromkeys(
        ("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer"), False
    )
    reader = browser_of(factories.a_gestionnaire(agence, **none))
    assert [reader.get(way).status_code for way in ways] == [200] * 5
    assert press(reader, "billing").status_code == 403
    limited = browser_of(factories.a_gestionnaire(agence, secteurs=[factories.a_secteur(agence)]))
    assert [limited.get(way).status_code for way in ways] == [403] * 5
    assert press(limited, "billing").status_code == 403
    assert BOOKS not in limited.get("/suivi/").text
    elsewhere = browser_of(a_world().gestionnaire)
    assert [elsewhere.get(way).status_code for way in ways] == [200, 200, 200, 404, 404]
    assert len(read(elsewhere.get(ways[2]))) == 0
    carer: Any = books.world.intervenant
    assert [browser_of(carer).get(way).status_code for way in ways] == [403] * 5
    assert Export.objects.count() == 1


def test_an_address_that_makes_no_sense(browser: Any) -> None:
    for way in ("?type=pay&mois=2026-13", "?mois=", "fichier/?type=pay&mois=2026-10&forme=tout"):
        assert browser.get(PREVIEW + way).status_code == 404
    assert browser.get(f"{BOOKS}?type=autre").status_code == 200


def test_fifty_people_a_page(browser: Any, books: Books) -> None:
    world = books.world
    visit = books.validated(FIFTH)
    people = [factories.an_intervenant(world.agence, user=None, last_name=f"Nom{n:02}") for n in range(55)]
    for person in people:
        copy = Intervention.objects.get(pk=visit.pk)
        copy.pk, copy.public_id, copy.intervenant = None, uuid4(), person
        copy.status = "done"
        copy.save(force_insert=True)
        Intervention.objects.filter(pk=copy.pk).update(status="validated")
    first = browser.get(f"{PREVIEW}?type=pay&mois=2026-10").text
    assert ("Nom48" in first, "Nom50" in first) == (True, False)
    books.close(OCTOBER)
    made = books.make(PAY, OCTOBER)
    assert made is not None
    pages = [browser.get(f"{BOOKS}{made.public_id}/{query}").text for query in ("", "?de=50")]
    assert [f"Nom{n:02}" in pages[0] for n in range(55)] == [f"Nom{n:02}" not in pages[1] for n in range(55)]


def test_who_administers_sets_what_a_prestation_is_rounded_to_and_sees_its_effect(browser: Any, books: Books) -> None:
    prestation = books.world.prestation
    at = f"/gestion/prestations/{prestation.public_id}/"
    entered = {"name": prestation.name, "billing_step": "15", "billing_rounding": "up"}
    assert browser.post(at, entered).status_code == 303
    page = browser.get(at).text
    assert "une visite de 1\u202fh\u202f07 se facture 1\u202fh\u202f15" in page
    assert "Facturation arrondie à\u00a0: de «\u00a0la minute\u00a0» à «\u00a015 minutes\u00a0»." in page
    reader = browser_of(factories.a_gestionnaire(books.world.agence, may_administer=False))
    assert reader.post(at, entered | {"billing_rounding": "down"}).status_code == 403
    assert browser.post(at, entered | {"billing_step": "7"}).status_code == 422
    books.validated(FIFTH, minutes=67)
    rows = read(browser.get(f"{PREVIEW}fichier/?type=billing&mois=2026-10&forme=detail"))
    assert [row["Total (HH:MM)"] for row in rows] == ["01:07"]
    assert [row["Heures facturées (HH:MM)"] for row in rows] == ["01:15"]
