"""The journal of a visit in plain French: each entry a line with who, for whom, by which way, when, what and why.

For the agency's eyes: it holds every comment. Mails of the visit stand among the entries with their fate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Fate, Intervention, JournalEntry, Mail, Reminder
from interventions.states import Action, Role, Via
from portals.web import format as fmt
from portals.web.journal_details import Names, details, names_in


@dataclass(frozen=True)
class Line:
    """One line of the timeline; `details` are facts before and after, motif, ground; `quote` what was written.

    `side` (intervenant or client) and `comment` say whose own words these are.
    """

    at: datetime
    title: str
    by: str
    status: str = ""
    icon: str = ""
    details: tuple[str, ...] = ()
    quote: str = ""
    side: str = ""
    comment: str = ""


def lines(visit: Intervention, actor: Actor) -> list[Line]:
    """Return everything that happened to a visit, the oldest first, in a constant number of statements."""
    found = JournalEntry.objects.filter(agence_id=actor.agence_id, intervention_id=visit.pk)
    entries = list(found.select_related("batch", "texts").order_by("version"))
    names = names_in(visit, actor, entries)
    told = Mail.objects.filter(agence_id=actor.agence_id, lines__intervention=visit.pk).distinct()
    asked = Reminder.objects.filter(agence_id=actor.agence_id, intervention_id=visit.pk).select_related("batch")
    happened = [_line(entry, names) for entry in entries]
    happened += [_reminder(one) for one in asked] + [_mail(mail) for mail in told]
    return sorted(happened, key=lambda line: line.at)


def _line(entry: JournalEntry, names: Names) -> Line:
    changed = entry.from_status != entry.to_status
    return Line(
        entry.at,
        _title(entry),
        f"{_who(entry)}, {moment(entry.at)}",
        entry.to_status if changed else "",
        "" if changed else "pencil",
        tuple(details(entry, names)),
        _quote(entry),
        _SIDES.get(Role(entry.batch.on_behalf or entry.role), ""),
        _comment(entry),
    )


_SIDES = {Role.INTERVENANT: "intervenant", Role.CLIENT: "client", Role.PROCHE: "client"}


def comments(happened: Iterable[Line]) -> list[tuple[str, str]]:
    """Return what either side wrote, in its order, as (side in words, comment)."""
    names = {"intervenant": _("L’intervenant"), "client": _("Le client ou un proche")}
    return [(names[line.side], line.comment) for line in happened if line.side and line.comment]


def _title(entry: JournalEntry) -> str:
    action = Action(entry.action)
    if action is Action.ARBITRATE:
        return _("Délibération : %(label)s") % {"label": _STATUS_WORDS.get(entry.to_status, entry.to_status)}
    return str(action.label)


_STATUS_WORDS = {"validated": gettext_lazy("visite validée"), "cancelled": gettext_lazy("visite annulée")}


def moment(at: datetime) -> str:
    """Return «12 octobre 2026 à 11 h 04» on the agency's clock."""
    return _("%(day)s à %(hour)s") % {"day": f"{fmt.as_date(at):%d/%m/%Y}", "hour": fmt.hour(at)}


def _who(entry: JournalEntry) -> str:
    batch = entry.batch
    role = Role(entry.role)
    parts = [batch.actor_name or str(role.label)]
    if role is not Role.SYSTEM and batch.actor_name:
        parts[0] += f" ({str(role.label).lower()})"
    if role is Role.PROCHE:
        parts.append(_("pour le client"))
    elif batch.on_behalf:
        parts.append(_("à la place de : %(who)s") % {"who": str(Role(batch.on_behalf).label).lower()})
    if batch.via != Via.PORTAL:
        parts.append(str(Via(batch.via).label).lower())
    return ", ".join(parts)


def _comment(entry: JournalEntry) -> str:
    texts = getattr(entry, "texts", None)
    return texts.comment if texts else ""


def _quote(entry: JournalEntry) -> str:
    texts = getattr(entry, "texts", None)
    if texts is None:
        return ""
    return " — ".join(text for text in (texts.comment, texts.reason) if text)


_FATES = {
    Fate.QUEUED: gettext_lazy("Mail à %(to)s : partira bientôt"),
    Fate.SENDING: gettext_lazy("Mail à %(to)s : en cours d’envoi"),
    Fate.SENT: gettext_lazy("Mail à %(to)s : envoyé"),
    Fate.DELIVERED: gettext_lazy("Mail à %(to)s : remis"),
    Fate.BOUNCED: gettext_lazy("Mail à %(to)s : revenu"),
    Fate.FAILED: gettext_lazy("Mail à %(to)s : échec de l’envoi"),
    Fate.DROPPED: gettext_lazy("Mail à %(to)s : sans objet, il n’est pas parti"),
}


def _reminder(reminder: Reminder) -> Line:
    """Return the line of a reminder: by whom, or that the clock did it."""
    title = _REMINDED.get(Role(reminder.whom)) or reminder.action.label
    by = f"{fmt.who(reminder.batch.actor_name)}, {moment(reminder.at)}" if reminder.batch else moment(reminder.at)
    return Line(
        reminder.at, str(title), by if reminder.batch else _("Automatique, %(when)s") % {"when": by}, icon="mail"
    )


_REMINDED = {Role.PROCHE: gettext_lazy("Proches relancés")}


def _mail(mail: Mail) -> Line:
    at = mail.bounced_at or mail.delivered_at or mail.sent_at or mail.created_at
    back = mail.fate in (Fate.BOUNCED, Fate.FAILED)
    title = _FATES[Fate(mail.fate)] % {"to": mail.to}
    return Line(at, title, moment(at), icon="mail-back" if back else "mail")
