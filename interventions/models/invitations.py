"""Who was invited to the portals of an agency: once, whatever they are there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.people import User


class Invitation(models.Model):
    """One person's invitation by one agency; another address is another person, and is invited anew."""

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    at = models.DateTimeField(_("invité le"))
    # Who invited, by the key of their account: a name would outlast the person who goes.
    actor_id_kept = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("invitation")
        constraints = [models.UniqueConstraint(fields=["agence", "user"], name="invitation_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d}"
