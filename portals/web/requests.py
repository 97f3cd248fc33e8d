"""What a portal's view receives: a request whose guard has been passed."""

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from interventions.actor import Actor
from interventions.models import User


class ActorRequest(HttpRequest):
    """A request of a signed-in person in one role, as portals.web.guards hands it to every view of a portal.

    `now` is the one instant of this request (UTC). The agency's time zone is active, and everything happens
    inside one transaction that is bound to the agency. `on_rollback` is what to do if that transaction comes to
    nothing: a view adds how to take back what no database takes back, such as a file.
    """

    actor: Actor
    now: dt.datetime
    user: User
    htmx: HtmxDetails
    on_rollback: list[Callable[[], None]]
