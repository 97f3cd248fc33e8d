"""At 100,000 visits each list of the product finds its rows by an index: the plans of what the pages ask."""

from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.http import QueryDict

from interventions.management.owner import OWNER, brief_connection
from interventions.models import Batch, Client, Contrat, Intervenant, Intervention, JournalEntry
from interventions.states import Status
from tests import factories
from tests.factories import World
from tests.plans import sequential
from tests.tracking.browsing import SUIVI, browser_of
from tracking.filters import Filters
from tracking.keyset import Sort
from tracking.rows import PAGE, page
from tracking.sorts import SORTS
from tracking.totals import counted, totals

VISITS, A_DAY, CLIENTS, CARERS = 100_000, 96, 400, 100

BOOKS = f"{SUIVI}paie-et-facturation/"
BY_DAY, BY_STATUS = "intervention_by_day", "intervention_by_status"
BY_CLIENT, BY_CARER = "intervention_by_client", "intervention_by_intervenant"
LISTS = [
    ("", "date", {BY_DAY}),
    ("", "-date", {BY_DAY}),
    ("", "client", {BY_DAY, BY_CLIENT}),
    ("", "intervenant", {BY_DAY, BY_CARER}),
    ("", "statut", {BY_DAY, BY_STATUS}),
    ("", "attente", {BY_DAY}),
    ("", "ecart", {BY_DAY}),
    ("", "km", {BY_DAY}),
    ("statut=planned", "date", {BY_DAY, BY_STATUS}),
    ("statut=contested", "date", {BY_STATUS}),
    ("statut=contested&statut=arbitration", "-date", {BY_STATUS}),
    ("client={client}", "date", {BY_CLIENT}),
    ("client={client}&statut=validated", "date", {BY_CLIENT}),
    ("intervenant={intervenant}", "-date", {BY_CARER}),
]


# What the past would have left: contrats cover it, nine visits in ten are settled, those of the last days wait.
# Written by SQL as the owner, whose triggers sleep meanwhile.
_PEOPLE = """
INSERT INTO interventions_{table} (number, last_name, {columns})
SELECT %(number)s || n, 'Nom ' || n, {columns} FROM interventions_{table}, generate_series(1, %(many)s) n
WHERE id = %(original)s
"""
_CONTRATS = """
INSERT INTO interventions_contrat (client_id, number, starts_on, {columns})
SELECT c.id, c.number, o.starts_on - 2000, {chosen} FROM interventions_contrat o, interventions_client c
WHERE o.client_id = %(client)s AND c.agence_id = %(agence)s AND c.number LIKE 'CL-%%'
"""
_VISITS = """
INSERT INTO interventions_intervention (client_id, contrat_id, intervenant_id, day, status, done_at, declared_start,
    declared_end, declared_km, number, {columns})
SELECT c.ids[1 + n %% {clients}], c.contrats[1 + n %% {clients}], i.ids[1 + n %% {carers}], v.day - n / {a_day},
    CASE WHEN n < {a_day} * 5 THEN 'planned' WHEN n %% 400 = 0 THEN 'contested' WHEN n < {a_day} * 20 THEN 'done'
        WHEN n %% 30 = 0 THEN 'cancelled' ELSE 'validated' END,
    CASE WHEN n < {a_day} * 5 THEN NULL ELSE v.retained_end - s.span END,
    CASE WHEN n < {a_day} * 5 THEN NULL ELSE v.retained_start - s.span END,
    CASE WHEN n < {a_day} * 5 THEN NULL ELSE v.retained_end - s.span END,
    CASE WHEN n < {a_day} * 5 THEN NULL ELSE v.retained_km END, '', {chosen}
FROM interventions_intervention v, generate_series(1, {visits}) n,
    LATERAL (SELECT make_interval(days => n / {a_day}) AS span) s,
    (SELECT array_agg(client_id ORDER BY id) AS ids, array_agg(id ORDER BY id) AS contrats
        FROM interventions_contrat WHERE agence_id = %(agence)s AND number LIKE 'CL-%%') c,
    (SELECT array_agg(id) AS ids FROM interventions_intervenant WHERE agence_id = %(agence)s AND number LIKE 'SA-%%') i
WHERE v.id = %(visit)s
"""
_BATCHES = """
INSERT INTO interventions_batch (key, at, {columns})
SELECT 'day-' || n, b.at - n * interval '1 day', {chosen} FROM interventions_batch b, generate_series(1, 1000) n
WHERE b.id = %(batch)s
"""
_JOURNAL = """
INSERT INTO interventions_journalentry (intervention_id, batch_id, version, {columns})
SELECT v.id, %(batch)s + 1 + v.id %% 1000, 2, {chosen} FROM interventions_journalentry e, interventions_intervention v
WHERE e.id = %(entry)s AND v.id > %(visit)s AND v.id %% 4 = 0
"""
_MAILS = """
INSERT INTO interventions_mail (agence_id, kind, user_id, "to", subject, text, html, message_id, fate, error, attempts,
    created_at, due_at, sent_at, at_once, in_reply_to, provider_id)
SELECT c.agence_id, 'visits', c.user_id, 'u@personnes.example', 'Vos visites', '', '', c.id || '-' || n, 'sent', '', 1,
    now() - n * interval '1 week', now(), now(), FALSE, '', ''
FROM interventions_client c, generate_series(1, 50) n WHERE c.agence_id = %(agence)s
"""
_LINES = """
INSERT INTO interventions_mailline (agence_id, mail_id, intervention_id, entry_id, action, role, step, told, reminds)
SELECT v.agence_id, m.ids[1 + v.id %% 10000], v.id, %(entry)s, 'complete', 'client', 1, TRUE, FALSE
FROM interventions_intervention v, (SELECT array_agg(id) AS ids FROM interventions_mail) m
WHERE v.id > %(visit)s AND v.id %% 8 = 0
"""
_TOTALS = """
INSERT INTO interventions_daytotal (agence_id, day, status, visits, seconds, km)
SELECT agence_id, day, status, count(*), sum(extract(epoch FROM retained_end - retained_start)::bigint),
    sum(retained_km) FROM interventions_intervention WHERE id > %(visit)s GROUP BY agence_id, day, status
"""
_TABLES = ("client", "intervenant", "intervention", "journalentry", "mail", "mailline", "daytotal", "batch")


def large() -> World:
    """Make an agency with 100,000 visits over three years, their journal and mails, 400 clients, 100 intervenants."""
    world = factories.a_world()
    visit = world.visit()
    entry = JournalEntry.objects.get(intervention=visit)
    known: dict[str, Any] = {
        "agence": world.agence.pk,
        "visit": visit.pk,
        "entry": entry.pk,
        "batch": entry.batch_id,
        "client": world.client.pk,
    }
    moved = ("planned_start", "planned_end", "retained_start", "retained_end")
    replaced = ("client_id", "contrat_id", "intervenant_id", "day", "status", "done_at", "number")
    declared = ("declared_start", "declared_end", "declared_km")
    names = columns(Intervention, *replaced, *declared)
    chosen = ", ".join(f"v.{name} - s.span" if name in moved else f"v.{name}" for name in names)
    sizes = {"visits": VISITS, "a_day": A_DAY, "clients": CLIENTS, "carers": CARERS}
    entries = columns(JournalEntry, "intervention_id", "batch_id", "version")
    with brief_connection(OWNER) as alias, connections[alias].cursor() as cursor:
        for table in ("intervention", "journalentry"):
            cursor.execute(f"ALTER TABLE interventions_{table} DISABLE TRIGGER USER")
        for model, original, number, many in (
            (Client, world.client.pk, "CL-", CLIENTS),
            (Intervenant, world.intervenant.pk, "SA-", CARERS),
        ):
            same = ", ".join(columns(model, "number", "last_name"))
            statement = _PEOPLE.format(table=model._meta.model_name, columns=same)
            cursor.execute(statement, {"number": number, "many": many, "original": original})
        agreed = columns(Contrat, "client_id", "number", "starts_on")
        chosen_too = ", ".join(f"o.{name}" for name in agreed)
        cursor.execute(_CONTRATS.format(columns=", ".join(agreed), chosen=chosen_too), known)
        cursor.execute(_VISITS.format(columns=", ".join(names), chosen=chosen, **sizes), known)
        presses = columns(Batch, "key", "at")
        same = ", ".join(f"b.{name}" for name in presses)
        cursor.execute(_BATCHES.format(columns=", ".join(presses), chosen=same), known)
        listed = ", ".join(f"e.{name}" for name in entries)
        cursor.execute(_JOURNAL.format(columns=", ".join(entries), chosen=listed), known)
        for statement in (_MAILS, _LINES, _TOTALS):
            cursor.execute(statement, known)
        for table in ("intervention", "journalentry"):
            cursor.execute(f"ALTER TABLE interventions_{table} ENABLE TRIGGER USER")
        # Only their owner may gather the figures by which the database chooses its ways.
        cursor.execute(f"ANALYZE {', '.join(f'interventions_{table}' for table in _TABLES)}")
    return world


def columns(model: Any, *without: str) -> list[str]:
    """Return the columns of a table that a copy of a row keeps."""
    left_out = {"id", "public_id", *without}
    fields = [field for field in model._meta.local_concrete_fields if not field.generated and not field.unique]
    return [field.column for field in fields if field.column not in left_out]


@pytest.mark.django_db(transaction=True)
def test_every_list_uses_its_index_at_100_000_rows() -> None:
    world = large()
    people = {
        "client": Client.objects.get(agence=world.agence, last_name="Nom 7").public_id,
        "intervenant": Intervenant.objects.get(agence=world.agence, last_name="Nom 7").public_id,
    }
    for query, sort, indexes in LISTS:
        _uses(world, Sort.asked(sort), query.format(**people), indexes)
    _deep_page(world)
    _open_visits(people)
    month = _filters(world, "du=2026-10-25&au=2026-11-25")
    assert month.whole_days
    assert totals(month) == counted(month.visits(statuses=False))
    assert sum(total.visits for total in totals(month).values()) > 28 * A_DAY
    _pages(world, people)


def _pages(world: World, people: dict[str, Any]) -> None:
    """Check every statement of the pages: none reads a large table from end to end."""
    # Everybody shares the account that was copied, but for these two.
    for model in (Client, Intervenant):
        model.objects.filter(agence=world.agence, last_name="Nom 7").update(user=factories.a_user())
    visit = Intervention.objects.filter(client__public_id=people["client"], status=Status.DONE)[0]
    paths: dict[Any, list[str]] = {
        world.gestionnaire: [
            *(f"{SUIVI}?tri={sort}&du=2026-10-25&au=2026-11-25" for sort in SORTS),
            *(f"{BOOKS}{page}" for page in ("", "apercu/?type=pay&mois=2026-10", "apercu/?type=billing&mois=2026-10")),
            f"{SUIVI}graphiques/?du=2026-10-25&au=2026-11-25",
            *(f"{SUIVI}?courrier={fate}" for fate in ("relance", "sans-reponse")),
            *("/gestion/", "/gestion/clients/", "/gestion/planning/", "/gestion/intervenants/", "/gestion/envois/"),
            *(
                "/gestion/deliberations/",
                "/gestion/rattachements/",
                "/gestion/recherche/?q=no7",
                f"/gestion/clients/{people['client']}/",
            ),
            *(f"/gestion/intervenants/{people['intervenant']}/", f"/gestion/interventions/{visit.public_id}/"),
        ],
        Intervenant.objects.get(agence=world.agence, last_name="Nom 7"): [
            *("/intervenant/", "/intervenant/interventions/", "/intervenant/refusees/", "/intervenant/historique/"),
        ],
        Client.objects.get(agence=world.agence, last_name="Nom 7"): [
            *("/client/", "/client/planning/", "/client/historique/", "/client/demandes/"),
        ],
    }
    for who, addresses in paths.items():
        browser = browser_of(who)
        for address in addresses:
            assert list(sequential(partial(_opened, browser, address))) == [], address


def _opened(browser: Any, address: str) -> None:
    assert browser.get(address).status_code == 200, address


def _filters(world: World, query: str) -> Filters:
    return Filters(QueryDict(query), world.as_manager, world.now)


def _uses(world: World, order: Sort, query: str, indexes: set[str]) -> None:
    """Check the plan of the first page and of the one after its first row."""
    found = _filters(world, f"du=2026-10-25&au=2026-11-25&{query}").visits()
    first = page(found, order, world.as_manager, world.now).rows
    pages = [order.order(found)]
    if first:
        place = order.token(Intervention.objects.get(pk=first[0].visit.pk))
        pages.append(order.order(order.beyond(found, place, world.agence.pk)))
    for rows in pages:
        plan = rows[: PAGE + 1].explain()
        assert "Seq Scan on interventions_intervention" not in plan, plan
        assert any(index in plan for index in indexes), (query, str(order), plan)


def _deep_page(world: World) -> None:
    """Check that a page in the middle of all begins at its place in the index, without sorting."""
    order, found = Sort(), _filters(world, "du=2024-01-01&au=2026-11-25").visits()
    middle: Any = found.in_order()[10_000]
    place = order.token(middle)
    plan = order.order(order.beyond(found, place, world.agence.pk))[: PAGE + 1].explain()
    condition = next(line for line in plan.splitlines() if "Index Cond" in line and "retained_start" in line)
    assert "ROW(" in condition, plan
    assert "Sort Key" not in plan, plan


def _open_visits(people: dict[str, Any]) -> None:
    """Check that what waits for a person is found without what is settled."""
    client = Client.objects.get(public_id=people["client"])
    carer = Intervenant.objects.get(public_id=people["intervenant"])
    mine = Intervention.objects.filter(agence=client.agence_id)
    for waiting, index in (
        (mine.filter(client=client, status=Status.DONE), "intervention_open_by_client"),
        (mine.filter(intervenant=carer, status=Status.PLANNED), "intervention_open_by_carer"),
    ):
        assert index in waiting.explain()
