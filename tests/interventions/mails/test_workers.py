"""One batch of many mails, several worker processes, one mail server: each mail leaves, and none twice.

The full size, which says its figures:

    MAILS=10000 .venv/bin/python -m pytest tests/interventions/mails/test_workers.py -s -p no:randomly
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from interventions import operations
from interventions.models import Client, Contrat, Fate, Mail, User
from interventions.states import Action, Origin
from tests.factories import World, a_client, a_contrat, a_world, key
from tests.interventions.mails.sink import Sink, free_port, listening
from tests.wall import PRODUCT

pytestmark = pytest.mark.django_db(transaction=True)
MAILS = int(os.environ.get("MAILS", "60"))
WORKERS = 3
ROOT = Path(__file__).parents[3]


def _database() -> str:
    """Return the address of the test database for another process."""
    found = connection.settings_dict
    return f"postgresql://{PRODUCT}@/{found['NAME']}?host={quote(found['HOST'])}&port={found['PORT'] or 5432}"


def _clients(world: World, count: int) -> list[tuple[int, int]]:
    """Return clients with their contrats, all like the first."""
    first, terms = a_client(world.agence), None
    terms = a_contrat(first, world.prestation)
    users = User.objects.bulk_create(User(email=f"personne{number}@foule.example") for number in range(count))
    clients: list[Client] = []
    for number, user in enumerate(users):
        like = Client.objects.get(pk=first.pk) if not clients else clients[0]
        fields = {one.attname: getattr(like, one.attname) for one in Client._meta.concrete_fields if not one.generated}
        fields |= {"id": None, "user_id": user.pk, "number": f"F{number}"}
        del fields["public_id"]
        clients.append(Client(**fields))
    made = Client.objects.bulk_create(clients)
    contrats = []
    for number, client in enumerate(made):
        fields = {
            one.attname: getattr(terms, one.attname) for one in Contrat._meta.concrete_fields if not one.generated
        }
        fields |= {"id": None, "client_id": client.pk, "number": f"F-CT{number}"}
        fields.pop("public_id", None)
        contrats.append(Contrat(**fields))
    return [(client.pk, terms.pk) for client, terms in zip(made, Contrat.objects.bulk_create(contrats), strict=True)]


def _one_batch(world: World, at: datetime) -> None:
    """Declare a visit at each client's in one press: one mail a client."""
    start = at - timedelta(days=1)
    new = [
        operations.NewVisit(
            client_id=client,
            prestation_id=world.prestation.pk,
            contrat_id=contrat,
            intervenant_id=world.intervenant.pk,
            start=start,
            end=start + timedelta(hours=1),
            origin=Origin.PLANNING,
        )
        for client, contrat in _clients(world, MAILS)
    ]
    planned = operations.apply(
        [operations.Change(Action.PLAN, new=one) for one in new], actor=world.as_manager, at=start, key=key()
    )
    assert not planned.refused, planned.refused[:3]
    changes = [operations.Change(Action.COMPLETE, row.intervention_id) for row in planned.rows]
    assert not operations.apply(changes, actor=world.as_intervenant, at=at, key=key()).refused


def test_many_mails_leave_by_several_processes_and_none_twice() -> None:
    world, sink, port = a_world(), Sink(), free_port()
    _one_batch(world, datetime.now(UTC) - timedelta(hours=1))
    mails = Mail.objects.filter(lines__action=Action.COMPLETE).distinct()
    assert mails.count() == MAILS
    Mail.objects.exclude(pk__in=mails).delete()
    env = os.environ | {
        "DATABASE_URL": _database(),
        "CONTRESEING_ENV": "development",
        "MAILER": f"smtp://127.0.0.1:{port}?parallel={WORKERS}",
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "manage.py", "deliver_mails"]
    begun = time.monotonic()
    with listening(sink, port):
        workers = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) for _one in range(WORKERS)]
        counts = [int(worker.communicate(timeout=3600)[0] or 0) for worker in workers]
    took = time.monotonic() - begun
    assert [worker.returncode for worker in workers] == [0] * WORKERS
    assert sum(counts) == MAILS
    ids = [str(mail["Message-ID"]) for mail in sink.mails]
    assert len(ids) == len(set(ids)) == MAILS
    assert set(Mail.objects.values_list("fate", flat=True)) == {Fate.SENT}
    print(f"\n{MAILS} mails, {WORKERS} processes ({counts}): {took:.1f} s, {MAILS / took:.0f} a second")  # noqa: T201
