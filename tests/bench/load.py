"""`python -m tests.bench.load VISITS CLIENTS INTERVENANTS`: fill an empty, migrated database by COPY.

One agency with its people, twelve months of visits, the journal and the mails that they would have left. The
triggers sleep meanwhile (the superuser's session_replication_role), or this would measure them.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime

import django
import psycopg
from psycopg import sql

if __name__ == "__main__":
    django.setup()

from django.contrib.auth.hashers import make_password

from interventions import operations
from interventions.models import (
    Agence,
    Batch,
    Client,
    Contrat,
    Gestionnaire,
    Intervenant,
    Intervention,
    JournalEntry,
    Mail,
    MailLine,
    Prestation,
    Secteur,
    User,
)
from tests.bench import visits
from tests.bench.agence import works_for

NAMES = ("Quéré", "Noël", "Abélard", "Kerbrat", "Le Goff", "Tanguy", "Riou", "Prigent", "Hamon", "Benaïssa", "Étienne")
FIRST = ("Yvonne", "René", "Odile", "Paul", "Jeanne", "Marcel", "Simone", "Louis", "Yvette", "Farida", "Émile")
AGENCE = "Agence du banc"

# What each visit would have left behind, from the visits themselves: planned, declared, then settled.
_BATCHES = """
INSERT INTO interventions_batch
    (agence_id, key, act, actor_id, actor_name, role, on_behalf, via, ground, ground_text, at, refused)
SELECT DISTINCT v.agence_id, 'load-' || v.day, '', {manager}, 'Claire Morvan', 'manager', '', 'import', '', '',
    v.day::timestamptz, '[]'::jsonb
FROM interventions_intervention v ORDER BY 2
"""
_JOURNAL = """
INSERT INTO interventions_journalentry
    (agence_id, intervention_id, batch_id, action, role, actor_id_kept, at, from_status, to_status, version,
     before, after, motif_id_kept, texts_hash)
SELECT v.agence_id, v.id, b.id, {action}, {role}, v.last_actor_id, v.day::timestamptz, {source}, {target}, {version},
    {before}, {after}, NULL, ''
FROM interventions_intervention v JOIN interventions_batch b ON b.key = 'load-' || v.day
WHERE {condition} ORDER BY v.id
"""
_STEPS = (
    ("'plan'", "'manager'", "''", "'planned'", 1, "'{}'", "jsonb_build_object('planned_km', v.planned_km)", "TRUE"),
    (
        *("'complete'", "'intervenant'", "'planned'", "'done'", 2),
        *("'{\"done_at\": null}'", "jsonb_build_object('done_at', v.done_at)", "v.done_at IS NOT NULL"),
    ),
    (
        *("v.last_action", "v.last_role", "CASE v.status WHEN 'cancelled' THEN 'planned' ELSE 'done' END"),
        *("v.status", "v.version", "'{\"settled_at\": null}'", "jsonb_build_object('settled_at', v.settled_at)"),
        "v.status IN ('validated', 'cancelled')",
    ),
)
# One mail a client and week, with a line for each visit that was declared.
_MAILS = """
INSERT INTO interventions_mail
    (agence_id, kind, user_id, "to", subject, text, html, message_id, fate, error, attempts, created_at, due_at,
     sent_at, delivered_at, at_once, in_reply_to, provider_id)
SELECT v.agence_id, 'visits', c.user_id, u.email, 'Vos visites', 'Bonjour', '<p>Bonjour</p>',
    'w' || date_trunc('week', v.day)::date || '-' || c.id, 'delivered', '', 1,
    date_trunc('week', v.day) + interval '7 days', date_trunc('week', v.day) + interval '7 days',
    date_trunc('week', v.day) + interval '7 days', date_trunc('week', v.day) + interval '7 days', FALSE, '', ''
FROM interventions_intervention v
JOIN interventions_client c ON c.id = v.client_id JOIN interventions_user u ON u.id = c.user_id
WHERE v.done_at IS NOT NULL GROUP BY v.agence_id, c.user_id, c.id, u.email, date_trunc('week', v.day) ORDER BY 15, 3
"""
_LINES = """
INSERT INTO interventions_mailline (agence_id, mail_id, intervention_id, entry_id, action, role, step, told, reminds)
SELECT v.agence_id, m.id, v.id, e.id, 'complete', 'client', 2, TRUE, FALSE
FROM interventions_intervention v
JOIN interventions_mail m ON m.message_id = 'w' || date_trunc('week', v.day)::date || '-' || v.client_id
JOIN interventions_journalentry e ON e.intervention_id = v.id AND e.version = 2
WHERE v.done_at IS NOT NULL ORDER BY m.id
"""


def main(count: int, clients: int, intervenants: int) -> None:
    """Load people through the models, visits by COPY, and what follows from them in one statement a kind."""
    now = datetime.now(UTC)
    people = _people(clients, intervenants)
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"]) as connection:
        connection.execute("SET session_replication_role = replica")
        _give_defaults(connection)
        connection.execute("SET maintenance_work_mem = '256MB'")
        names = ", ".join(visits.COLUMNS)
        with connection.cursor().copy(f"COPY interventions_intervention ({names}) FROM STDIN") as copy:
            for row in visits.rows(count, people, now):
                copy.write_row(row)
        connection.execute(_BATCHES.format(manager=people.manager))
        for action, role, source, target, version, before, after, condition in _STEPS:
            connection.execute(
                _JOURNAL.format(
                    action=action,
                    role=role,
                    source=source,
                    target=target,
                    version=version,
                    before=before,
                    after=after,
                    condition=condition,
                )
            )
        connection.execute(_MAILS)
        connection.execute(_LINES)
        connection.execute(
            "INSERT INTO interventions_period (agence_id, month) "
            "SELECT DISTINCT agence_id, date_trunc('month', day)::date FROM interventions_intervention"
        )
        connection.execute(
            "INSERT INTO interventions_daytotal (agence_id, day, status, visits, seconds, km) "
            "SELECT agence_id, day, status, count(*), "
            "sum(extract(epoch FROM retained_end - retained_start)::bigint), sum(retained_km) "
            "FROM interventions_intervention GROUP BY agence_id, day, status"
        )
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _give_defaults(connection: psycopg.Connection) -> None:
    """Let the database fill what a statement written by hand does not name, as the models would."""
    for model in (Intervention, Batch, JournalEntry, Mail, MailLine):
        for field in model._meta.concrete_fields:
            value = field.get_default() if field.has_default() or field.empty_strings_allowed else None
            if isinstance(value, str | bool | int) and not field.is_relation:
                connection.execute(
                    sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT {}").format(
                        sql.Identifier(model._meta.db_table), sql.Identifier(str(field.column)), sql.Literal(value)
                    )
                )


def _people(clients: int, intervenants: int) -> visits.People:
    agence = operations.create_agence(AGENCE, phone="02 61 91 20 30", email="contact@banc.example", first_day=False)
    Agence.objects.filter(pk=agence.pk).update(module_enabled_at=datetime(2025, 1, 1, tzinfo=UTC))
    works_for(agence.pk)
    secteurs = [Secteur.objects.create(agence=agence, name=f"Secteur {place}") for place in range(1, 9)]
    prestations = [Prestation.objects.create(agence=agence, name=f"Prestation {place}") for place in range(1, 9)]
    users = _users([*(f"client{n}" for n in range(clients)), *(f"carer{n}" for n in range(intervenants)), "gestion"])
    helped = Client.objects.bulk_create(
        Client(agence=agence, user=users[n], secteur=secteurs[n % 8], **_named(n, "CL")) for n in range(clients)
    )
    carers = Intervenant.objects.bulk_create(
        Intervenant(agence=agence, user=users[clients + n], **_named(n, "SA")) for n in range(intervenants)
    )
    contrats = Contrat.objects.bulk_create(
        Contrat(
            agence=agence,
            number=f"CT{n:05d}",
            client=client,
            prestation=prestations[n % 8],
            state="signed",
            starts_on=date(2020, 1, 1),
        )
        for n, client in enumerate(helped)
    )
    rights = dict.fromkeys(("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer"), True)
    Gestionnaire.objects.create(agence=agence, user=users[-1], first_name="Claire", last_name="Morvan", **rights)
    return visits.People(
        agence.pk,
        [
            (client.pk, contrats[n].pk, prestations[n % 8].pk, carers[n % intervenants].pk, client.user_id)
            for n, client in enumerate(helped)
        ],
        agence.motifs.filter(kind="annulation").values_list("pk", flat=True)[0],
        users[-1].pk,
        {carer.pk: carer.user_id or 0 for carer in carers},
    )


def _users(names: list[str]) -> list[User]:
    unusable = make_password(None)
    return User.objects.bulk_create(User(email=f"{name}@banc.example", password=unusable) for name in names)


def _named(place: int, prefix: str) -> dict[str, str]:
    return {
        "number": f"{prefix}{place:05d}",
        "civility": "Mme" if place % 2 else "M.",
        "last_name": f"{NAMES[place % 11]}-{place:04d}",
        "first_name": FIRST[place // 11 % 11],
    }


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
