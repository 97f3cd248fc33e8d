"""Planned, declared, proposed, retained: the versions of a visit as components/versions.html shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from interventions.guards import Facts, Row
from interventions.models import Intervention
from interventions.states import Choice, Role, Status
from interventions.versions import side_version
from portals.web import format as fmt
from portals.web.planning import client_name


@dataclass(frozen=True)
class Version:
    """One version; what differs from the one before it is marked, and its gap said in words."""

    title: str
    facts: Facts | None
    kind: str = ""
    before: Facts | None = None
    before_name: str = ""

    @property
    def cancelled(self) -> bool:
        """Whether this version says that the visit did not take place."""
        return self.facts is None

    @property
    def start(self) -> str:
        """Its first hour."""
        return fmt.hour(self.facts.start) if self.facts else ""

    @property
    def end(self) -> str:
        """Its last hour."""
        return fmt.end_hour(self.facts.start, self.facts.end) if self.facts else ""

    @property
    def detail(self) -> str:
        """Duration and kilometres."""
        return detail(self.facts) if self.facts else ""

    @property
    def start_differs(self) -> bool:
        """Whether it starts at another time than the version before."""
        return bool(self.facts and self.before and self.facts.start != self.before.start)

    @property
    def end_differs(self) -> bool:
        """Whether it ends at another time than the version before."""
        return bool(self.facts and self.before and self.facts.end != self.before.end)

    @property
    def detail_differs(self) -> bool:
        """Whether its kilometres are others than the version before has."""
        return bool(self.facts and self.before and self.facts.km != self.before.km)

    @property
    def gap(self) -> str:
        """«+30 min sur le prévu», «+3 km sur le prévu», or nothing where both agree."""
        if self.facts is None or self.before is None:
            return ""
        minutes = _minutes(self.facts) - _minutes(self.before)
        km = self.facts.km - self.before.km
        parts = [fmt.signed_duration(minutes)] if minutes else []
        parts += [fmt.signed_km(km)] if km else []
        return f"{', '.join(parts)} {self.before_name}" if parts else ""


def _minutes(facts: Facts) -> int:
    return fmt.elapsed(facts.start, facts.end)


def detail(facts: Facts) -> str:
    """Return «1 h 30 · 2,4 km»."""
    return f"{fmt.duration(_minutes(facts))} · {fmt.km(facts.km)}"


def span(facts: Facts) -> str:
    """Return «9 h 00 – 10 h 30»."""
    return fmt.time_range(facts.start, facts.end)


def of(visit: Intervention, row: Row) -> list[Version]:
    """Return the versions that exist: planned, declared, what the client proposes, and what counts today."""
    found = [Version(_("Prévu"), row.planned)] if row.planned else []
    said = _intervenant_side(visit, row)
    found += [said] if said else []
    proposed = _client_side(visit, row)
    found += [proposed] if proposed else []
    if visit.status not in (Status.CONTESTED, Status.ARBITRATION):
        found.append(_retained(visit, row))
    return found


def _intervenant_side(visit: Intervention, row: Row) -> Version | None:
    name = visit.intervenant.first_name or visit.intervenant.last_name if visit.intervenant else _("l’intervenant")
    if row.cancelled_by == Role.INTERVENANT:
        return Version(_("Selon %(name)s") % {"name": name}, None, "declared")
    if row.declared is None:
        return None
    by = _("l’agence") if row.declared_on_behalf else name
    title = _("Déclaré par %(name)s") % {"name": by}
    return Version(title, row.declared, "declared", row.planned, _("sur le prévu"))


def _client_side(visit: Intervention, row: Row) -> Version | None:
    if row.status not in (Status.CONTESTED, Status.ARBITRATION):
        return None
    try:
        took_place, facts = side_version(row, Choice.CLIENT)
    except LookupError:
        return None
    title = _("Selon %(name)s") % {"name": client_name(visit)}
    return Version(title, facts if took_place else None, "proposed", row.declared, _("sur le déclaré"))


def _retained(visit: Intervention, row: Row) -> Version:
    if visit.status == Status.CANCELLED:
        return Version(_("Retenu : annulée"), None)
    return Version(_("Retenu"), row.retained, "", row.declared or row.planned, _("sur la version d’avant"))


def counted(facts: Facts | None) -> str:
    """Return what a version would count if it were retained, in words."""
    if facts is None:
        return _("Visite annulée : 0 h, selon le motif facturée et payée ou non.")
    return _("%(duration)s et %(km)s comptés.") % {"duration": fmt.duration(_minutes(facts)), "km": fmt.km(facts.km)}
