"""What is pointed out before saving and never stops anybody: overlaps, long visits, far ones, gaps to the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.guards import Facts
from interventions.models import Intervention
from interventions.states import Status
from portals.intervenant import visits
from portals.web import format as fmt
from portals.web.planning import client_name

LONG_MINUTES = 12 * 60
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to look at; `code` is what the person acknowledges by pressing once more."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another visit of the same intervenant, with the facts that it will have once the press is saved."""

    key: int
    name: str
    facts: Facts


def neighbours(
    actor: Actor, entered: Mapping[int, Facts], cancelled: Collection[int], around: Iterable[Facts]
) -> list[Neighbour]:
    """Read, in one statement, the actor's visits around these facts, as they will be once the press is saved."""
    spans = list(around)
    if not spans:
        return []
    first, last = min(facts.start for facts in spans) - ONE_DAY, max(facts.end for facts in spans) + ONE_DAY
    found = visits.mine(actor).filter(retained_start__lt=last, retained_end__gt=first)
    found = found.exclude(status=Status.CANCELLED).exclude(pk__in=cancelled).select_related("client")
    return [
        Neighbour(visit.pk, client_name(visit), entered.get(visit.pk, visit.retained))
        for visit in cast("Iterable[Intervention]", found)
    ]


def cautions(
    facts: Facts, planned: Facts | None, actor: Actor, around: Iterable[Neighbour], key: int | None = None
) -> list[Caution]:
    """Return what to point out about the facts entered; `key` is the visit's own, left out of the overlaps."""
    found = [_overlap(facts, other) for other in around if other.key != key and _overlaps(facts, other.facts)]
    if facts == planned:
        return found
    return [*found, *_long(facts), *_far(facts, planned, actor), *_gap(facts, planned, actor)]


def pending(found: Iterable[Caution], acknowledged: str) -> bool:
    """Whether something has not yet been shown to the person, whose form names what they saw."""
    return bool({caution.code for caution in found} - set(acknowledged.split()))


def _overlaps(one: Facts, other: Facts) -> bool:
    return one.start < other.end and other.start < one.end


def _overlap(facts: Facts, other: Neighbour) -> Caution:
    common = fmt.elapsed(max(facts.start, other.facts.start), min(facts.end, other.facts.end))
    words = {
        "who": other.name,
        "duration": fmt.duration(common),
        "hours": fmt.time_range(other.facts.start, other.facts.end),
    }
    return Caution(f"overlap-{other.key}", _("Chevauche de %(duration)s la visite chez %(who)s (%(hours)s).") % words)


def _long(facts: Facts) -> list[Caution]:
    minutes = fmt.elapsed(facts.start, facts.end)
    if minutes <= LONG_MINUTES:
        return []
    return [Caution(f"long-{minutes}", _("Cette visite dure %(duration)s.") % {"duration": fmt.duration(minutes)})]


def _far(facts: Facts, planned: Facts | None, actor: Actor) -> list[Caution]:
    if facts.km <= actor.agence.usual_km or (planned is not None and facts.km == planned.km):
        return []
    words = {"km": fmt.km(facts.km), "usual": fmt.km(actor.agence.usual_km)}
    return [Caution(f"km-{facts.km}", _("%(km)s\u00a0: plus que les %(usual)s habituels.") % words)]


def _gap(facts: Facts, planned: Facts | None, actor: Actor) -> list[Caution]:
    if planned is None:
        return []
    longer = fmt.elapsed(facts.start, facts.end) - fmt.elapsed(planned.start, planned.end)
    if abs(longer) > actor.agence.tolerance_minutes:
        return [Caution(f"gap{longer:+d}", f"{fmt.difference(longer)}.")]
    later = fmt.elapsed(planned.start, facts.start)
    if abs(later) <= actor.agence.tolerance_minutes:
        return []
    words = {"duration": fmt.duration(later)}
    text = _("Début %(duration)s plus tard que prévu.") if later > 0 else _("Début %(duration)s plus tôt que prévu.")
    return [Caution(f"shift{later:+d}", text % words)]
