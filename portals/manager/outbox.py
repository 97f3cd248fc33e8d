"""Boîte d'envoi: every mail of the agency, to whom, about what, when, its fate, and its text as it left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from interventions.mails import letterhead, waiting
from interventions.models import Client, Fate, Intervenant, Mail, MailKind
from interventions.states import Labelled
from portals.manager import resending
from portals.web import format as fmt
from portals.web import paging
from portals.web.pages import page
from portals.web.requests import ActorRequest

# A mail brings its own inline style; nothing else of it may load, run or be submitted.
OF_A_MAIL: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    # Its logo travels inside it.
    "img-src": ["data:"],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "sandbox": True,
}


class Sort(Labelled):
    """What became of mails, as the list is narrowed by; the value stands in the address."""

    WAITING = "en-attente", gettext_lazy("En attente")
    LEFT = "partis", gettext_lazy("Partis")
    CAME_BACK = "revenus", gettext_lazy("Revenus ou en échec")
    POINTLESS = "sans-objet", gettext_lazy("Sans objet")

    @property
    def fates(self) -> tuple[Fate, ...]:
        """Return the fates that it gathers."""
        return _FATES[self]


_FATES = {
    Sort.WAITING: (Fate.QUEUED, Fate.SENDING),
    Sort.LEFT: (Fate.SENT, Fate.DELIVERED),
    Sort.CAME_BACK: (Fate.BOUNCED, Fate.FAILED),
    Sort.POINTLESS: (Fate.DROPPED, Fate.MERGED),
}


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """List the mails, the newest first, 50 a page; ?sort= narrows by fate, ?q= searches addresses, subjects and names.

    Those that came back are those that Accueil counts: not sent again, the one that waits longest first.
    """
    typed = request.GET.get("q", "").strip()
    sort = next((one for one in Sort if one == request.GET.get("sort")), None)
    found: Any = Mail.objects.visible_to(request.actor)
    if sort:
        found = found.filter(fate__in=sort.fates)
    waits = sort is Sort.CAME_BACK
    if waits:
        found = found.filter(resent_as__isnull=True)
    if typed:
        found = found.filter(_answers(request, typed))
    cut = paging.cut(found, "created_at" if waits else "-created_at", request.GET)
    context = {"cut": cut, "typed": typed, "sort": sort, "sorts": list(Sort), "late": _late(request)}
    return page(request, "manager/outbox/index.html", context, fragment="rows")


def _answers(request: ActorRequest, typed: str) -> Q:
    """Return the condition that a piece of a mail's address or subject, or of its reader's name, was typed."""
    found = Q(to__icontains=typed) | Q(subject__icontains=typed)
    for people in (Client, Intervenant):
        named: Any = people.objects
        found |= Q(user__in=named.visible_to(request.actor).found_by(typed).values("user"))
    return found


def _late(request: ActorRequest) -> str:
    """Return how many mails should have left long ago, in words, or nothing."""
    queue = waiting.of(request.actor.agence, request.now)
    if queue.oldest is None or not queue.late(request.now):
        return ""
    said = ngettext(
        "%(count)d mail attend de partir, prêt %(age)s.",
        "%(count)d mails attendent de partir, le premier prêt %(age)s.",
        queue.count,
    )
    return said % {"count": queue.count, "age": fmt.age(queue.oldest, request.now)}


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show one mail: its fate, the visits that it tells of, its text. That of a sign-in mail is shown to nobody."""
    mail = _mail(request, public_id)
    lines = mail.lines.select_related("intervention__client", "intervention__prestation")
    context = {
        "mail": mail,
        "facts": _facts(mail, request),
        "lines": lines.order_by("intervention__retained_start", "pk"),
        "secret": mail.kind == MailKind.SIGN_IN,
        "may_resend": resending.may(request, mail),
    }
    return page(request, "manager/outbox/mail.html", context)


@require_GET
@xframe_options_sameorigin
@csp_override(OF_A_MAIL)
def html(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Serve a mail's HTML as its reader got it, in a sandbox: no script, no request, no form."""
    mail = _mail(request, public_id)
    if mail.kind == MailKind.SIGN_IN or not mail.html:
        raise Http404
    return HttpResponse(letterhead.shown(mail.html, mail.agence_id))


def _mail(request: ActorRequest, public_id: UUID) -> Mail:
    found: Any = Mail.objects.visible_to(request.actor)
    return get_object_or_404(found, public_id=public_id)


def _facts(mail: Mail, request: ActorRequest) -> list[tuple[str, str]]:
    today = request.actor.today(request.now)

    def when(moment: Any) -> str:
        return _("%(day)s à %(hour)s") % {"day": fmt.day(moment, today), "hour": fmt.hour(moment)} if moment else ""

    rows = [
        (_("À"), mail.to),
        (_("Sort"), str(Fate(mail.fate).label)),
        (_("Pourquoi"), mail.error),
        (_("Écrit"), when(mail.created_at)),
        (_("Part"), when(mail.due_at) if mail.fate == Fate.QUEUED else ""),
        (_("Parti"), when(mail.sent_at)),
        (_("Remis"), when(mail.delivered_at)),
        (_("Revenu"), when(mail.bounced_at)),
        (_("Essais"), str(mail.attempts) if mail.attempts > 1 else ""),
    ]
    return [(name, value) for name, value in rows if value]
