"""The link of a mail: what opens its visits, for its reader, without a password."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id
from interventions.models.notification import Mail


class MailLink(models.Model):
    """One mail's link. Its token is signed from `public_id` and kept nowhere; `ended_at` is final.

    `renews` is the first link of a row of which each was asked for in the place of the one before.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    public_id = public_id()
    mail = models.OneToOneField(Mail, models.CASCADE, db_constraint=False, related_name="link")
    renews = models.ForeignKey("self", models.CASCADE, null=True, related_name="renewals")
    created_at = models.DateTimeField(_("créé le"))
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    ended_at = models.DateTimeField(_("fini le"), null=True)

    class Meta:
        verbose_name = _("lien de mail")
        verbose_name_plural = _("liens de mail")

    def __str__(self) -> str:
        return f"{self.mail_id} · {self.expires_at:%Y-%m-%d}"
