"""An agency's file of 100,000 visits, through the import that the command calls, beside COPY."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connections, transaction

from interventions import clock
from interventions.actor import system
from interventions.imports.apply import import_files
from interventions.models import Agence, Contrat, Intervenant
from interventions.states import Via
from tests.bench.timing import Times, line, timed

HEAD = (
    "N° intervention;N° client;Matricule;Prestation;N° contrat;Date;Heure de début;Heure de fin;Kilomètres;"
    "Ordre de mission"
)
_VISITS = """
COPY interventions_intervention (agence_id, number, client_id, intervenant_id, prestation_id, contrat_id, origin,
    ordre_de_mission, comment, planned_start, planned_end, planned_km, retained_start, retained_end, retained_km, day,
    status, version, step, declared_on_behalf, settled_by, cancelled_by, withdrawn, billable_checked, last_action,
    last_role, last_at) FROM STDIN
"""
_JOURNAL = """
INSERT INTO interventions_journalentry
    (agence_id, intervention_id, batch_id, action, role, actor_id_kept, at, from_status, to_status, version,
     before, after, motif_id_kept, texts_hash)
SELECT agence_id, id, (SELECT max(id) FROM interventions_batch WHERE agence_id = %(agence)s), 'plan', 'system', NULL,
    last_at, '', 'planned', 1, '{}', jsonb_build_object('planned_km', planned_km), NULL, ''
FROM interventions_intervention WHERE agence_id = %(agence)s AND number LIKE 'F%%' ORDER BY id
"""


def measure(lines: int) -> dict[str, Any]:
    """Import a file of so many new visits once, then copy as many into the tables."""
    agence = Agence.objects.get()
    numbers = list(_numbers(agence))
    file = _file(numbers, lines)
    ours = timed(lambda: _import(agence, file, lines))
    floor = timed(lambda: _copy(agence, numbers, lines))
    return line(f"import of {lines:,} lines", Times.of([ours]), Times.of([floor]), rows=lines)


def _numbers(agence: Agence) -> Iterator[tuple[Any, ...]]:
    carers = list(Intervenant.objects.filter(agence=agence).order_by("pk"))
    contrats = Contrat.objects.filter(agence=agence).select_related("client", "prestation").order_by("pk")
    for place, contrat in enumerate(contrats):
        yield contrat.client, carers[place % len(carers)], contrat.prestation, contrat


def _visit(place: int, today: dt.date) -> tuple[dt.date, int]:
    return today + dt.timedelta(40 + place % 60), 7 + place % 12


def _file(numbers: list[tuple[Any, ...]], lines: int) -> bytes:
    today, made = clock.now().date(), [HEAD]
    for place in range(lines):
        client, carer, prestation, contrat = numbers[place % len(numbers)]
        day, hour = _visit(place, today)
        hours = f"{day:%d/%m/%Y};{hour:02d}:00;{hour + 1:02d}:00;3,5;"
        made.append(f"I{place:06d};{client.number};{carer.number};{prestation.name};{contrat.number};{hours}")
    return "\n".join(made).encode()


def _import(agence: Agence, file: bytes, lines: int) -> None:
    report = import_files(system(agence, Via.IMPORT), {"interventions.csv": file})
    created = report.as_dict()
    if str(lines) not in str(created):
        raise RuntimeError(f"Not every line was imported: {created}")


def _copy(agence: Agence, numbers: list[tuple[Any, ...]], lines: int) -> None:
    # As the owner, whom no wall binds: COPY refuses to write behind row level security.
    now, owner = clock.now(), connections["owner"]
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        with cursor.copy(_VISITS) as copy:
            for place in range(lines):
                client, carer, prestation, contrat = numbers[place % len(numbers)]
                day, hour = _visit(place, now.date())
                start = dt.datetime.combine(day, dt.time(hour), dt.UTC)
                facts = (start, start + dt.timedelta(hours=1), "3.5")
                copy.write_row(
                    (
                        *(
                            agence.pk,
                            f"F{place:06d}",
                            client.pk,
                            carer.pk,
                            prestation.pk,
                            contrat.pk,
                            "import",
                            "",
                            "",
                        ),
                        *(*facts, *facts, day, "planned", 1, 1, False, "", "", False, False, "plan", "system", now),
                    )
                )
        cursor.execute(_JOURNAL, {"agence": agence.pk})
