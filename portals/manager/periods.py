"""Périodes: the months of the agency, what each holds before it is closed, closing and reopening it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from interventions import closing, hours, operations
from interventions.closing import MonthFigures
from interventions.models import DayTotal, Period, PeriodEntry
from interventions.states import Right
from portals.manager.acts import SeeOther
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

# Months a page.
PAGE = 24
BEFORE = "avant"
WINDOWS: dict[str, Promise] = {
    "object": gettext_lazy("validées à la place du client ou sans réponse : le client peut encore s’y opposer"),
    "dispute": gettext_lazy("annulées : l’autre côté peut encore contester l’annulation"),
    "retract": gettext_lazy("avec une réponse du client, qui peut encore revenir sur sa réponse"),
}


class ReopenForm(forms.Form):
    """Why a month is opened again."""

    reason = forms.CharField(
        label=gettext_lazy("Pourquoi le rouvrir"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the list, and its row if it has one."""

    month: date
    period: Period | None

    @property
    def closed_at(self) -> Any:
        """When it was closed, None while it is open."""
        return self.period and self.period.closed_at

    @property
    def url(self) -> str:
        """Where it is."""
        return url_of(self.month)


def url_of(month: date) -> str:
    """Return the address of a month."""
    return reverse("gestion:period", args=[f"{month:%Y-%m}"])


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """Show the agency's months, the latest first, 24 a page, and which are closed."""
    latest, first = hours.month_of(request.actor.today(request.now)), _first(request)
    asked = _read(request.GET.get(BEFORE, ""))
    months = [asked if asked and asked <= latest else latest]
    while len(months) <= PAGE and months[-1] > first:
        months.append(_previous(months[-1]))
    shown = months[:PAGE]
    found = Period.objects.filter(agence_id=request.actor.agence_id, month__in=shown).select_related("closed_by")
    periods = {period.month: period for period in found}
    context = {
        "months": [Month(month, periods.get(month)) for month in shown],
        "next_url": f"?{BEFORE}={months[PAGE]:%Y-%m}" if len(months) > PAGE else "",
        "previous_url": "?" if asked else "",
    }
    return page(request, "manager/periods/index.html", context)


@require_GET
def sheet(request: ActorRequest, month: str) -> HttpResponse:
    """Show what a month holds, and what may be done with it."""
    return _show(request, _found(request, month), ReopenForm())


@require_POST
def close(request: ActorRequest, month: str) -> HttpResponse:
    """Close a month, if it still holds what was shown."""
    _needs(request, Right.CLOSE, _("Clôturer demande le droit de clôture, sur tous les secteurs."))
    found = _found(request, month)
    figures = closing.month_of(request.actor, found.month, request.now)
    if request.POST.get("vu", "") != seen(figures):
        messages.warning(request, _("Ce mois a changé entre-temps : il reste ouvert. Regardez-le encore."))
        return SeeOther(found.url)
    try:
        operations.close_month(request.actor, found.month, request.now, figures.as_dict())
    except operations.MonthBusy:
        messages.warning(
            request, _("Un import ou un lot travaille dans ce mois : il reste ouvert. Réessayez dans une minute.")
        )
        return SeeOther(found.url)
    messages.success(request, _("Le mois est clôturé : plus rien n’y change."))
    return SeeOther(found.url)


@require_POST
def reopen(request: ActorRequest, month: str) -> HttpResponse:
    """Open a closed month again, for a reason that stays on record."""
    _needs(request, Right.UNLOCK, _("Rouvrir demande le droit de déverrouillage, sur tous les secteurs."))
    found = _found(request, month)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=INVALID)
    operations.reopen_month(request.actor, found.month, request.now, form.cleaned_data["reason"])
    messages.success(request, _("Le mois est rouvert."))
    return SeeOther(found.url)


def _show(request: ActorRequest, found: Month, form: ReopenForm, status: int = 200) -> HttpResponse:
    actor = request.actor
    figures = closing.month_of(actor, found.month, request.now)
    entries = PeriodEntry.objects.filter(agence_id=actor.agence_id, month=found.month).order_by("-id")[:PAGE]
    context = {
        "month": found.month,
        "period": found.period,
        "closed_at": found.closed_at,
        "url": found.url,
        "figures": figures,
        "windows": [(WINDOWS[window.name], window) for window in figures.windows],
        "seen": seen(figures),
        "is_over": _next(found.month) <= actor.today(request.now),
        "last": closing.last_day(found.month),
        "entries": entries,
        "form": form,
        "may_close": _may(request, Right.CLOSE),
        "may_reopen": _may(request, Right.UNLOCK),
        "limited": actor.secteur_ids is not None,
    }
    return page(request, "manager/periods/month.html", context, status=status)


def seen(figures: MonthFigures) -> str:
    """Return what tells what was shown of a month from what it holds by now."""
    return ";".join(f"{name}={count}" for name, count in sorted(figures.as_dict().items()))


def _may(request: ActorRequest, right: Right) -> bool:
    return request.actor.has(right) and request.actor.secteur_ids is None


def _needs(request: ActorRequest, right: Right, why: str) -> None:
    if not _may(request, right):
        raise PermissionDenied(why)


def _found(request: ActorRequest, text: str) -> Month:
    """Return a month of the agency: from its first visit to the present one; else 404."""
    month = _read(text)
    if month is None or not _first(request) <= month <= hours.month_of(request.actor.today(request.now)):
        raise Http404
    period = Period.objects.filter(agence_id=request.actor.agence_id, month=month).select_related("closed_by").first()
    return Month(month, period)


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _first(request: ActorRequest) -> date:
    """Return the month of the agency's first visit, or the present one where there is none."""
    first = DayTotal.objects.filter(agence_id=request.actor.agence_id).aggregate(first=Min("day"))["first"]
    return min(hours.month_of(day) for day in (first, request.actor.today(request.now)) if day)


def _previous(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _next(month: date) -> date:
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)
