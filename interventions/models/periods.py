"""Months, open or closed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"
