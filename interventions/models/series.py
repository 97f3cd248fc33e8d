"""Visits that come back on the same days of the week."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.contrats import Contrat, Prestation
from interventions.models.fields import public_id, tenant_key
from interventions.models.people import Client, Intervenant
from interventions.querysets import SeriesQuerySet


class Series(models.Model):
    """What comes back: a rule (RRULE, without its start and end), hours on the agency's clock, who and what.

    Both dates are included; without an end it goes on. An `end` at or before `start` on the clock is the next day's.
    Its visits exist up to `made_until`; each is a visit like any other, and may since have been changed by itself.
    """

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="series")
    public_id = public_id()
    client = models.ForeignKey(Client, models.RESTRICT, db_constraint=False, related_name="series")
    intervenant = models.ForeignKey(
        Intervenant, models.RESTRICT, null=True, blank=True, db_constraint=False, related_name="series"
    )
    prestation = models.ForeignKey(Prestation, models.RESTRICT, db_constraint=False, related_name="+")
    contrat = models.ForeignKey(
        Contrat, models.RESTRICT, null=True, blank=True, db_constraint=False, related_name="series"
    )
    rule = models.CharField(_("règle"), max_length=200)
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"), null=True, blank=True)
    skips_holidays = models.BooleanField(_("sauf les jours fériés"), default=False)
    start = models.TimeField(_("début"))
    end = models.TimeField(_("fin"))
    km = models.DecimalField(_("kilomètres"), max_digits=4, decimal_places=1, default=Decimal("0.0"))
    ordre_de_mission = models.TextField(_("ordre de mission"), blank=True)
    made_until = models.DateField(_("créée jusqu’au"))

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("série")
        verbose_name_plural = _("séries")
        constraints = [
            tenant_key("series"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="series_ends_after_start",
                violation_error_message=_("La série finit avant de commencer."),
            ),
        ]
        indexes = [models.Index(fields=["agence", "client", "starts_on", "id"], name="series_by_client")]

    def __str__(self) -> str:
        return f"{self.rule} {self.start:%H:%M}"

    def is_over(self, today: date) -> bool:
        """Return whether its last day is past."""
        return self.ends_on is not None and self.ends_on < today
