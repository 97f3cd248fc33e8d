"""Imports: all of them, a new one, and one with what it asks for at its stage."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from interventions.imports import asking
from interventions.imports.forgetting import folder_of
from interventions.models import ImportFile, ImportRequest, ImportStage
from portals import tasks
from portals.manager.acts import SeeOther
from portals.manager.imports import lines, words
from portals.manager.imports.forms import ColumnsForm, FilesForm, KindsForm
from portals.web import paging, presses
from portals.web.pages import INVALID, is_partial, page
from portals.web.requests import ActorRequest


def may(request: ActorRequest) -> None:
    """Refuse (403) who may not import."""
    if not asking.may_import(request.actor):
        raise PermissionDenied(_("Les imports demandent le droit de gestion, sur tous les secteurs."))


def find(request: ActorRequest, public_id: UUID) -> ImportRequest:
    """Return an import of the actor's agency, else 404; 403 for who may not import."""
    may(request)
    found = ImportRequest.objects.select_related("made").prefetch_related("files")
    return get_object_or_404(found, agence_id=request.actor.agence_id, public_id=public_id)


def url_of(asked: ImportRequest) -> str:
    """Return the address of an import."""
    return reverse("gestion:import", args=[asked.public_id])


@require_http_methods(["GET", "POST"])
def index(request: ActorRequest) -> HttpResponse:
    """Show the imports, the latest first, 50 a page; take files for a new one."""
    may(request)
    posted = request.method == "POST"
    form = FilesForm(request.POST, request.FILES) if posted else FilesForm()
    if posted and form.is_valid():
        sent = form.cleaned_data["fichiers"]
        asked = asking.ask(request.actor, sent, request.now, partial(_keep, request), presses.key_of(request))
        return SeeOther(url_of(asked))
    found = ImportRequest.objects.filter(agence_id=request.actor.agence_id)
    cut = paging.cut(found.select_related("made").prefetch_related("files"), "-created_at", request.GET)
    rows = [(asked, lines.summary(asked)) for asked in cut.rows]
    context = {"form": form, "cut": cut, "rows": rows}
    return page(request, "manager/imports/index.html", context, status=INVALID if posted else 200)


def _keep(request: ActorRequest, file: ImportFile, content: ContentFile) -> None:
    name = f"{folder_of(request.actor.agence)}/{uuid4()}.csv"
    request.on_rollback.append(partial(file.file.storage.delete, name))
    file.file.save(name, content, save=True)


@require_http_methods(["GET", "POST"])
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show an import at its stage; say what its files and their columns are, while that is open."""
    asked = find(request, public_id)
    if request.method == "POST":
        return _say(request, asked)
    if asked.is_at_work:
        return page(request, "manager/imports/progress.html", _at_work(request, asked), fragment="progress")
    if is_partial(request) and request.htmx.target == "avancement":
        return HttpResponseClientRefresh()
    if asked.stage == ImportStage.COLUMNS:
        return _columns(request, asked, None)
    return _report(request, asked)


def _at_work(request: ActorRequest, asked: ImportRequest) -> dict[str, Any]:
    held = asked.lease_until is not None and asked.lease_until > request.now
    return {"asked": asked, "is_held": held, "loads": asked.stage == ImportStage.LOADING}


def _columns(
    request: ActorRequest, asked: ImportRequest, form: KindsForm | ColumnsForm | None, status: int = 200
) -> HttpResponse:
    files = _files(asked)
    if form is None:
        form = KindsForm(files) if _asks_kinds(request, files) else ColumnsForm(files)
    context = {"asked": asked, "form": form, "asks_kinds": isinstance(form, KindsForm)}
    return page(request, "manager/imports/columns.html", context, status=status)


def _files(asked: ImportRequest) -> list[ImportFile]:
    return list(asked.files.all())


def _asks_kinds(request: ActorRequest, files: list[ImportFile]) -> bool:
    return "genres" in request.GET or not all(file.kind for file in files)


def _say(request: ActorRequest, asked: ImportRequest) -> HttpResponse:
    files = _files(asked)
    says_kinds = "0-genre" in request.POST or not all(file.kind for file in files)
    form: KindsForm | ColumnsForm = (KindsForm if says_kinds else ColumnsForm)(files, request.POST)
    if asked.stage == ImportStage.COLUMNS and not form.is_valid():
        return _columns(request, asked, form, status=INVALID)
    try:
        if isinstance(form, KindsForm):
            asking.say_kinds(asked, form.kinds() if form.is_valid() else {})
        else:
            asking.say_columns(asked, request.actor, form.columns() if form.is_valid() else {}, request.now)
            tasks.nudge()
    except asking.Stale:
        say_stale(request)
    return SeeOther(url_of(asked))


def say_stale(request: ActorRequest) -> None:
    """Say that the import has moved on since the page was shown."""
    messages.warning(request, _("Cet import a avancé entre-temps : rien n’a été fait. Voici où il en est."))


def _report(request: ActorRequest, asked: ImportRequest) -> HttpResponse:
    files = _files(asked)
    kind, result = lines.chosen(request.GET, files, moved=asked.moved)
    context = {
        "asked": asked,
        "table": lines.table(files, kind, result),
        "results": words.RESULTS,
        "kind": kind,
        "result": lines.words_of(result),
        "cut": lines.cut(asked, kind, result, request.GET),
        "summary": lines.summary(asked),
        "seen": asking.preview_seen(asked),
        "refused": [file for file in files if file.counts.get("refused") and file.file],
        "writes": any(file.counts.get("created") or file.counts.get("updated") for file in files),
    }
    return page(request, "manager/imports/report.html", context)
