"""The agency's own lists of reasons."""

from __future__ import annotations

from django.db import models
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, LPad
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id, tenant_key
from interventions.states import Labelled


class MotifKind(Labelled):
    """What a motif explains."""

    REFUS = "refus", _("Motif de refus")
    ANNULATION = "annulation", _("Motif de l’annulation")


class Motif(models.Model):
    """A reason. A motif de refus says what it opens, a motif d'annulation whether the visit is billed and paid."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="motifs")
    public_id = public_id()
    kind = models.CharField(_("liste"), max_length=12, choices=MotifKind.choices)
    label = models.CharField(_("libellé"), max_length=120)
    opens_hours = models.BooleanField(_("ouvre les heures"), default=False)
    opens_km = models.BooleanField(_("ouvre les kilomètres"), default=False)
    billed = models.BooleanField(_("reste facturée"), default=False)
    paid = models.BooleanField(_("reste payée"), default=False)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    # One list after the other, each in the agency's order, as one key that a page can go on from.
    rank = models.GeneratedField(
        expression=Concat("kind", LPad(Cast("position", CharField()), 5, Value("0"))),
        output_field=models.TextField(),
        db_persist=True,
    )
    archived_at = models.DateTimeField(_("archivé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("motif")
        constraints = [
            models.UniqueConstraint(fields=["agence", "kind", "label"], name="motif_label_once"),
            tenant_key("motif"),
            models.CheckConstraint(
                condition=models.Q(kind=MotifKind.ANNULATION) | models.Q(opens_hours=True) | models.Q(opens_km=True),
                name="motif_de_refus_opens_something",
                violation_error_message=_("Un motif de refus ouvre les heures, les kilomètres ou les deux."),
            ),
        ]
        indexes = [models.Index(fields=["agence", "rank", "id"], name="motif_by_rank")]
        ordering = ("position", "label")

    def __str__(self) -> str:
        return self.label
