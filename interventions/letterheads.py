"""Changing how an agency's mails look and what they say: one way in, each change on record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor, system
from interventions.mails.images import Image
from interventions.models import Agence, MailLogo, MailStyle, MailStyleEntry, Topic
from interventions.states import Right

TEXTS = ("sender_name", "reply_to", "colour", "signature", *(str(topic) for topic in Topic))
NOT_YOURS = gettext_lazy("Les mails de l’agence demandent le droit d’administration.")


class Refused(Exception):
    """A change that does not go; its text is French and fit for the screen."""


def of(agence: Agence) -> MailStyle:
    """Return what an agency has chosen, or an unsaved row of what holds where it has chosen nothing."""
    found = MailStyle.objects.select_related("agence", "logo").filter(agence=agence).first()
    return found or MailStyle(agence=agence)


def check_sender(name: str) -> None:
    """Refuse (ValidationError) a name that would break the line it stands on, or pass for an address."""
    if set(name) & set('<>@"\\,;:'):
        raise ValidationError(_("Un nom seul, sans adresse ni ponctuation."))


def keep_logo(agence: Agence, content: bytes, image: Image, at: datetime) -> MailLogo:
    """Return the row of an image that was given, made once however often it comes; it is in no mail yet."""
    logo, _made = MailLogo.objects.get_or_create(
        agence=agence,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "content": content,
            "media_type": image.media_type,
            "width": image.width,
            "height": image.height,
            "at": at,
        },
    )
    return logo


def change(actor: Actor, wanted: Mapping[str, str], logo: MailLogo | None, at: datetime) -> bool:
    """Write the agency's choices (the fields of TEXTS, checked by the form) and its logo; return whether any changed.

    Refuses in words whoever lacks the right of administration. Mails that wait are written on the new paper.
    """
    if not actor.has(Right.ADMINISTER):
        raise Refused(str(NOT_YOURS))
    with transaction.atomic():
        Agence.objects.select_for_update(no_key=True).get(pk=actor.agence_id)
        style = of(actor.agence)
        return _write(actor, style, {**{name: wanted[name] for name in TEXTS}, "logo": logo}, at)


def begin(agence: Agence, wanted: Mapping[str, str], at: datetime) -> None:
    """Write some of an agency's choices as it is opened; ValidationError for values that are none."""
    MailStyle(agence=agence, **wanted).clean_fields(exclude=["agence"])
    check_sender(wanted.get("sender_name", ""))
    _write(system(agence), MailStyle(agence=agence), wanted, at)


def _write(actor: Actor, style: MailStyle, wanted: Mapping[str, Any], at: datetime) -> bool:
    before = _recorded(style)
    for name, value in wanted.items():
        setattr(style, name, value)
    after = _recorded(style)
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return False
    style.save()
    _show(actor.agence, style.logo)
    _record(actor, {name: before[name] for name in changed}, {name: after[name] for name in changed}, at)
    return True


def _show(agence: Agence, logo: MailLogo | None) -> None:
    """Put the logo into the head of the agency's pages too."""
    agence.logo_id = logo.public_id if logo else None
    agence.logo_width, agence.logo_height = (logo.width, logo.height) if logo else (None, None)
    agence.save(update_fields=["logo_id", "logo_width", "logo_height"])


def _recorded(style: MailStyle) -> dict[str, str]:
    logo = f"{style.logo.width} × {style.logo.height}, {style.logo.sha256[:8]}" if style.logo else ""
    return {name: getattr(style, name) for name in TEXTS} | {"logo": logo}


def _record(actor: Actor, before: Mapping[str, str], after: Mapping[str, str], at: datetime) -> None:
    MailStyleEntry.objects.create(
        agence_id=actor.agence_id,
        at=at,
        actor_id_kept=actor.user_id,
        actor_name=actor.name,
        role=str(actor.role),
        before=before,
        after=after,
    )


def label(name: str) -> str:
    """Return the name of a field as the record shows it."""
    if name == "logo":
        return _("Logo")
    field = MailStyle._meta.get_field(name)
    return str(getattr(field, "verbose_name", name))
