"""A visit in one plain sentence: who came, when, and when it was planned. Pure: no query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from interventions.guards import Facts
from interventions.models import Intervention
from interventions.models.people import Civility
from interventions.states import Status
from portals.web import format as fmt

WHOLE_HOUR = "\u202fh\u202f00"
NOT_YET = (Status.DRAFT, Status.PLANNED)


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
    start, end = fmt.hour(facts.start), fmt.end_hour(facts.start, facts.end)
    return _("%(start)s à %(end)s") % {"start": _said(start), "end": _said(end)}


def _sentence(visit: Intervention, today: dt.date) -> str:
    """Return the sentence up to the hours; where nobody said how a carer is addressed, one that needs no agreement."""
    if visit.state in NOT_YET and visit.declared is None and visit.day >= today:
        return _("%(day)s, %(carer)s doit venir")
    if visit.state is Status.CANCELLED or visit.declared is None:
        return _("%(day)s, %(carer)s devait venir")
    by_civility = {
        Civility.MRS.value: _("%(day)s, %(carer)s est venue"),
        Civility.MR.value: _("%(day)s, %(carer)s est venu"),
    }
    civility = visit.intervenant.civility if visit.intervenant else ""
    return by_civility.get(civility, _("%(day)s, %(carer)s était là"))


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
