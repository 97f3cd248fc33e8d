"""What an import keeps for a time only: the files as they were sent, and what was said of each line.

Who sent what and when, and how many lines had which result, stays with the import.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import Storage
from django.db import transaction

from interventions.models import Agence, ImportFile, ImportFinding, ImportRequest, ImportStage
from interventions.models.import_requests import AT_WORK, ENDED
from interventions.tenancy import within

# Long enough to correct what was refused; an import that nobody confirmed by then is given up.
KEPT = timedelta(days=30)


def forget(agence: Agence, now: datetime) -> int:
    """Remove an agency's old files and lines of imports, and files that no row tells of; return how many went."""
    old = ImportRequest.objects.filter(agence=agence, created_at__lt=now - KEPT).exclude(stage__in=AT_WORK)
    old.exclude(stage__in=ENDED).update(stage=ImportStage.DROPPED, finished_at=now)
    findings = ImportFinding.objects.filter(agence=agence, request__in=old)
    files = ImportFile.objects.filter(agence=agence, request__in=old).exclude(file="")
    names = list(files.values_list("file", flat=True))
    orphans = _orphans(agence, now)
    files.update(file="", sample=[])
    transaction.on_commit(partial(_delete, [*names, *orphans]))
    return findings.delete()[0] + len(names) + len(orphans)


def folder_of(agence: Agence) -> str:
    """Return where an agency's files lie, within the storage."""
    return f"imports/{agence.public_id}"


def _orphans(agence: Agence, now: datetime) -> list[str]:
    """Return the files that a process left which was killed between the file and its row."""
    storage, folder = _storage(), folder_of(agence)
    files = storage.listdir(folder)[1] if storage.exists(folder) else []
    old = [name for name in (f"{folder}/{file}" for file in files) if storage.get_modified_time(name) < now - KEPT]
    # Said here too: where no agency is told, no row is seen, and every file would be an orphan.
    with within(agence.pk):
        known = ImportFile.objects.filter(agence=agence, file__in=old).values_list("file", flat=True)
        kept = set(known) if old else set()
    return [name for name in old if name not in kept]


def _storage() -> Storage:
    storage: Storage = ImportFile._meta.get_field("file").storage
    return storage


def _delete(names: list[str]) -> None:
    for name in names:
        _storage().delete(name)
