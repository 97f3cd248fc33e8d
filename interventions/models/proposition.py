"""What the client says a visit was, and what the manager decided."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.guards import Facts
from interventions.models.fields import public_id
from interventions.models.intervention import Intervention, kilometres
from interventions.models.journal import Batch
from interventions.models.kept import only_erased
from interventions.models.motifs import Motif
from interventions.models.people import User
from interventions.states import Choice, Closing, Role, Status

# What belongs to a visit stands still with it: a closed month's propositions and délibérations do not change either.
_IN_A_CLOSED_MONTH = """
    IF EXISTS (
        SELECT 1 FROM interventions_intervention visit
        JOIN interventions_period period
            ON period.agence_id = visit.agence_id AND period.month = date_trunc('month', visit.day)::date
        WHERE visit.id = NEW.intervention_id AND period.closed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'Mois clôturé' USING ERRCODE = '23514', CONSTRAINT = 'intervention_month_is_open';
    END IF;
    RETURN NEW;
"""


# The grounds of a délibération are words of people: they may go, and nothing else with them.
_ERASED = f"""
    IF TG_OP = 'UPDATE' THEN
        IF {only_erased("grounds")} THEN
            RETURN NEW;
        END IF;
    END IF;
"""


def stands_still(name: str, *columns: str, unless: str = "") -> list[pgtrigger.Trigger]:
    """Return what keeps a row of a visit from being added, removed or changed in `columns`, in a closed month.

    `unless` is SQL that goes before and lets pass what it will.
    """
    return [
        pgtrigger.Trigger(
            name=f"{name}_in_open_month",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),
            func=unless + _IN_A_CLOSED_MONTH,
        ),
        pgtrigger.Protect(name=f"{name}_never_deleted", operation=pgtrigger.Delete),
    ]


class Proposition(models.Model):
    """The client's version of a visit: other hours or kilometres, or (`is_annulation`) that it did not take place.

    Open until `closed_at`; at most one is open for a visit.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    public_id = public_id()
    intervention = models.ForeignKey(
        Intervention, models.RESTRICT, db_constraint=False, db_index=False, related_name="propositions"
    )
    is_annulation = models.BooleanField(_("annulation"), default=False)
    motif = models.ForeignKey(Motif, models.RESTRICT, null=True, db_constraint=False, db_index=False, related_name="+")
    start = models.DateTimeField(_("début"), null=True)
    end = models.DateTimeField(_("fin"), null=True)
    km = kilometres(_("kilomètres"), null=True)
    batch = models.ForeignKey(Batch, models.RESTRICT, db_constraint=False, db_index=False, related_name="+")
    role = models.CharField(max_length=12, choices=Role.choices)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    opened_at = models.DateTimeField(_("ouverte le"))
    closed_at = models.DateTimeField(_("close le"), null=True)
    outcome = models.CharField(_("issue"), max_length=12, choices=Closing.choices, blank=True)

    class Meta:
        verbose_name = _("modification du client")
        constraints = [
            models.UniqueConstraint(
                fields=["intervention"],
                condition=Q(closed_at__isnull=True),
                name="proposition_open_once",
                violation_error_message=_("Une modification attend déjà une réponse."),
            ),
            models.CheckConstraint(
                condition=Q(is_annulation=True, start__isnull=True, end__isnull=True, km__isnull=True)
                | Q(
                    is_annulation=False,
                    start__isnull=False,
                    end__isnull=False,
                    km__isnull=False,
                    end__gt=models.F("start"),
                    km__gte=0,
                ),
                name="proposition_facts",
                violation_error_message=_("La fin suit le début, et les kilomètres ne sont pas négatifs."),
            ),
        ]
        indexes = [models.Index(fields=["agence", "intervention", "opened_at"], name="proposition_by_intervention")]
        triggers = stands_still(
            "proposition", "intervention_id", "is_annulation", "motif_id", "start", "end", "km", "closed_at", "outcome"
        )

    def __str__(self) -> str:
        return f"{self.intervention_id} · {self.opened_at:%d/%m/%Y}"

    @property
    def facts(self) -> Facts | None:
        """The facts proposed, or None for an annulation."""
        if self.start is None or self.end is None:
            return None
        return Facts(self.start, self.end, self.km)


class Deliberation(models.Model):
    """What a manager decided where the two sides disagree, and why (`grounds`, sent to both)."""

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    intervention = models.ForeignKey(
        Intervention, models.RESTRICT, db_constraint=False, db_index=False, related_name="deliberations"
    )
    batch = models.ForeignKey(Batch, models.RESTRICT, db_constraint=False, db_index=False, related_name="+")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    choice = models.CharField(_("version retenue"), max_length=12, choices=Choice.choices)
    result = models.CharField(_("résultat"), max_length=12, choices=Status.choices)
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    km = kilometres(_("kilomètres"), null=True)
    grounds = models.TextField(_("motivation"))
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("délibération")
        indexes = [models.Index(fields=["agence", "intervention", "at"], name="deliberation_by_intervention")]
        triggers = stands_still(
            "deliberation", "intervention_id", "choice", "result", "start", "end", "km", "grounds", unless=_ERASED
        )

    def __str__(self) -> str:
        return f"{self.intervention_id} · {self.at:%d/%m/%Y}"
