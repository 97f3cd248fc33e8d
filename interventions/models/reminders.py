"""The record of reminders: who was asked once more about which step of which visit, by a press or by the clock."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import tenant_key
from interventions.models.intervention import Intervention
from interventions.models.journal import Batch
from interventions.states import Action, Role


class Reminder(models.Model):
    """One reminder about one visit. Never changed, never removed: the database refuses.

    It changes nothing of the visit, so that it is no entry of the journal: the version stays the one that people have
    on screen. `whom` is whose answer was asked for, `step` the step of the visit that waited for it, `batch` the
    press, absent where the clock reminded.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    intervention = models.ForeignKey(
        Intervention, models.RESTRICT, db_constraint=False, db_index=False, related_name="reminders"
    )
    batch = models.ForeignKey(
        Batch, models.RESTRICT, null=True, db_constraint=False, db_index=False, related_name="reminders"
    )
    whom = models.CharField(max_length=12, choices=Role.choices)
    step = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("relance")
        constraints = [
            tenant_key("reminder"),
            models.UniqueConstraint(
                fields=["agence", "intervention", "step", "whom"],
                condition=models.Q(batch__isnull=True),
                name="reminded_once_by_the_clock",
            ),
        ]
        indexes = [
            models.Index(fields=["agence", "intervention", "step"], name="reminder_by_visit"),
            models.Index(fields=["batch", "id"], condition=models.Q(batch__isnull=False), name="reminder_by_batch"),
        ]
        triggers = [
            pgtrigger.Protect(name="reminder_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} {self.whom} {self.at:%Y-%m-%d}"

    @property
    def action(self) -> Action:
        """The act that it was, as a press names it."""
        return Action.REMIND_INTERVENANT if self.whom == Role.INTERVENANT else Action.REMIND_CLIENT


class Unanswered(models.Model):
    """A visit that nobody answered, whatever was asked: it waits for a gestionnaire, as long as it is at that step.

    Only the clock puts one here (`interventions.unanswered`), and takes it away; a reminder by hand does so at once.
    """

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="+", db_index=False)
    intervention = models.ForeignKey(
        Intervention, models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    step = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("visite restée sans réponse")
        verbose_name_plural = _("visites restées sans réponse")
        constraints = [models.UniqueConstraint(fields=["agence", "intervention"], name="unanswered_once")]

    def __str__(self) -> str:
        return f"{self.intervention_id} {self.since:%Y-%m-%d}"
