"""What is agreed with a client: kinds of service and contrats."""

from __future__ import annotations

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from interventions.billed_hours import STEPS, Rounding
from interventions.models.fields import Named, public_id, tenant_key
from interventions.models.people import Client
from interventions.querysets import ContratQuerySet
from interventions.states import Labelled

BILLING_STEPS = [(0, _("la minute")), *((step, format_lazy(_("{n} minutes"), n=step)) for step in STEPS if step)]


class Prestation(Named):
    """The kind of service."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="prestations")
    public_id = public_id()
    billing_step = models.PositiveSmallIntegerField(
        _("facturation arrondie à"),
        default=0,
        choices=BILLING_STEPS,
    )
    billing_rounding = models.CharField(
        _("sens de l’arrondi"), max_length=8, default=Rounding.NEAREST, choices=Rounding.choices
    )
    archived_at = models.DateTimeField(_("archivée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("prestation")
        constraints = [
            models.UniqueConstraint(fields=["agence", "name"], name="prestation_name_once"),
            tenant_key("prestation"),
        ]
        indexes = [models.Index(fields=["agence", "sort_name", "id"], name="prestation_by_name")]


class ContratState(Labelled):
    """The état of a contrat, in its order; Résilié ends it on a date."""

    DRAFT = "draft", _("Brouillon")
    VALID = "valid", _("Validé")
    SIGNED = "signed", _("Signé")
    TERMINATED = "terminated", _("Résilié")


class Contrat(models.Model):
    """Client, prestation and dates; both dates included. Billable visits hang on one that is facturable."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="contrats")
    public_id = public_id()
    number = models.CharField(_("numéro"), max_length=40)
    client = models.ForeignKey(Client, models.RESTRICT, db_constraint=False, related_name="contrats")
    prestation = models.ForeignKey(Prestation, models.RESTRICT, db_constraint=False, related_name="contrats")
    state = models.CharField(_("état"), max_length=12, choices=ContratState.choices, default=ContratState.DRAFT)
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"), null=True, blank=True)
    billable = models.BooleanField(_("facturable"), default=True)
    monthly_minutes = models.PositiveIntegerField(_("minutes par mois"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archivé le"), null=True, blank=True)

    objects = ContratQuerySet.as_manager()

    class Meta:
        verbose_name = _("contrat")
        constraints = [
            models.UniqueConstraint(fields=["agence", "number"], name="contrat_number_once"),
            models.UniqueConstraint(fields=["agence", "client", "id"], name="contrat_of_client"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="contrat_ends_after_start",
                violation_error_message=_("Le contrat finit avant de commencer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.prestation}, {self.state_label}"

    @property
    def state_label(self) -> str:
        """The état in words; get_state_display translates every état there is, for each row of a list."""
        return str(ContratState(self.state).label)
