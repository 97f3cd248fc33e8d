"""Mails about the same visits as one conversation."""

from __future__ import annotations

from collections.abc import Collection

from interventions.models import Mail


def first_about(mail: Mail, visits: Collection[int]) -> str:
    """Return the Message-ID of the first mail that told this reader of any of these visits, or nothing."""
    earlier = Mail.objects.filter(
        agence_id=mail.agence_id,
        user_id=mail.user_id,
        sent_at__isnull=False,
        lines__intervention__in=visits,
        lines__told=True,
    ).exclude(pk=mail.pk)
    first = earlier.order_by("sent_at", "pk").values_list("in_reply_to", "message_id").first()
    return (first[0] or first[1]) if first else ""
