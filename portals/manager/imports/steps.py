"""The presses on an import, and the file of its refused lines."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from interventions.imports import asking, refused_lines
from interventions.models import ImportFile, ImportRequest
from interventions.tenancy import streamed
from portals import tasks
from portals.manager.acts import SeeOther
from portals.manager.imports.views import find, may, say_stale, url_of
from portals.web.requests import ActorRequest


@require_POST
def confirm(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Let the import be done as its preview says, in the background."""
    seen = request.POST.get("vu", "")
    return _step(request, public_id, lambda asked: asking.confirm(asked, request.actor, request.now, seen))


@require_POST
def again(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Make the preview anew."""
    return _step(request, public_id, lambda asked: asking.look_again(asked, request.actor))


@require_POST
def columns(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Go back to what the columns are."""
    return _step(request, public_id, asking.other_columns)


@require_POST
def drop(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Give an import up, with nothing imported; then all of them."""
    asked = find(request, public_id)
    try:
        asking.drop(asked, request.now)
    except asking.Stale:
        say_stale(request)
        return SeeOther(url_of(asked))
    messages.success(request, _("L’import est abandonné. Rien n’a été importé."))
    return SeeOther(reverse("gestion:imports"))


def _step(request: ActorRequest, public_id: UUID, step: Callable[[ImportRequest], None]) -> HttpResponse:
    asked = find(request, public_id)
    try:
        step(asked)
    except asking.Stale:
        say_stale(request)
    tasks.nudge()
    return SeeOther(url_of(asked))


@require_safe
def refused(request: ActorRequest, public_id: UUID) -> StreamingHttpResponse:
    """Send the refused lines of one file, to correct and send again."""
    may(request)
    found = ImportFile.objects.filter(agence_id=request.actor.agence_id).exclude(file="")
    file = get_object_or_404(found, public_id=public_id)
    if not file.counts.get("refused"):
        raise Http404
    lines = streamed(request.actor.agence_id, refused_lines.lines(file))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"refusees-{file.kind}"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer
