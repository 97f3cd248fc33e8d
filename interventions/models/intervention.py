"""One visit, with the three versions of its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Collate, Upper
from django.utils.translation import gettext_lazy as _

from interventions.guards import Facts
from interventions.models.contrats import Contrat, Prestation
from interventions.models.fields import public_id, tenant_key
from interventions.models.intervention_triggers import TRIGGERS
from interventions.models.motifs import Motif
from interventions.models.people import Client, Intervenant, User
from interventions.models.series import Series
from interventions.querysets import InterventionQuerySet
from interventions.states import Action, Origin, Role, Settled, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


OPEN = [status for status in Status if status not in (Status.VALIDATED, Status.CANCELLED)]


def kilometres(label: _StrPromise | str, *, null: bool = False) -> models.DecimalField[Any, Any]:
    """Return a distance in kilometres, 0 to 999.9 with one decimal."""
    return models.DecimalField(label, max_digits=4, decimal_places=1, null=null)


def facts_check(version: str) -> list[models.CheckConstraint]:
    """Return the checks that one version of the facts is whole and makes sense: end after start, no negative km."""
    start, end, km = (f"{version}_{part}" for part in ("start", "end", "km"))
    absent = models.Q(**{f"{start}__isnull": True, f"{end}__isnull": True, f"{km}__isnull": True})
    # Each column named: a check whose answer is unknown would let a half-empty version through.
    whole = models.Q(**{f"{column}__isnull": False for column in (start, end, km)})
    valid = whole & models.Q(**{f"{end}__gt": models.F(start), f"{km}__gte": 0})
    return [
        models.CheckConstraint(
            condition=absent | valid,
            name=f"intervention_{version}_facts",
            violation_error_message=_("La fin suit le début, et les kilomètres ne sont pas négatifs."),
        )
    ]


class Intervention(models.Model):
    """One visit by one intervenant. Never deleted, only cancelled.

    `planned`, `declared` and `retained` are versions of the facts and none overwrites another; only `operations`
    writes them and the status. `day` is the date of the retained start in the agency's time zone. `step` is the
    version at which the present status was entered; `last_…` describe the last act of the workflow.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="interventions", db_index=False)
    public_id = public_id()
    number = models.CharField(_("numéro"), max_length=40, blank=True)
    client = models.ForeignKey(
        Client, models.RESTRICT, db_constraint=False, db_index=False, related_name="interventions"
    )
    intervenant = models.ForeignKey(
        Intervenant,
        models.RESTRICT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="interventions",
    )
    prestation = models.ForeignKey(
        Prestation, models.RESTRICT, db_constraint=False, db_index=False, related_name="interventions"
    )
    contrat = models.ForeignKey(
        Contrat,
        models.RESTRICT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="interventions",
    )
    series = models.ForeignKey(
        Series,
        models.RESTRICT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="interventions",
    )
    origin = models.CharField(_("origine"), max_length=12, choices=Origin.choices)
    ordre_de_mission = models.TextField(_("ordre de mission"), blank=True)
    comment = models.TextField(_("commentaire de l’intervenant"), blank=True)

    planned_start = models.DateTimeField(_("début prévu"), null=True)
    planned_end = models.DateTimeField(_("fin prévue"), null=True)
    planned_km = kilometres(_("kilomètres prévus"), null=True)
    declared_start = models.DateTimeField(_("début déclaré"), null=True)
    declared_end = models.DateTimeField(_("fin déclarée"), null=True)
    declared_km = kilometres(_("kilomètres déclarés"), null=True)
    retained_start = models.DateTimeField(_("début retenu"))
    retained_end = models.DateTimeField(_("fin retenue"))
    retained_km = kilometres(_("kilomètres retenus"))
    day = models.DateField(_("jour"))

    status = models.CharField(_("statut"), max_length=12, choices=Status.choices)
    version = models.PositiveIntegerField(default=1)
    step = models.PositiveIntegerField(default=1)
    done_at = models.DateTimeField(null=True)
    declared_at = models.DateTimeField(null=True)
    declared_on_behalf = models.BooleanField(default=False)
    settled_by = models.CharField(_("validée"), max_length=12, choices=Settled.choices, blank=True)
    settled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=12, choices=Role.choices, blank=True)
    withdrawn = models.BooleanField(default=False)
    billable_checked = models.BooleanField(default=False)
    motif = models.ForeignKey(Motif, models.RESTRICT, null=True, db_constraint=False, db_index=False, related_name="+")
    last_action = models.CharField(max_length=30, choices=Action.choices)
    last_role = models.CharField(max_length=12, choices=Role.choices)
    last_actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    last_at = models.DateTimeField()

    objects = InterventionQuerySet.as_manager()

    class Meta:
        verbose_name = _("intervention")
        constraints = [
            tenant_key("intervention"),
            models.UniqueConstraint(
                fields=["agence", "number"], condition=~models.Q(number=""), name="intervention_number_once"
            ),
            *facts_check("planned"),
            *facts_check("declared"),
            models.CheckConstraint(
                condition=models.Q(retained_end__gt=models.F("retained_start"), retained_km__gte=0),
                name="intervention_retained_facts",
                violation_error_message=_("La fin suit le début, et les kilomètres ne sont pas négatifs."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT)
                | models.Q(status=Status.CANCELLED)
                | models.Q(intervenant__isnull=False),
                name="intervention_has_an_intervenant",
                violation_error_message=_("Sans intervenant, une visite est un brouillon."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.PLANNED)
                | models.Q(planned_start__isnull=False, declared_start__isnull=True),
                name="intervention_planned_is_undeclared",
                violation_error_message=_("Une visite à réaliser a un horaire prévu, et rien de déclaré."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[Status.DONE, Status.CONTESTED])
                | models.Q(declared_start__isnull=False, contrat__isnull=False),
                name="intervention_done_is_declared",
                violation_error_message=_("Une visite réalisée est déclarée et rattachée à un contrat."),
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=list(Status)),
                name="intervention_status_known",
                violation_error_message=_("Ce statut n’existe pas."),
            ),
        ]
        indexes = [
            models.Index(fields=["agence", "day", "retained_start", "id"], name="intervention_by_day"),
            models.Index(fields=["agence", "status", "day", "id"], name="intervention_by_status"),
            models.Index(fields=["agence", "client", "day", "id"], name="intervention_by_client"),
            models.Index(fields=["agence", "intervenant", "day", "id"], name="intervention_by_intervenant"),
            # What somebody has still to act on, whose pages do not read the years that are settled.
            models.Index(
                fields=["agence", "client", "status", "day", "id"],
                condition=models.Q(status__in=OPEN),
                name="intervention_open_by_client",
            ),
            models.Index(
                fields=["agence", "intervenant", "status", "day", "id"],
                condition=models.Q(status__in=OPEN),
                name="intervention_open_by_carer",
            ),
            models.Index(fields=["agence", "prestation", "day", "id"], name="intervention_by_prestation"),
            models.Index(fields=["agence", "contrat", "day", "id"], name="intervention_by_contrat"),
            models.Index(
                fields=["agence", "series", "day", "id"],
                condition=models.Q(series__isnull=False),
                name="intervention_by_series",
            ),
            # What is searched is typed in any case, and found by how it begins: letter by letter, not as a dictionary.
            models.Index(
                "agence",
                Collate(Upper("number"), "C"),
                "id",
                condition=~models.Q(number=""),
                name="intervention_by_number",
            ),
        ]
        triggers = TRIGGERS

    def __str__(self) -> str:
        return f"{self.client} {self.day:%d/%m/%Y}"

    def facts(self, version: str) -> Facts | None:
        """Return the "planned", "declared" or "retained" version, or None where there is none."""
        start = getattr(self, f"{version}_start")
        if start is None:
            return None
        return Facts(start, getattr(self, f"{version}_end"), getattr(self, f"{version}_km"))

    @property
    def planned(self) -> Facts | None:
        """What was agreed beforehand."""
        return self.facts("planned")

    @property
    def declared(self) -> Facts | None:
        """What the intervenant entered."""
        return self.facts("declared")

    @property
    def retained(self) -> Facts:
        """What counts today: plannings, pay and invoice read this one."""
        return Facts(self.retained_start, self.retained_end, self.retained_km)

    @property
    def state(self) -> Status:
        """The status as a member of the vocabulary, with its label, Etat and turn."""
        return Status(self.status)
