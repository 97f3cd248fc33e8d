"""The intervenant's visits as iCalendar, for the phone's own calendar (Apple, Google, Outlook).

What leaves is what a carer needs on the way: who, what, when, where. No access code, telephone, ordre de mission or
comment: these stay on the visit's page, which each event links to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from typing import cast

import icalendar
from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.models import Intervention
from interventions.operations import own_clients
from interventions.states import Status
from portals.intervenant import visits
from portals.intervenant.places import place
from portals.web.planning import client_name

BACK, AHEAD = dt.timedelta(days=60), dt.timedelta(days=180)
REFRESH = dt.timedelta(hours=1)
STATUSES = {Status.CANCELLED: "CANCELLED", Status.DRAFT: "TENTATIVE"}

type Linked = Callable[[Intervention], str]


def calendar(actor: Actor, now: dt.datetime, link: Linked) -> bytes:
    """Return the visits around today, each hour with its time zone; the same visits give the same bytes."""
    today = actor.today(now)
    found = visits.mine(actor).between(today - BACK, today + AHEAD).in_order()
    rows = cast("Iterable[Intervention]", found.select_related("client", "prestation"))
    own = set(own_clients(actor, now).values_list("client_id", flat=True))
    made = _empty(actor)
    for visit in rows:
        made.add_component(_event(visit, actor, own, link))
    made.add_missing_timezones()
    return made.to_ical()


def _empty(actor: Actor) -> icalendar.Calendar:
    made = icalendar.Calendar()
    name = _("Mes visites, %(agence)s") % {"agence": actor.agence.name}
    made.add("prodid", "-//Contreseing//Planning//FR")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", actor.agence.timezone)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", icalendar.vDuration(REFRESH))
    return made


def _event(visit: Intervention, actor: Actor, own: Collection[int], link: Linked) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", f"{visit.public_id}@contreseing")
    made.add("dtstamp", visit.last_at)
    made.add("last-modified", visit.last_at)
    made.add("sequence", visit.version)
    made.add("dtstart", visit.retained_start.astimezone(actor.zone))
    made.add("dtend", visit.retained_end.astimezone(actor.zone))
    made.add("summary", f"{client_name(visit)}, {visit.prestation.name}")
    made.add("status", STATUSES.get(visit.state, "CONFIRMED"))
    made.add("transp", "TRANSPARENT" if visit.state is Status.CANCELLED else "OPAQUE")
    made.add("url", link(visit))
    if visit.client_id in own and place(visit.client):
        made.add("location", place(visit.client))
    return made
