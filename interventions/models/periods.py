"""Months, open or closed, and the record of who closed and reopened them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.kept import kept
from interventions.states import Role

# Closing and reopening leave their entry first: by no way, SQL included, does a month change without one.
_ON_RECORD = """
    IF NEW.month IS DISTINCT FROM OLD.month OR NEW.agence_id IS DISTINCT FROM OLD.agence_id THEN
        RAISE EXCEPTION 'Une période reste le mois qu''elle est' USING ERRCODE = '23514',
            CONSTRAINT = 'period_stays_its_month';
    END IF;
    IF (NEW.closed_at IS NOT NULL) IS DISTINCT FROM (
        SELECT entry.closes FROM interventions_periodentry entry
        WHERE entry.agence_id = NEW.agence_id AND entry.month = NEW.month ORDER BY entry.id DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'Une clôture laisse une trace' USING ERRCODE = '23514', CONSTRAINT = 'period_is_on_record';
    END IF;
    RETURN NEW;
"""


class Period(models.Model):
    """A month of an agency. While `closed_at` is set, nothing inside it changes; the database sees to it."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="periods")
    month = models.DateField(_("mois"))
    closed_at = models.DateTimeField(_("clôturé le"), null=True, blank=True)
    closed_by = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("période")
        constraints = [
            models.UniqueConstraint(fields=["agence", "month"], name="period_once"),
            models.CheckConstraint(
                condition=models.Q(month__day=1),
                name="period_is_a_month",
                violation_error_message=_("Une période commence le premier du mois."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="period_born_on_record",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__closed_at__isnull=False),
                func=_ON_RECORD.partition("END IF;")[2],
            ),
            pgtrigger.Trigger(
                name="period_on_record",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("closed_at", "month", "agence_id"),
                func=_ON_RECORD,
            ),
            pgtrigger.Protect(name="period_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"


class PeriodEntry(models.Model):
    """One closing (`closes`) or reopening of a month. Never changed, never removed: the database refuses.

    `figures` is what the month held when it was closed, as it was shown; `reason` why it was opened again.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    month = models.DateField()
    closes = models.BooleanField()
    at = models.DateTimeField()
    actor_id_kept = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=Role.choices)
    figures = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("clôture ou réouverture")
        verbose_name_plural = _("clôtures et réouvertures")
        indexes = [models.Index(fields=["agence", "month", "-id"], name="period_entry_by_month")]
        triggers = [kept("period_entry_is_kept", "actor_name")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.month:%m/%Y}"
