"""A press and its answer: the key that makes it one act, and what is then said of each row."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.actor import Actor
from interventions.models import Batch, Intervention
from interventions.operations import Outcome, RowOutcome
from interventions.states import Role
from portals.web import format as fmt
from portals.web.requests import ActorRequest

FIELD = "key"
# Beyond these the page itself shows what stays; a cookie cannot hold ten thousand sentences.
SENTENCES = 10


def key_of(request: ActorRequest) -> str:
    """Return the idempotency key that {% press_key %} put into the form; refuses a form without one (400)."""
    try:
        return str(UUID(request.POST.get(FIELD, "")))
    except ValueError as error:
        raise BadRequest("A form that acts needs {% press_key %}.") from error


def is_known(request: ActorRequest) -> bool:
    """Return whether this press was made before: its answer is then the same, whatever stands in the way by now."""
    made = Batch.objects.filter(agence_id=request.actor.agence_id, actor_id=request.actor.user_id)
    return made.filter(key=key_of(request)).exists()


def tell(request: ActorRequest, outcome: Outcome, replays: bool = True, done: str = "") -> None:
    """Say through django.contrib.messages what was done, then row by row what was not and why.

    Without `replays` a press made before is answered as it was the first time, and nothing is said of that.
    `done` says what was done where the names of its acts do not say it well.
    """
    if outcome.replayed and replays:
        messages.info(request, _("Cette demande était déjà enregistrée : elle n’a pas été refaite."))
    if outcome.done:
        messages.success(request, done or _done(outcome.done))
    for sentence in _refused(request.actor, outcome.refused):
        messages.warning(request, sentence)


def _done(rows: Iterable[RowOutcome]) -> str:
    counted = Counter(row.action for row in rows)
    saved = ngettext("%(n)d intervention enregistrée", "%(n)d interventions enregistrées", counted.total())
    if len(counted) == 1:
        saved += f" : {next(iter(counted)).label}"
    else:
        saved += " : " + ", ".join(f"{action.label} ({n})" for action, n in counted.items())
    return saved % {"n": counted.total()}


def _refused(actor: Actor, rows: list[RowOutcome]) -> Iterable[str]:
    ids = [row.intervention_id for row in rows[:SENTENCES] if row.intervention_id]
    visits: dict[Any, Any] = (
        Intervention.objects.visible_to(actor).select_related("client", "intervenant").in_bulk(ids)
    )
    for row in rows[:SENTENCES]:
        visit = visits.get(row.intervention_id)
        yield f"{_name(actor, visit)} : {row.message}" if visit else row.message
    left = len(rows) - SENTENCES
    if left > 0:
        yield ngettext("%(n)d autre n’a pas été enregistrée.", "%(n)d autres n’ont pas été enregistrées.", left) % {
            "n": left
        }


def _name(actor: Actor, visit: Intervention) -> str:
    """Name a visit to somebody by what they know of it: who, which day, which hours."""
    if actor.is_client_side:
        who = visit.intervenant.short_name if visit.intervenant else ""
    else:
        who = visit.client.full_name
    if actor.role is Role.MANAGER and visit.intervenant:
        who = f"{who} – {visit.intervenant}"
    when = f"{fmt.day_short(visit.day)} {fmt.time_range(visit.retained_start, visit.retained_end)}"
    return f"{who}, {when}" if who else when
