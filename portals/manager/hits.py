"""What the search finds and what was seen recently, as lines to choose from: a client, an intervenant, a visit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import recent
from interventions.actor import Actor
from interventions.models import Client, Intervenant, Intervention
from interventions.states import Labelled
from portals.web import format as fmt

# A number that begins with one letter would find all that the agency ever imported.
SHORTEST_NUMBER = 2


class Kind(Labelled):
    """What was found."""

    CLIENT = "client", gettext_lazy("Client")
    INTERVENANT = "intervenant", gettext_lazy("Intervenant")
    VISIT = "intervention", gettext_lazy("Visite")


HEADINGS: dict[Kind, Promise] = {
    Kind.CLIENT: gettext_lazy("Clients"),
    Kind.INTERVENANT: gettext_lazy("Intervenants"),
    Kind.VISIT: gettext_lazy("Visites, par leur numéro"),
}
ICONS = {Kind.CLIENT: "users", Kind.INTERVENANT: "user", Kind.VISIT: "calendar"}


@dataclass(frozen=True)
class Hit:
    """One line: what it is, how it is called, what tells it from others of that name, where it leads."""

    kind: Kind
    label: str
    detail: str
    url: str

    @property
    def icon(self) -> str:
        """The icon of its kind; the words stand beside it."""
        return ICONS[self.kind]


@dataclass(frozen=True)
class Group:
    """What was found of one kind, and whether there is more than is shown."""

    kind: Kind
    hits: list[Hit]
    more: bool

    @property
    def heading(self) -> Promise:
        """What stands above it."""
        return HEADINGS[self.kind]


def search(actor: Actor, text: str, shown: int) -> list[Group]:
    """Return what a text may mean to the actor, at most `shown` of a kind, empty kinds left out.

    People by every word of their name or number, visits by how their number begins; accents and case do not count.
    One statement a kind, each by an index. Nothing typed finds nothing.
    """
    if not text:
        return []
    groups = [_group(kind, list(_found(kind, actor, text)[: shown + 1]), shown) for kind in Kind]
    return [group for group in groups if group.hits]


def recently_seen(actor: Actor, shown: int = recent.KEPT) -> list[Hit]:
    """Return what the actor opened last, the latest first."""
    return [_hit(row) for row in recent.seen(actor)[:shown]]


def _found(kind: Kind, actor: Actor, text: str) -> Any:
    if kind is Kind.VISIT:
        if len(text) < SHORTEST_NUMBER or " " in text:
            return Intervention.objects.none()
        visits: Any = Intervention.objects.visible_to(actor)
        return visits.numbered(text).select_related("client", "intervenant")
    people: Any = (Client if kind is Kind.CLIENT else Intervenant).objects.visible_to(actor)
    # Who is archived is found too, after those who are not.
    return people.found_by(text).order_by(F("archived_at").asc(nulls_first=True), "sort_name", "id")


def _group(kind: Kind, rows: list[Any], shown: int) -> Group:
    return Group(kind, [_hit(row) for row in rows[:shown]], len(rows) > shown)


def _hit(row: Client | Intervenant | Intervention) -> Hit:
    return _HITS[type(row)](row)


def _client(row: Client) -> Hit:
    return Hit(Kind.CLIENT, str(row), _joined(row.number, row.city, _away(row)), _url("client", row))


def _intervenant(row: Intervenant) -> Hit:
    return Hit(Kind.INTERVENANT, str(row), _joined(row.number, _away(row)), _url("intervenant", row))


def _visit(row: Intervention) -> Hit:
    when = f"{fmt.day_short(row.day)} {fmt.hour(row.retained_start)}"
    who = str(row.intervenant) if row.intervenant else _("sans intervenant")
    return Hit(Kind.VISIT, f"{row.client}, {when}", _joined(row.number, who, str(row.state.label)), _url("visit", row))


_HITS: dict[type, Callable[[Any], Hit]] = {Client: _client, Intervenant: _intervenant, Intervention: _visit}


def _away(row: Client | Intervenant) -> str:
    return _("archivé") if row.archived_at else ""


def _joined(*parts: str) -> str:
    return " · ".join(_filled(parts))


def _filled(parts: Iterable[str]) -> Iterable[str]:
    return (part for part in parts if part)


def _url(name: str, row: Any) -> str:
    return reverse(f"gestion:{name}", args=[row.public_id])
