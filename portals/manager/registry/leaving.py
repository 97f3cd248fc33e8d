"""Putting a person away: the page that shows what they leave behind and asks what becomes of it; the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interventions.registry import leaving
from portals.manager.acts import SeeOther
from portals.manager.registry.leaving_forms import LeavingForm
from portals.manager.registry.left_behind import parts
from portals.manager.registry.people import KINDS, needs_right
from portals.web.pages import INVALID, page
from portals.web.presses import key_of, tell
from portals.web.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def archive(request: ActorRequest, noun: str, public_id: UUID) -> HttpResponse:
    """Show which visits somebody leaves behind, or put them away and do with these what was chosen."""
    kind = KINDS[noun]
    person = kind.find(request, public_id)
    needs_right(kind, request)
    if person.archived_at:
        messages.info(request, _("%(who)s est déjà aux archives.") % {"who": person.full_name})
        return SeeOther(kind.url(person))
    posted = request.method == "POST"
    is_client, today = noun == "client", request.actor.today(request.now)
    found = leaving.behind(person, request.actor, today)
    form = LeavingForm(person, found, request.actor, request.POST if posted else None)
    if posted and not found.elsewhere and form.is_valid() and _press(request, form):
        messages.success(request, _("%(who)s est aux archives.") % {"who": person.full_name})
        return SeeOther(kind.url(person))
    context = {"kind": kind, "person": person, "form": form, "found": found, "is_client": is_client}
    context |= {"parts": parts(found, today, is_client=is_client)}
    context |= {"back": kind.url(person), "planning": f"{kind.url(person)}?onglet=planning&vue=mois"}
    return page(request, "manager/registry/leaving.html", context, status=INVALID if posted else 200)


def _press(request: ActorRequest, form: LeavingForm) -> bool:
    """Do what a valid form says and tell it; False where it cannot be done as a whole, the form then says why."""
    press: dict[str, Any] = {"actor": request.actor, "at": request.now, "key": key_of(request)}
    try:
        outcome = leaving.archive(form.person, form.choice(), **press)
    except leaving.Moved:
        form.say_moved()
        return False
    except leaving.NotWhole as refused:
        form.say_refused(refused.outcome)
        return False
    if outcome:
        tell(request, outcome)
    return True


@require_POST
def restore(request: ActorRequest, noun: str, public_id: UUID) -> HttpResponse:
    """Take a person back from the archives; their former visits stay as they are."""
    kind = KINDS[noun]
    person = kind.find(request, public_id)
    needs_right(kind, request)
    leaving.restore(person, request.actor, request.now)
    messages.success(request, _("%(who)s n’est plus aux archives.") % {"who": person.full_name})
    return SeeOther(kind.url(person))
