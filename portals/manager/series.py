"""Series of visits: created from the client's planning, looked at, changed from a day on, ended."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from interventions.models import Client, Intervention, Series
from interventions.operations import Outcome
from interventions.planning import series
from interventions.states import Right
from portals.manager import acts, visible
from portals.manager.series_forms import EndForm, ReshapeForm, SeriesForm, in_words
from portals.web import format as fmt
from portals.web.pages import INVALID, page
from portals.web.presses import is_known, key_of, tell
from portals.web.requests import ActorRequest

LISTED = 30


def find(request: ActorRequest, public_id: UUID) -> Series:
    """Return a series of a client that this person sees, with those it names."""
    found: Any = Series.objects.visible_to(request.actor)
    return get_object_or_404(
        found.select_related("client", "intervenant", "prestation", "contrat"), public_id=public_id
    )


def series_url(one: Series) -> str:
    """Return the address of a series."""
    return reverse("gestion:series", args=[one.public_id])


def going_on(request: ActorRequest, client: Client) -> list[tuple[Series, str]]:
    """Return the client's series that have not ended, each with its rule in words."""
    today = request.actor.today(request.now)
    found: Any = Series.objects.visible_to(request.actor).filter(client_id=client.pk)
    current = found.exclude(ends_on__lt=today).select_related("intervenant", "prestation").order_by("starts_on", "id")
    return [(one, in_words(one)) for one in current]


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the form of a new series of this client, or plan its first visits and show it."""
    client = visible.client(request, public_id)
    posted, may = request.method == "POST", request.actor.has(Right.MANAGE)
    form = SeriesForm(
        client=client,
        actor=request.actor,
        now=request.now,
        data=request.POST if posted else None,
        known=posted and is_known(request),
    )
    if posted and form.is_valid() and may:
        one = form.series
        outcome = series.start(one, actor=request.actor, at=request.now, key=key_of(request), reason=form.given_reason)
        tell(request, outcome)
        return acts.SeeOther(_made(outcome) or _planning(client))
    context = {"client": client, "form": form, "may_manage": may}
    return page(request, "manager/series_new.html", context, status=INVALID if posted else 200)


def _made(outcome: Outcome) -> str:
    """Return the address of the series that a press made, this time or before."""
    keys = [row.intervention_id for row in outcome.done[:1] if row.intervention_id]
    visit = Intervention.objects.filter(pk__in=keys).select_related("series").first()
    return series_url(visit.series) if visit and visit.series else ""


def _planning(client: Client) -> str:
    return f"{reverse('gestion:client', args=[client.public_id])}?onglet=planning"


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show a series: its rule in words, who and what, the visits that are to come."""
    one = find(request, public_id)
    today = request.actor.today(request.now)
    mine: Any = Intervention.objects.visible_to(request.actor).filter(series=one.pk, day__gte=today)
    context = {
        "series": one,
        "words": in_words(one),
        "facts": _facts(one),
        "visits": list(mine.in_order().select_related("intervenant")[:LISTED]),
        "may_manage": request.actor.has(Right.MANAGE),
        "over": one.is_over(today),
    }
    return page(request, "manager/series.html", context)


def _facts(one: Series) -> list[tuple[str, str]]:
    until = f"{one.ends_on:%d/%m/%Y}" if one.ends_on else _("sans fin")
    return [
        (_("Jours"), in_words(one)),
        (_("Du"), f"{one.starts_on:%d/%m/%Y}"),
        (_("Au"), until),
        (_("Heures"), f"{fmt.hour(one.start)} – {fmt.hour(one.end)}"),
        (_("Kilomètres"), fmt.km(one.km)),
        (_("Prestation"), str(one.prestation)),
        (_("Intervenant"), str(one.intervenant or _("à désigner"))),
        (_("Contrat"), str(one.contrat or "—")),
        (_("Ordre de mission"), one.ordre_de_mission or "—"),
        (_("Visites créées jusqu’au"), f"{one.made_until:%d/%m/%Y}"),
    ]


@require_http_methods(["GET", "POST"])
def reshape(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Change the series and its visits from a day on (?des= proposes one); declared ones stay as they are."""
    one = find(request, public_id)
    posted, may = request.method == "POST", request.actor.has(Right.MANAGE)
    form = ReshapeForm(
        series=one,
        actor=request.actor,
        first=_day(request.GET.get("des", ""), request.actor.today(request.now)),
        data=request.POST if posted else None,
        known=posted and is_known(request),
    )
    if posted and form.is_valid() and may:
        first = form.cleaned_data["first"]
        press: dict[str, Any] = {"actor": request.actor, "at": request.now, "key": key_of(request)}
        _tell(request, series.reshape(one, form.shape, first, reason=form.given_reason, **press))
        return acts.SeeOther(series_url(one))
    context = {"series": one, "form": form, "may_manage": may, "words": in_words(one)}
    return page(request, "manager/series_change.html", context, status=INVALID if posted else 200)


@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Let the series end: the visits after its last day are cancelled, after a look at how many they are."""
    one = find(request, public_id)
    posted, may = request.method == "POST", request.actor.has(Right.MANAGE)
    today = request.actor.today(request.now)
    form = EndForm(actor=request.actor, today=today, data=request.POST if posted else None)
    if posted and form.is_valid() and may:
        last, motif = form.cleaned_data["last"], form.cleaned_data["motif"]
        _tell(request, series.end(one, last, motif.pk, actor=request.actor, at=request.now, key=key_of(request)))
        return acts.SeeOther(series_url(one))
    standing = series.standing(one, request.actor, today)
    context = {"series": one, "form": form, "may_manage": may, "words": in_words(one), "standing": standing}
    return page(request, "manager/series_end.html", context, status=INVALID if posted else 200)


def _tell(request: ActorRequest, outcome: Outcome) -> None:
    tell(request, outcome)
    if not outcome.rows:
        messages.success(request, _("La série est enregistrée ; aucune visite n’avait à changer."))


def _day(text: str, usual: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return usual
