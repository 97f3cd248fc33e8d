"""Keeping, opening, renaming and removing views of the table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest
from tracking import saved_views
from tracking.filters import Filters
from tracking.models import SavedView
from tracking.view_forms import NameForm, NewViewForm

SEE_OTHER = 303


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: ActorRequest) -> HttpResponse:
    """List the views that the person may open; with the query of a table, offer to keep it under a name."""
    if request.method != "POST":
        return _page(request, NewViewForm(None, request.actor))
    form = NewViewForm(request.POST, request.actor)
    filters = Filters(request.GET, request.actor, request.now)
    if not form.is_valid() or not filters.is_valid():
        return _page(request, form, status=INVALID)
    chosen = form.cleaned_data
    shared = chosen.get("partagee", False)
    view = SavedView.objects.create(
        agence_id=request.actor.agence_id,
        user_id=request.actor.user_id,  # type: ignore[misc]
        name=chosen["nom"],
        query=saved_views.kept_query(request.GET, dates=chosen["dates"]),
        shared=shared,
        secteurs=saved_views.secteurs_of(filters) if shared else None,
    )
    if chosen["defaut"]:
        saved_views.open_on(request.actor, view)
    messages.success(request, _("La vue «\u00a0%(name)s\u00a0» est gardée.") % {"name": view.name})
    return HttpResponseRedirect(f"{reverse('suivi:index')}?{view.query}", status=SEE_OTHER)


@require_POST
def rename(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Give a view another name."""
    view = _changeable(request, public_id)
    form = NameForm(request.POST, request.actor, view)
    if not form.is_valid():
        return _page(request, NewViewForm(None, request.actor), renaming=form, status=INVALID)
    view.name = form.cleaned_data["nom"]
    view.save(update_fields=["name"])
    return _back(request, _("La vue s’appelle maintenant «\u00a0%(name)s\u00a0».") % {"name": view.name})


@require_POST
def remove(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Remove a view; whoever's table opened on it opens as usual again."""
    view = _changeable(request, public_id)
    view.delete()
    return _back(request, _("La vue «\u00a0%(name)s\u00a0» est supprimée.") % {"name": view.name})


@require_POST
def open_on(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Let the person's table open on this view, or no longer."""
    view = _seen(request, public_id)
    if saved_views.opens_on(request.actor) == view.pk:
        saved_views.open_on(request.actor, None)
        return _back(request, _("Le tableau s’ouvre de nouveau sans vue."))
    saved_views.open_on(request.actor, view)
    return _back(request, _("Le tableau s’ouvre sur «\u00a0%(name)s\u00a0».") % {"name": view.name})


def _seen(request: ActorRequest, public_id: UUID) -> SavedView:
    view = saved_views.find(request.actor, public_id)
    if view is None:
        raise Http404
    return view


def _changeable(request: ActorRequest, public_id: UUID) -> SavedView:
    view = _seen(request, public_id)
    if not saved_views.may_change(request.actor, view):
        raise PermissionDenied(_("Changer une vue partagée demande le droit de gestion ou d’administration."))
    return view


def _page(
    request: ActorRequest, form: NewViewForm, renaming: NameForm | None = None, status: int = 200
) -> HttpResponse:
    actor, opened = request.actor, saved_views.opens_on(request.actor)
    filters = Filters(request.GET, actor, request.now) if request.GET else None
    context: dict[str, Any] = {
        "form": form,
        "query": request.GET.urlencode(),
        "savable": filters is not None and filters.is_valid(),
        "views": [_line(actor, view, opened, renaming) for view in saved_views.visible_to(actor)],
    }
    return page(request, "tracking/views.html", context, status=status)


def _line(actor: Any, view: SavedView, opened: int | None, renaming: NameForm | None) -> dict[str, Any]:
    mine = renaming and renaming.view and renaming.view.pk == view.pk
    may_change = saved_views.may_change(actor, view)
    form = (renaming if mine else NameForm({"nom": view.name}, actor, view)) if may_change else None
    return {"view": view, "opens": view.pk == opened, "form": form, "refused": mine}


def _back(request: ActorRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("suivi:views"), status=SEE_OTHER)
