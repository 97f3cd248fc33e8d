"""The record of mandates: who named whom for a client, with what rights, who changed or ended it, and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.kept import kept
from interventions.models.people import Proche
from interventions.states import Labelled, Role


class MandateStep(Labelled):
    """What was done to a mandate."""

    NAMED = "named", _("Mandat donné")
    CHANGED = "changed", _("Mandat modifié")
    ENDED = "ended", _("Mandat terminé")
    ANONYMISED = "anonymised", _("Personne anonymisée")


class MandateEntry(models.Model):
    """One step of one mandate. Never changed, never removed: the database refuses.

    `after` holds the mandate's terms from then on, as JSON; `paper` says which paper the agency saw.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    proche = models.ForeignKey(Proche, models.RESTRICT, db_constraint=False, related_name="entries")
    step = models.CharField(max_length=10, choices=MandateStep.choices)
    at = models.DateTimeField()
    actor_id_kept = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=Role.choices)
    paper = models.TextField(_("justificatif"), blank=True)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("étape d’un mandat")
        verbose_name_plural = _("étapes des mandats")
        triggers = [kept("mandate_entry_is_kept", "actor_name", "paper")]

    def __str__(self) -> str:
        return f"{self.proche_id} {self.step}"
