"""The mails to somebody of the staff: the desk opens to them or closes, their rights or second factor change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from interventions import inviting, notifications, rhythms
from interventions.actor import Actor
from interventions.mails import letterhead, security
from interventions.mails.letterhead import Letterhead
from interventions.mails.rendering import Content, written
from interventions.models import Gestionnaire, Secteur
from interventions.tasks import nudge

SECTEURS = ("all_secteurs", "secteurs")


def tell(member: Gestionnaire, actor: Actor, at: datetime) -> None:
    """Write the mail that says who opened the desk, and how to sign in: somebody waits for it."""
    told = letter(member, actor.name, letterhead.of(actor.agence))
    notifications.queue_access(member.user, actor.agence, told.subject, told.text, told.html, at)
    inviting.note(actor, member.user_id, at)
    nudge()


def tell_reset(member: Gestionnaire, by: str, at: datetime) -> None:
    """Write the mail that says who took the second factor off their account."""
    told = security.of_reset(letterhead.of(member.agence), by)
    notifications.queue_security(member.user, member.agence, told.subject, told.text, told.html, at)
    nudge()


def letter(member: Gestionnaire, by: str, head: Letterhead) -> Content:
    """Return that mail."""
    names = {"agence": head.agence.name, "by": by}
    context = {
        "preview": _("%(by)s vous donne accès à la gestion de %(agence)s.") % names,
        "member": member,
        "url": f"{settings.BASE_URL}/compte/connexion/",
    }
    return written("access", _("Votre accès à la gestion de %(agence)s") % names, head, context)


def tell_change(
    member: Gestionnaire, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor, at: datetime
) -> None:
    """Write the mail that says which rights and secteurs changed, by whom, and what holds now.

    `before` and `after` hold the columns that changed, as the record has them. A change of the name alone tells
    nothing, and nobody is told of their own press.
    """
    lines = _changes(before, after)
    if lines:
        names = {"agence": actor.agence.name, "by": actor.name}
        preview = _("%(by)s a changé vos droits à la gestion de %(agence)s.") % names
        subject = _("Vos droits à la gestion de %(agence)s changent") % names
        _write(member, "access_changed", subject, {"preview": preview, "lines": lines}, actor, at)


def tell_end(member: Gestionnaire, actor: Actor, at: datetime) -> None:
    """Write the mail that says who closed the desk to a member; nobody is told of their own press."""
    names = {"agence": actor.agence.name, "by": actor.name}
    preview = _("%(by)s a mis fin à votre accès à la gestion de %(agence)s.") % names
    subject = _("Votre accès à la gestion de %(agence)s est fermé") % names
    _write(member, "access_ended", subject, {"preview": preview}, actor, at)


def _write(
    member: Gestionnaire, template: str, subject: str, context: Mapping[str, Any], actor: Actor, at: datetime
) -> None:
    if member.user_id == actor.user_id:
        return
    more = {"member": member, "by": actor.name, "url": f"{settings.BASE_URL}/compte/connexion/"}
    told = written(template, subject, letterhead.of(actor.agence), {**context, **more})
    notifications.queue_access(
        member.user, actor.agence, told.subject, told.text, told.html, at, due_at=_due(member, at)
    )
    nudge()


def _due(member: Gestionnaire, at: datetime) -> datetime:
    """Return when a mail that nobody waits for leaves: after the quiet hours, not with the digest of a day or week."""
    choice = rhythms.read(member.agence_id, [member.user_id]).get(member.user_id)
    return rhythms.after_quiet(choice, at, member.agence.zone) if choice else at


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what changed of the rights, then of the secteurs, a line each."""
    held = [name for name in after if isinstance(after[name], bool) and name not in SECTEURS]
    words = {name: str(Gestionnaire._meta.get_field(name).verbose_name) for name in held}  # type: ignore[union-attr]
    given = ", ".join(words[name] for name in held if after[name])
    taken = ", ".join(words[name] for name in held if not after[name])
    lines = [_("Ajouté : %(rights)s") % {"rights": given}] if given else []
    lines += [_("Retiré : %(rights)s") % {"rights": taken}] if taken else []
    if any(name in after for name in SECTEURS):
        lines.append(_("Secteurs : %(secteurs)s") % {"secteurs": _secteurs(after)})
    return lines


def _secteurs(after: Mapping[str, Any]) -> str:
    if after.get("all_secteurs"):
        return _("toute l’agence")
    names = Secteur.objects.filter(pk__in=after.get("secteurs", ())).order_by("sort_name")
    return ", ".join(names.values_list("name", flat=True)) or _("aucun")
