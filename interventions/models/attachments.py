"""What proves that the agency acted as the client said: a scan of the signed sheet or of a letter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id
from interventions.models.intervention import Intervention
from interventions.models.journal import Batch


class Attachment(models.Model):
    """A file kept with one press on one visit; on disk it has a name of ours, `name` is what the person called it."""

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+")
    public_id = public_id()
    intervention = models.ForeignKey(
        Intervention, models.RESTRICT, db_constraint=False, related_name="attachments", db_index=False
    )
    batch = models.ForeignKey(Batch, models.RESTRICT, db_constraint=False, related_name="attachments")
    file = models.FileField(_("fichier"), max_length=200)
    name = models.CharField(_("nom"), max_length=150)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("taille"))
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        indexes = [models.Index(fields=["intervention", "at"], name="attachment_by_visit")]

    def __str__(self) -> str:
        return self.name
