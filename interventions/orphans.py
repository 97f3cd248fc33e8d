"""Files of scans that no row tells of: a process that was killed between the file and its row leaves one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import Storage

from interventions.models import Agence, Attachment
from interventions.tenancy import within

# Long past any request, and any hour at which database and files are put back from two backups.
AGE = timedelta(days=7)
# What a scan is called on disk; anything else in the folder is not ours to remove.
OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(pdf|jpg|png)")


def sweep(agence: Agence, now: datetime) -> int:
    """Remove the agency's files that are older than AGE at `now` and belong to no row; return how many.

    The age is read before the rows: a file whose row is written meanwhile is too young to be looked at.
    """
    storage: Storage = Attachment._meta.get_field("file").storage
    old = list(_old(storage, str(agence.public_id), now))
    # Said here too: where no agency is told, no row is seen, and every file would be an orphan.
    with within(agence.pk):
        kept = set(Attachment.objects.filter(agence=agence).values_list("file", flat=True)) if old else set()
    orphans = [name for name in old if name not in kept]
    for name in orphans:
        storage.delete(name)
    return len(orphans)


def _old(storage: Storage, folder: str, now: datetime) -> Iterator[str]:
    files = storage.listdir(folder)[1] if storage.exists(folder) else []
    for name in (f"{folder}/{file}" for file in files if OURS.fullmatch(file)):
        if storage.get_modified_time(name) < now - AGE:
            yield name
