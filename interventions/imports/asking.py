"""What people do with an import in the browser: send files, say which column is which, confirm, give up.

Who imports changes the whole agency: it takes the right of gestion, for all secteurs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction

from interventions.actor import Actor
from interventions.models import ColumnMatch, ImportFile, ImportRequest, ImportStage
from interventions.states import Right

from .columns import ABSENT, folded
from .recognition import KINDS, Seen, columns_of, kind_of, matches


class Stale(Exception):
    """The request is not, or no longer, as the person saw it. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: what the person calls it, its bytes, its heads."""

    name: str
    data: bytes
    seen: Seen


def may_import(actor: Actor) -> bool:
    """Whether the actor may import: gestion, for all secteurs."""
    return actor.has(Right.MANAGE) and actor.secteur_ids is None


@transaction.atomic
def ask(actor: Actor, sent: Sequence[Sent], at: datetime, keep: Any, key: str = "") -> ImportRequest:
    """Keep files that were sent as a new request, each with what it seems to be.

    The same `key` again from the same person answers with the request that it made, and keeps nothing.
    `keep(file, content)` stores one (the caller takes it back if the transaction comes to nothing). Two files of one
    kind are not told apart here: the second waits for a person to say what it is.
    """
    request, made = ImportRequest.objects.get_or_create(
        agence_id=actor.agence_id,
        gestionnaire_id=actor.gestionnaire_id,  # type: ignore[misc]
        key=key or uuid4(),
        defaults={"actor_name": actor.name, "created_at": at},
    )
    if not made:
        return request
    known, taken = matches(actor.agence_id), set[str]()
    for one in sent:
        kind = kind_of(one.seen.heads, known, one.name)
        kind = "" if kind in taken else kind
        taken.add(kind)
        file = ImportFile(
            agence_id=actor.agence_id,
            request=request,
            kind=kind,
            name=one.name[:150],
            size=len(one.data),
            sha256=hashlib.sha256(one.data).hexdigest(),
            heads=one.seen.heads,
            sample=one.seen.sample,
            columns=columns_of(kind, one.seen.heads, known) if kind else {},
        )
        keep(file, ContentFile(one.data))
    return request


@transaction.atomic
def say_kinds(request: ImportRequest, kinds: Mapping[int, str]) -> None:
    """Say what the files are, by their key; their columns are then looked for anew. Raises Stale past that step."""
    _held(request, ImportStage.COLUMNS)
    known = matches(request.agence_id)
    files = {file.pk: file for file in request.files.all()}
    ImportFile.objects.filter(agence_id=request.agence_id, pk__in=kinds).update(kind="")
    for pk, kind in kinds.items():
        file = files[pk]
        if kind and kind != file.kind:
            file.columns = columns_of(kind, file.heads, known)
        file.kind = kind
        file.save(update_fields=["kind", "columns"])


@transaction.atomic
def say_columns(request: ImportRequest, actor: Actor, columns: Mapping[int, Mapping[str, int]], at: datetime) -> None:
    """Say where each column of each file stands, and let the preview be made; the agency remembers it.

    `columns` holds by the file's key, for each expected column, its place or ABSENT. Raises Stale past that step.
    """
    held = _held(request, ImportStage.COLUMNS)
    for file in held.files.all():
        file.columns = dict(columns[file.pk])
        file.save(update_fields=["columns"])
        _remember(file, actor, at)
    _begin(held, ImportStage.READING)


def _remember(file: ImportFile, actor: Actor, at: datetime) -> None:
    """Keep the matches that no name says, an empty head for a column that such files do not have.

    A head stands for one column of a kind, as said last.
    """
    for column, place in file.columns.items():
        absences = ColumnMatch.objects.filter(agence_id=file.agence_id, kind=file.kind, column=column, head="")
        if place == ABSENT:
            absences.get_or_create(
                agence_id=file.agence_id,
                kind=file.kind,
                column=column,
                head="",
                defaults={"at": at, "actor_name": actor.name},
            )
            continue
        absences.delete()
        head = folded(file.heads[place])
        ColumnMatch.objects.filter(agence_id=file.agence_id, kind=file.kind, head=head).exclude(column=column).delete()
        if head and head != folded(column):
            ColumnMatch.objects.update_or_create(
                agence_id=file.agence_id,
                kind=file.kind,
                column=column,
                head=head,
                defaults={"at": at, "actor_name": actor.name},
            )


@transaction.atomic
def confirm(request: ImportRequest, actor: Actor, at: datetime, seen: str) -> None:
    """Let the import be done as its preview says, by `actor`. Raises Stale if it is another preview than `seen`."""
    held = _held(request, ImportStage.READY)
    if seen != preview_seen(held):
        raise Stale
    held.gestionnaire_id = actor.gestionnaire_id  # type: ignore[assignment]
    held.confirmed_by, held.confirmed_at = actor.name, at
    held.save(update_fields=["gestionnaire", "confirmed_by", "confirmed_at"])
    _begin(held, ImportStage.LOADING)


def preview_seen(request: ImportRequest) -> str:
    """Return what tells one preview of a request from the next."""
    return request.previewed_at.isoformat() if request.previewed_at else ""


@transaction.atomic
def look_again(request: ImportRequest, actor: Actor) -> None:
    """Make the preview anew, or what broke off. Raises Stale for a request that is at work, done or given up."""
    held = _held(request, ImportStage.READY, ImportStage.FAILED)
    held.gestionnaire_id = actor.gestionnaire_id  # type: ignore[assignment]
    held.save(update_fields=["gestionnaire"])
    _begin(held, ImportStage.READING)


@transaction.atomic
def other_columns(request: ImportRequest) -> None:
    """Go back to the columns of the files. Raises Stale for a request that is at work, done or given up."""
    held = _held(request, ImportStage.READY, ImportStage.FAILED)
    ImportRequest.objects.filter(pk=held.pk).update(stage=ImportStage.COLUMNS, stopped_for="")


@transaction.atomic
def drop(request: ImportRequest, at: datetime) -> None:
    """Give a request up before anything was imported. Raises Stale once the import is under way or over."""
    held = _held(request, ImportStage.COLUMNS, ImportStage.READING, ImportStage.READY, ImportStage.FAILED)
    ImportRequest.objects.filter(pk=held.pk).update(stage=ImportStage.DROPPED, finished_at=at, lease_until=None)


def _held(request: ImportRequest, *stages: ImportStage) -> ImportRequest:
    rows = ImportRequest.objects.filter(agence_id=request.agence_id, pk=request.pk, stage__in=stages)
    held = rows.select_for_update(of=("self",)).first()
    if held is None or not set(held.files.values_list("kind", flat=True)) <= {"", *KINDS}:
        raise Stale
    return held


def _begin(request: ImportRequest, stage: ImportStage) -> None:
    request.stage, request.stopped_for = stage, ""
    request.handled = request.takes = request.failures = 0
    request.begun_at = request.lease_until = None
    request.save(update_fields=["stage", "stopped_for", "handled", "takes", "failures", "begun_at", "lease_until"])
