"""Which pages are measured, who asks for them, and the same rows by one statement written by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse

from interventions import clock
from interventions.actor import Actor
from interventions.models import Client as Helped
from interventions.models import Intervenant, Intervention, User
from portals.web.actors import actors_of
from tests.bench.timing import Times, timed
from tests.bench.web import Client, Page, Server, measured
from tests.plans import sequential
from tracking.keyset import Sort
from tracking.sorts import SORTS

_ROW = """
SELECT v.public_id, v.version, v.status, v.day, v.planned_start, v.planned_end, v.planned_km, v.declared_start,
    v.declared_end, v.declared_km, v.retained_start, v.retained_end, v.done_at, v.declared_at, v.last_at,
    c.public_id, c.first_name, c.last_name, c.civility, i.public_id, i.first_name, i.last_name, i.civility, p.name
FROM interventions_intervention v
JOIN interventions_client c ON c.id = v.client_id
LEFT JOIN interventions_intervenant i ON i.id = v.intervenant_id
JOIN interventions_prestation p ON p.id = v.prestation_id
WHERE v.agence_id = %(agence)s AND v.day BETWEEN %(first)s AND %(last)s AND NOT v.withdrawn
"""
_IN_ORDER = " ORDER BY v.day, v.retained_start, v.id LIMIT 51"
_RANK = "array_position(ARRAY['draft','planned','done','contested','arbitration','validated','cancelled'], v.status)"
FLOORS = {
    "month": _ROW + " AND v.status = 'validated'" + _IN_ORDER,
    "deep": _ROW + " AND (v.day, v.retained_start, v.id) > (%(day)s, %(start)s, %(id)s)" + _IN_ORDER,
    "client": _ROW + " ORDER BY c.sort_name, v.day, v.retained_start, v.id LIMIT 51",
    "statut": _ROW + f" ORDER BY {_RANK}, v.day, v.retained_start, v.id LIMIT 51",
    "totals": """
        SELECT status, count(*), sum(CASE WHEN status <> 'cancelled' THEN retained_end - retained_start END)
        FROM interventions_intervention v
        WHERE agence_id = %(agence)s AND day BETWEEN %(first)s AND %(last)s AND NOT withdrawn GROUP BY status
    """,
    "intervenant": _ROW + " AND v.intervenant_id = %(intervenant)s AND v.status = 'planned'" + _IN_ORDER,
    "visits of a client": _ROW + " AND v.client_id = %(client)s AND v.status = 'done'" + _IN_ORDER,
}
EXPORTS = 3
# The whole year, for whoever sees only their own.
_OWN = ("intervenant", "visits of a client")


def tracked(server: Server, requests: int, people: int) -> Iterator[dict[str, Any]]:
    """Measure the lists of a large agency, each beside its floor."""
    manager = _as("gestion")
    first, last = month()
    period = {"du": first.isoformat(), "au": last.isoformat()}
    session = _session("gestion")

    def suivi(name: str, *, target: str = "", **query: str) -> Page:
        return Page(name, f"/suivi/?{urlencode(period | query)}", session, target)

    deep = _deep(manager, first, last)
    pages = [
        ("month", suivi("tracking, a month by status: rows", statut="validated", target="liste")),
        ("month", suivi("tracking, a month by status: whole page", statut="validated")),
        ("deep", suivi("tracking, deep page: rows", apres=Sort().token(deep), target="liste")),
        ("client", suivi("tracking, sorted by client: rows", tri="client", target="liste")),
        ("statut", suivi("tracking, sorted by status: rows", tri="statut", target="liste")),
        ("intervenant", Page("intervenant’s list", "/intervenant/interventions/", _session("carer7"))),
        ("visits of a client", Page("client’s list", "/client/", _session("client7"))),
    ]
    values = _values(manager, first, last, deep)
    for floor, page in pages:
        yield _line(page, measured(server, page, requests, people), by_hand(floor, values, requests))


def totals(requests: int) -> dict[str, Any]:
    """Measure a month's totals as the screen's own function gives them, beside their floor."""
    # Here, since the screen's room is imported only once Django is set up.
    from tests.bench.sums import of_month  # noqa: PLC0415

    manager = _as("gestion")
    first, last = month()
    spent = [timed(lambda: of_month(manager, first, last)) for _ in range(requests)]
    ours, floor = Times.of(spent), by_hand("totals", {"agence": manager.agence_id, "first": first, "last": last}, 20)
    return _line_of("totals of a month, by status", ours, floor)


def csv(server: Server) -> Iterator[dict[str, Any]]:
    """Measure the CSV of a month, all of its visits, beside COPY of the same columns as CSV."""
    try:
        path = reverse("suivi:export-csv")
    except NoReverseMatch:
        return
    first, last = month()
    page = Page("CSV of a month", f"{path}?{urlencode({'du': first, 'au': last})}", _session("gestion"))
    client = Client(server)
    client.get(page)
    ours = Times.of([client.timed(page) for _ in range(EXPORTS)])
    values = {"agence": _as("gestion").agence_id, "first": first, "last": last}

    def copied() -> None:
        statement = f"COPY ({_ROW} ORDER BY v.day, v.retained_start, v.id) TO STDOUT CSV"
        with connection.cursor() as cursor, cursor.copy(statement, values) as chunks:
            for _chunk in chunks:
                pass

    yield _line_of(page.name, ours, Times.of([timed(copied) for _ in range(EXPORTS)]))


def office(server: Server, requests: int, people: int) -> Iterator[dict[str, Any]]:
    """Measure the pages of the manager's portal: 300 clients, 120 intervenants and 10,000 visits in the month."""
    session, day = _session("gestion"), clock.now().date().isoformat()
    client: Any = Helped.objects.order_by("pk")[7]
    carer: Any = Intervenant.objects.order_by("pk")[7]
    visit: Any = Intervention.objects.filter(status="done").order_by("pk")[7]
    paths = {
        "home": "",
        "what is past": "?sujet=passees",
        "clients": "clients/",
        "a client": f"clients/{client.public_id}/",
        "a client’s planning": f"clients/{client.public_id}/?onglet=planning",
        "planning of a day": f"planning/?vue=jour&date={day}",
        "planning of a week": f"planning/?date={day}",
        "planning of a month": f"planning/?vue=mois&date={day}",
        "a client’s form": f"clients/{client.public_id}/modification/",
        "putting a client away": f"clients/{client.public_id}/archivage/",
        "intervenants": "intervenants/",
        "an intervenant": f"intervenants/{carer.public_id}/",
        "an intervenant’s planning": f"intervenants/{carer.public_id}/?onglet=planning",
        "putting an intervenant away": f"intervenants/{carer.public_id}/archivage/",
        "contrats": "contrats/",
        "secteurs": "secteurs/",
        "a visit": f"interventions/{visit.public_id}/",
        "to attach": "rattachements/",
        "délibérations": "deliberations/",
        "outbox": "envois/",
        "automatismes": "automatismes/",
        "settings": "parametres/",
        "search": f"recherche/?q={client.last_name[:4].lower()}",
    }
    for name, path in paths.items():
        page = Page(f"office: {name}", f"/gestion/{path}", session)
        yield _line(page, measured(server, page, requests, people), None)


def plans() -> dict[str, Any]:
    """Return the pages of which a statement reads a large table from end to end: none should."""
    first, last = month()
    visit: Any = Intervention.objects.filter(status="done").order_by("pk")[7]
    client: Any = visit.client
    paths = {
        "gestion": [
            *(f"/suivi/?tri={sort}&du={first}&au={last}" for sort in SORTS),
            *("/gestion/", "/gestion/clients/", "/gestion/planning/", "/gestion/envois/", "/gestion/deliberations/"),
            *(f"/gestion/clients/{client.public_id}/", f"/gestion/interventions/{visit.public_id}/"),
            *(f"/gestion/clients/{client.public_id}/archivage/", "/gestion/clients/?etat=archives"),
            f"/gestion/intervenants/{visit.intervenant.public_id}/archivage/",
        ],
        "carer7": ["/intervenant/", "/intervenant/interventions/", "/intervenant/historique/"],
        "client7": ["/client/", "/client/historique/", "/client/demandes/"],
    }
    found = []
    for name, addresses in paths.items():
        browser = Browser(headers={"Host": "127.0.0.1", "X-Forwarded-Proto": "https"})
        browser.cookies[settings.SESSION_COOKIE_NAME] = _session(name)
        for address in addresses:
            found += [address for _statement in sequential(partial(browser.get, address))]
    return {"name": "pages that read a large table from end to end", "found": found}


def month() -> tuple[dt.date, dt.date]:
    """Return the month before this one, all of whose days are loaded."""
    last = clock.now().date().replace(day=1) - dt.timedelta(1)
    return last.replace(day=1), last


def by_hand(floor: str, values: dict[str, Any], times: int) -> Times:
    """Measure a floor over a connection of its own; the rows are fetched."""

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FLOORS[floor], values | (_year() if floor in _OWN else {}))
            cursor.fetchall()

    for _ in range(5):
        ask()
    return Times.of([timed(ask) for _ in range(times)])


def _year() -> dict[str, dt.date]:
    today = clock.now().date()
    return {"first": today - dt.timedelta(400), "last": today}


def _values(manager: Actor, first: dt.date, last: dt.date, deep: Any) -> dict[str, Any]:
    return {
        "agence": manager.agence_id,
        "first": first,
        "last": last,
        "day": deep.day,
        "start": deep.retained_start,
        "id": deep.pk,
        "intervenant": _as("carer7").intervenant_id,
        "client": _as("client7").client_id,
    }


def _deep(manager: Actor, first: dt.date, last: dt.date) -> Any:
    visits = Intervention.objects.visible_to(manager).between(first, last).in_order()
    return visits[visits.count() * 9 // 10]


def _line(page: Page, found: dict[str, Any], floor: Times | None) -> dict[str, Any]:
    more = {name: found[name] for name in ("pages_per_second", "kB", "kB_gzip")}
    return _line_of(page.name, found["alone"], floor) | {"together": asdict(found["together"]), **more}


def _line_of(name: str, ours: Times, floor: Times | None) -> dict[str, Any]:
    beside = {"floor": asdict(floor), "ratio": round(ours.median / floor.median, 2)} if floor else {}
    return {"name": name, "ours": asdict(ours), **beside}


def _as(name: str) -> Actor:
    return actors_of(User.objects.get(email=f"{name}@banc.example"), clock.now())[0]


def _session(name: str) -> str:
    """Sign somebody in, and return what their cookie holds."""
    user = User.objects.get(email=f"{name}@banc.example")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
