"""What waits as lines to read: a visit, or the visits of one client and one intervenant, and how old they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from interventions.models import Intervention
from portals.manager import waiting
from portals.manager.waiting import Subject
from portals.web import format as fmt
from portals.web.planning import client_name

LONG, SHORT = timedelta(days=7), timedelta(days=1)
# In the address: the visits of every subject one by one; those without an intervenant.
EVERY, NOBODY = "toutes", "aucun"
ICONS = {
    Subject.ARBITRATION: "scale",
    Subject.UNATTACHED: "no-contract",
    Subject.DRAFTS: "user",
    Subject.CONTESTED: "refused",
    Subject.OVERDUE: "clock",
    Subject.UNANSWERED: "mail",
}
WHAT = {
    Subject.ARBITRATION: ngettext_lazy("à délibérer", "%(n)d visites à délibérer", "n"),
    Subject.UNATTACHED: ngettext_lazy(
        "visite ajoutée, sans contrat facturable", "%(n)d visites ajoutées, sans contrat facturable", "n"
    ),
    Subject.DRAFTS: ngettext_lazy("brouillon", "%(n)d brouillons", "n"),
    Subject.CONTESTED: ngettext_lazy(
        "modification sans réponse de l’intervenant", "%(n)d modifications sans réponse de l’intervenant", "n"
    ),
    Subject.OVERDUE: ngettext_lazy("visite passée, rien de déclaré", "%(n)d visites passées, rien de déclaré", "n"),
    Subject.UNANSWERED: ngettext_lazy(
        "à valider, sans réponse après les relances", "%(n)d visites à valider, sans réponse après les relances", "n"
    ),
}
ACTIONS = {
    Subject.ARBITRATION: gettext_lazy("Délibérer"),
    Subject.UNATTACHED: gettext_lazy("Rattacher"),
    Subject.DRAFTS: gettext_lazy("Affecter"),
    Subject.CONTESTED: gettext_lazy("Ouvrir"),
    Subject.OVERDUE: gettext_lazy("Ouvrir"),
    Subject.UNANSWERED: gettext_lazy("Ouvrir"),
}


@dataclass(frozen=True)
class Total:
    """A count at the head of the page, and where its rows are."""

    label: str
    count: int
    url: str
    icon: str = ""
    current: bool = False


@dataclass(frozen=True)
class Item:
    """A line: what waits, since when, where to go."""

    status: str
    since: datetime
    title: str
    detail: str
    icon: str
    action: str
    url: str
    late: bool


@dataclass(frozen=True)
class Group:
    """The lines of one age."""

    key: str
    label: str
    items: list[Item]
    late: bool = False


def totals(counts: dict[str, int], asked: str) -> list[Total]:
    """Return the counts at the head of the page, each leading to its rows; `asked` is the subject in the address."""
    url = reverse("gestion:home")
    clients = f"{reverse('gestion:clients')}?adresse=sans"
    visits = sum(counts[one.name] for one in Subject)
    return [
        Total(_("Visites en attente"), visits, f"{url}?sujet={EVERY}", current=asked == EVERY),
        *(Total(str(one.label), counts[one.name], list_url(one), ICONS[one], one == asked) for one in Subject),
        Total(_("Mails revenus"), counts["MAILS"], f"{reverse('gestion:mails')}?sort=revenus", "mail-back"),
        Total(_("Clients sans adresse"), counts["CLIENTS"], clients, "no-address"),
    ]


def by_age(items: Iterable[Item], now: datetime) -> list[Group]:
    """Return the lines by how long they have waited, empty ages left out."""
    long = Group("longtemps", _("Depuis plus d’une semaine"), [], late=True)
    week = Group("semaine", _("Cette semaine"), [])
    day = Group("jour", _("Depuis moins d’un jour"), [])
    for one in items:
        age = now - one.since
        (long if age >= LONG else week if age >= SHORT else day).items.append(one)
    return [group for group in (long, week, day) if group.items]


def item(visit: Any, now: datetime, group: dict[str, Any] | None = None) -> Item:
    """Return the line of one visit, or of the `group` that it stands for."""
    subject = waiting.subject_of(visit)
    count, since = (group["n"], group["oldest"]) if group else (1, visit.since)
    return Item(
        visit.status,
        since,
        _("%(who)s : %(what)s") % {"who": _who(visit), "what": WHAT[subject] % {"n": count}},
        f"{_when(visit, count, group, now)} · {visit.prestation}" if count == 1 else _when(visit, count, group, now),
        ICONS[subject],
        str(ACTIONS[subject]) if count == 1 else _("Voir la liste"),
        _url(visit, subject) if count == 1 else list_url(subject, visit),
        now - since >= LONG,
    )


def grouped_items(rows: list[dict[str, Any]], now: datetime) -> list[Item]:
    """Return the lines of `waiting.groups`, in two statements whatever their number."""
    found = Intervention.objects.select_related("client", "intervenant", "prestation")
    visits = found.in_bulk([row["one"] for row in rows])
    return [item(visits[row["one"]], now, row) for row in rows if row["one"] in visits]


def _who(visit: Any) -> str:
    if visit.intervenant is None:
        return _("%(client)s, sans intervenant") % {"client": client_name(visit)}
    return _("%(client)s et %(who)s") % {"client": client_name(visit), "who": visit.intervenant.full_name}


def _when(visit: Any, count: int, group: dict[str, Any] | None, now: datetime) -> str:
    today = fmt.as_date(now)
    if count == 1 or group is None:
        text = f"{fmt.day(visit.day, today)}, {fmt.time_range(visit.retained_start, visit.retained_end)}"
        return text[0].upper() + text[1:]
    days = {"first": fmt.date_words(group["first"], today), "last": fmt.date_words(group["last"], today)}
    if group["first"] == group["last"]:
        return _("Le %(first)s") % days
    return _("Du %(first)s au %(last)s") % days


def _url(visit: Any, subject: Subject) -> str:
    name = "gestion:deliberation" if subject is Subject.ARBITRATION else "gestion:visit"
    return reverse(name, args=[visit.public_id])


def list_url(subject: Subject, visit: Any = None) -> str:
    """Return the address that lists the visits of a subject, or of it those of one client and intervenant."""
    asked = {"sujet": str(subject)}
    if visit is not None:
        asked["client"] = str(visit.client.public_id)
        asked["intervenant"] = str(visit.intervenant.public_id) if visit.intervenant else NOBODY
    return f"{reverse('gestion:home')}?{urlencode(asked)}"
