"""Accueil: what waits for a human, by age, each count leading to exactly those rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from interventions.models import Intervention
from portals.manager import paging, waiting
from portals.manager.waiting import Subject
from portals.web import format as fmt
from portals.web.pages import page
from portals.web.planning import client_name
from portals.web.requests import ActorRequest

LONG, SHORT = timedelta(days=7), timedelta(days=1)
ICONS = {
    Subject.ARBITRATION: "scale",
    Subject.UNATTACHED: "no-contract",
    Subject.DRAFTS: "user",
    Subject.CONTESTED: "refused",
    Subject.OVERDUE: "clock",
}


@dataclass(frozen=True)
class Total:
    """A count at the head of the page, and where its rows are."""

    label: str
    count: int
    url: str
    icon: str = ""
    status: str = ""
    current: bool = False


@dataclass(frozen=True)
class Item:
    """A visit that waits: what for, since when, where to go."""

    visit: Intervention
    since: datetime
    title: str
    detail: str
    icon: str
    action: str
    url: str
    late: bool


@dataclass(frozen=True)
class Group:
    """The visits of one age."""

    key: str
    label: str
    items: list[Item]
    late: bool = False


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """Show what waits, all of it or one subject, the oldest first, 50 at a time."""
    subject = next((one for one in Subject if one == request.GET.get("sujet")), None)
    found = waiting.visits(request.actor, request.actor.today(request.now), subject)
    cut = paging.cut(found, "since", request.GET)
    counts = waiting.counts(request)
    items = [_item(visit, request.now) for visit in cut.rows]
    context = {
        "totals": _totals(counts, subject),
        "total": sum(counts.values()),
        "subject": subject,
        "groups": [group for group in _groups(items, request.now) if group.items],
        "first_name": request.actor.name.partition(" ")[0],
        "today": request.actor.today(request.now),
        "cut": cut,
    }
    return page(request, "manager/home.html", context, fragment="waiting")


def _totals(counts: dict[str, int], subject: Subject | None) -> list[Total]:
    url = reverse("gestion:home")
    visits = sum(counts[one.name] for one in Subject)
    found = [Total(_("Visites en attente"), visits, url, current=subject is None)]
    for one in Subject:
        found.append(Total(str(one.label), counts[one.name], f"{url}?sujet={one}", ICONS[one], "", one is subject))
    mails = f"{url}envois/?sort=revenus"
    clients = f"{reverse('gestion:clients')}?adresse=sans"
    return [
        *found,
        Total(_("Mails revenus"), counts["MAILS"], mails, "mail-back"),
        Total(_("Clients sans adresse"), counts["CLIENTS"], clients, "no-address"),
    ]


def _groups(items: Iterable[Item], now: datetime) -> list[Group]:
    long = Group("longtemps", _("Depuis plus d’une semaine"), [], late=True)
    week = Group("semaine", _("Cette semaine"), [])
    day = Group("jour", _("Depuis moins d’un jour"), [])
    for item in items:
        age = now - item.since
        (long if age >= LONG else week if age >= SHORT else day).items.append(item)
    return [long, week, day]


def _item(visit: Any, now: datetime) -> Item:
    subject = waiting.subject_of(visit)
    who = visit.intervenant.full_name if visit.intervenant else _("sans intervenant")
    when = f"{fmt.day(visit.day, fmt.as_date(now))}, {fmt.time_range(visit.retained_start, visit.retained_end)}"
    name = "gestion:deliberation" if subject is Subject.ARBITRATION else "gestion:visit"
    return Item(
        visit,
        visit.since,
        _("%(client)s et %(who)s : %(what)s") % {"client": client_name(visit), "who": who, "what": _WHAT[subject]},
        f"{when[0].upper()}{when[1:]} · {visit.prestation}",
        ICONS[subject],
        str(_ACTIONS[subject]),
        reverse(name, args=[visit.public_id]),
        now - visit.since >= LONG,
    )


_WHAT = {
    Subject.ARBITRATION: gettext_lazy("à délibérer"),
    Subject.UNATTACHED: gettext_lazy("ajoutée, sans contrat facturable"),
    Subject.DRAFTS: gettext_lazy("brouillon"),
    Subject.CONTESTED: gettext_lazy("modification sans réponse de l’intervenant"),
    Subject.OVERDUE: gettext_lazy("passée, rien de déclaré"),
}
_ACTIONS = {
    Subject.ARBITRATION: gettext_lazy("Délibérer"),
    Subject.UNATTACHED: gettext_lazy("Rattacher"),
    Subject.DRAFTS: gettext_lazy("Affecter"),
    Subject.CONTESTED: gettext_lazy("Ouvrir"),
    Subject.OVERDUE: gettext_lazy("Ouvrir"),
}
