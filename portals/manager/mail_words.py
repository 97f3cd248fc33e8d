"""Les mails de l'agence: its paper and sentences, looked at before they are saved, and tried on oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions import letterheads, mail_examples, notifications
from interventions.mails import letterhead
from interventions.models import Mail, MailKind, MailLogo, MailStyle, MailStyleEntry, Topic
from interventions.states import Right
from interventions.tasks import nudge
from portals.manager.mail_forms import MailStyleForm
from portals.manager.outbox import OF_A_MAIL
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

SALT = "portals.manager.mail_words"
AN_HOUR = 3600
BETWEEN_TRIALS = timedelta(minutes=1)
RECORDED = 20
DARK = "@media (prefers-color-scheme: dark)"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one change, as the page shows it."""

    entry: MailStyleEntry
    name: str
    before: str
    after: str


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: ActorRequest) -> HttpResponse:
    """Show the choices, a preview of what was typed (`apercu`), or save what was typed."""
    _needs_right(request)
    style = letterheads.of(request.actor.agence)
    form = MailStyleForm(request, style)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=INVALID)
    if "apercu" in request.POST:
        return _page(request, form, _preview(request, form))
    changed = letterheads.change(
        request.actor, {name: form.cleaned_data[name] for name in letterheads.TEXTS}, form.logo, request.now
    )
    messages.success(request, _("Les mails partiront ainsi.") if changed else _("Rien n’avait changé."))
    return HttpResponseRedirect(reverse("gestion:mail-words"), status=303)


@require_GET
@xframe_options_sameorigin
@csp_override(OF_A_MAIL)
def preview(request: ActorRequest) -> HttpResponse:
    """Serve the HTML of a previewed mail, in light or (`sombre`) dark, whatever the screen's own scheme."""
    _needs_right(request)
    style, topic = _drafted(request)
    example = mail_examples.of(request.actor, topic, letterhead.from_style(style), request.now)
    html = example.content.html.replace(DARK, "@media all" if "sombre" in request.GET else "@media not all")
    return HttpResponse(letterhead.shown(html, request.actor.agence_id))


@require_POST
def trial(request: ActorRequest) -> HttpResponse:
    """Send one mail of the kind pressed to oneself, as saved, through the outbox; one a minute."""
    _needs_right(request)
    topic = request.POST.get("topic", "")
    if topic not in set(Topic):
        raise BadRequest("No such mail.")
    mine = Mail.objects.filter(agence=request.actor.agence, user=request.user, kind=MailKind.TRIAL)
    if mine.filter(created_at__gt=request.now - BETWEEN_TRIALS).exists():
        messages.info(request, _("Un essai vient de partir : attendez une minute avant le suivant."))
        return HttpResponseRedirect(reverse("gestion:mail-words"), status=303)
    head = letterhead.of(request.actor.agence)
    content = mail_examples.of(request.actor, Topic(topic), head, request.now).content
    subject = _("Essai : %(subject)s") % {"subject": content.subject}
    notifications.queue_trial(request.user, request.actor.agence, subject, content.text, content.html, request.now)
    nudge()
    messages.success(request, _("L’essai part à %(address)s.") % {"address": request.user.email})
    return HttpResponseRedirect(reverse("gestion:mail-words"), status=303)


def _needs_right(request: ActorRequest) -> None:
    if not request.actor.has(Right.ADMINISTER):
        raise PermissionDenied(letterheads.NOT_YOURS)


def _preview(request: ActorRequest, form: MailStyleForm) -> dict[str, Any]:
    """Return what the page shows of a mail on what was typed, with the signed draft that its frames read."""
    logo, topic = form.logo, form.chosen_topic
    style = MailStyle(agence=request.actor.agence, logo=logo)
    for name in letterheads.TEXTS:
        setattr(style, name, form.cleaned_data[name])
    form.data = {**form.data.dict(), "kept_logo": str(logo.public_id) if logo else ""}  # type: ignore[attr-defined]
    head = letterhead.from_style(style)
    example = mail_examples.of(request.actor, topic, head, request.now)
    fields = {name: getattr(style, name) for name in ("colour", "signature", topic)}
    draft = {"agence": request.actor.agence_id, "topic": topic, "fields": fields, "logo": logo.pk if logo else None}
    return {
        "sender": head.sender,
        "subject": example.content.subject,
        "text": example.content.text,
        "real": example.real,
        "draft": signing.dumps(draft, salt=SALT, compress=True),
        "topic": topic.label,
    }


def _drafted(request: ActorRequest) -> tuple[MailStyle, Topic]:
    """Return what a page of ours signed for this agency within the hour."""
    try:
        draft = signing.loads(request.GET.get("texte", ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature as error:
        raise BadRequest("No such draft.") from error
    if draft["agence"] != request.actor.agence_id:
        raise BadRequest("No such draft.")
    logo = MailLogo.objects.filter(agence=request.actor.agence, pk=draft["logo"]).first() if draft["logo"] else None
    return MailStyle(agence=request.actor.agence, logo=logo, **draft["fields"]), Topic(draft["topic"])


FRAMES = (
    ("narrow", "", gettext_lazy("Étroit, clair")),
    ("narrow", "&sombre", gettext_lazy("Étroit, sombre")),
    ("wide", "", gettext_lazy("Large, clair")),
    ("wide", "&sombre", gettext_lazy("Large, sombre")),
)


def _page(
    request: ActorRequest, form: MailStyleForm, shown: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "preview": shown, "frames": FRAMES, "topics": list(Topic), "record": _record(request)}
    return page(request, "manager/mail_words.html", context, status=status)


def _record(request: ActorRequest) -> list[Change]:
    entries = MailStyleEntry.objects.filter(agence=request.actor.agence).order_by("-at", "-pk")[:RECORDED]
    return [
        Change(entry, letterheads.label(name), entry.before[name], after)
        for entry in entries
        for name, after in entry.after.items()
    ]
