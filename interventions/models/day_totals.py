"""How many visits a day holds by status, with their hours and kilometres, so that a month's totals need no month."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.states import Status


class DayTotal(models.Model):
    """A change of what a day holds: the total of a day and status is the sum of its rows.

    The database adds them with every statement that writes visits (intervention_triggers), never changing one, so
    that nobody waits for anybody; `day_totals.gather` makes one of many. What an intervenant added and took back
    counts nowhere. `seconds` and `km` are those retained, of cancelled visits too.
    """

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(_("jour"))
    status = models.CharField(_("statut"), max_length=12, choices=Status.choices)
    visits = models.IntegerField()
    seconds = models.BigIntegerField()
    km = models.DecimalField(max_digits=12, decimal_places=1)

    class Meta:
        verbose_name = _("total d’un jour")
        verbose_name_plural = _("totaux par jour")
        indexes = [
            models.Index(
                fields=["agence", "day", "status"], include=["visits", "seconds", "km"], name="day_total_by_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.status} {self.visits:+d}"
