"""Planned, declared, proposed: the versions of a visit as components/versions.html puts them side by side."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from interventions.guards import Facts
from interventions.models import Intervention, Proposition
from interventions.states import Role
from portals.web import format as fmt
from portals.web.planning import client_name


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its hours, its length and kilometres in words, and on what it differs from the one declared."""

    title: str
    kind: str = ""
    start: str = ""
    end: str = ""
    detail: str = ""
    gap: str = ""
    start_differs: bool = False
    end_differs: bool = False
    detail_differs: bool = False
    cancelled: bool = False


def versions(visit: Intervention, proposition: Proposition | None) -> list[Version]:
    """Return what there is of: the plan, what the intervenant declared, what the client proposes."""
    planned, declared = visit.planned, visit.declared
    found = []
    if planned:
        found.append(version(_("Prévu"), planned))
    if declared:
        gap = _gap(declared, planned, _("sur le prévu"))
        found.append(version(_("Déclaré par vous"), declared, kind="declared", gap=gap))
    if proposition:
        found.append(proposed(visit, proposition, declared))
    return found


def proposed(visit: Intervention, proposition: Proposition, declared: Facts | None) -> Version:
    """Return the client's version, marked where it differs from what was declared."""
    title = proposer(visit, proposition)
    facts = proposition.facts
    if facts is None:
        return Version(title, kind="proposed", cancelled=True)
    gap = _gap(facts, declared, _("sur le déclaré"))
    return version(title, facts, kind="proposed", gap=gap, against=declared)


def proposer(visit: Intervention, proposition: Proposition) -> str:
    """Name who proposes, as the journal knows it."""
    words = {"who": client_name(visit)}
    if proposition.role == Role.PROCHE:
        return _("Proposé par un proche de %(who)s") % words
    if proposition.role == Role.MANAGER:
        return _("Proposé par %(who)s, saisi par l’agence") % words
    return _("Proposé par %(who)s") % words


def version(title: str, facts: Facts, kind: str = "", gap: str = "", against: Facts | None = None) -> Version:
    """Return one version of facts; `against` marks what differs from those."""
    other = against or facts
    return Version(
        title,
        kind,
        fmt.hour(facts.start),
        fmt.end_hour(facts.start, facts.end),
        " · ".join((fmt.duration(fmt.elapsed(facts.start, facts.end)), fmt.km(facts.km))),
        gap,
        start_differs=facts.start != other.start,
        end_differs=facts.end != other.end,
        detail_differs=facts.km != other.km,
    )


def _gap(facts: Facts, against: Facts | None, suffix: str) -> str:
    if against is None:
        return ""
    minutes = fmt.elapsed(facts.start, facts.end) - fmt.elapsed(against.start, against.end)
    parts = [fmt.signed_duration(minutes)] if minutes else []
    parts += [fmt.signed_km(facts.km - against.km)] if facts.km != against.km else []
    return f"{', '.join(parts)} {suffix}" if parts else ""
