"""A visit in one plain sentence: who came, when, and when it was planned. Pure: no query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from interventions.guards import Facts
from interventions.models import Intervention
from interventions.models.people import Civility
from interventions.states import Status
from portals.web import format as fmt

WHOLE_HOUR = "\u202fh\u202f00"
NOT_YET = (Status.DRAFT, Status.PLANNED)
CAME = {
    Civility.MRS.value: gettext_noop("%(day)s, %(carer)s est venue"),
    Civility.MR.value: gettext_noop("%(day)s, %(carer)s est venu"),
}


@dataclass(frozen=True)
class Told:
    """«Mardi 3 novembre, Aïcha L. est venue» · «de 8 h 05 à 9 h 10» · «(prévu : 8 h à 9 h)»."""

    lead: str
    hours: str
    aside: str = ""


def told(visit: Intervention, today: dt.date) -> Told:
    """Return the sentence for a visit as it stands."""
    who = visit.intervenant.short_name if visit.intervenant else ""
    sentence = _sentence(visit, today) if who else _("%(day)s, visite prévue")
    lead = sentence % {"day": capfirst(fmt.day(visit.day, today)), "carer": who}
    return Told(lead, _("de %(hours)s") % {"hours": hours_said(visit.retained)}, _aside(visit))


def hours_said(facts: Facts) -> str:
    """Return «8 h 05 à 9 h»: a whole hour without its zeros, as it is said."""
    zone = timezone.get_current_timezone()
    start, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in (facts.start, facts.end))
    return _hours_said(get_language(), start, end)


@lru_cache(maxsize=4096)
def _hours_said(_language: str | None, start: dt.datetime, end: dt.datetime) -> str:
    """Say two hours of the clock, worked out once: a visit is told in more than one place of a page."""
    words = {"start": _said(fmt.clock(start.hour, start.minute)), "end": _said(fmt.end_clock(start, end))}
    return _("%(start)s à %(end)s") % words


def _sentence(visit: Intervention, today: dt.date) -> str:
    """Return the sentence up to the hours; where nobody said how a carer is addressed, one that needs no agreement."""
    if visit.state in NOT_YET and visit.declared is None and visit.day >= today:
        return _("%(day)s, %(carer)s doit venir")
    if visit.state is Status.CANCELLED or visit.declared is None:
        return _("%(day)s, %(carer)s devait venir")
    civility = visit.intervenant.civility if visit.intervenant else ""
    return _(CAME[civility]) if civility in CAME else _("%(day)s, %(carer)s était là")


def _aside(visit: Intervention) -> str:
    """Return what the sentence adds: that the visit is cancelled, or when it was planned if that differs."""
    if visit.state is Status.CANCELLED:
        return _("(visite annulée)")
    if visit.intervenant is None:
        return _("(intervenant à désigner)")
    planned, retained = visit.planned, visit.retained
    if planned is None or (planned.start, planned.end) == (retained.start, retained.end):
        return ""
    return _("(prévu : %(hours)s)") % {"hours": _planned(planned, retained)}


def _planned(planned: Facts, retained: Facts) -> str:
    """Return the planned hours, with their day where the visit took place on another."""
    if fmt.as_date(planned.start) == fmt.as_date(retained.start):
        return hours_said(planned)
    day = fmt.day(planned.start, fmt.as_date(retained.start))
    return _("%(day)s, %(hours)s") % {"day": day, "hours": hours_said(planned)}


def _said(clock: str) -> str:
    return clock.replace(WHOLE_HOUR, WHOLE_HOUR.removesuffix("\u202f00"))
