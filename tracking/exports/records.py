"""What was exported for the pay and for the invoices, for good: numbered exports, and their signed lines by visit."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id, tenant_key
from interventions.states import Labelled, Role


class ExportKind(Labelled):
    """What an export is for."""

    PAY = "pay", _("Paie")
    BILLING = "billing", _("Facturation")


class Nature(Labelled):
    """Why a line is in an export; its value is its rank among the lines of one person and month."""

    VISIT = "0", _("Visite du mois")
    LATE = "1", _("Décision tardive")
    TAKEN = "2", _("Régularisation : retrait")
    GIVEN = "3", _("Régularisation : ajout")


def minutes() -> models.IntegerField[int, int]:
    """Return signed minutes: what is taken back is negative."""
    return models.IntegerField(default=0)


class Amounts(models.Model):
    """What lines come to: signed visits, minutes by kind, minutes as billed, kilometres."""

    visits = models.IntegerField(default=0)
    day_minutes = minutes()
    night_minutes = minutes()
    sunday_minutes = minutes()
    holiday_minutes = minutes()
    billed_minutes = minutes()
    km = models.DecimalField(max_digits=9, decimal_places=1, default=0)

    class Meta:
        abstract = True

    @property
    def total_minutes(self) -> int:
        """All kinds together: what the visits last."""
        return self.day_minutes + self.night_minutes + self.sunday_minutes + self.holiday_minutes


class Export(Amounts):
    """A numbered export of an agency, made once. Never changed, never removed: the database refuses.

    `number` has no gaps by agency and kind. `months` are those that its lines belong to, `month` the one that was
    asked for. `timezone` is the agency's clock of that day, on which the files show hours. The digests (SHA-256) are
    those of its two CSV files, so that anybody can see that a file is the one made then.
    """

    agence = models.ForeignKey("interventions.Agence", models.RESTRICT, related_name="+", db_index=False)
    public_id = public_id()
    kind = models.CharField(max_length=8, choices=ExportKind.choices)
    number = models.PositiveIntegerField()
    month = models.DateField()
    months = ArrayField(models.DateField())
    lines = models.PositiveIntegerField()
    timezone = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_id_kept = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=Role.choices)
    summary_digest = models.CharField(max_length=64)
    detail_digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("export numéroté")
        verbose_name_plural = _("exports numérotés")
        constraints = [
            tenant_key("export"),
            models.UniqueConstraint(fields=["agence", "kind", "number"], name="export_number_once"),
        ]
        indexes = [models.Index(fields=["agence", "-at", "-id"], name="export_by_time")]
        triggers = [pgtrigger.Protect(name="export_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{ExportKind(self.kind).label} n° {self.number}"


class ExportLine(Amounts):
    """What one export says of one visit: its facts as they were exported, signed. Kept like the export.

    `version` is the visit's when the line was written: a visit whose version is another has changed since. The last
    line of a visit says what stands of it: nothing, if it was taken back. Names and numbers are those of that day; the
    keys of people and contrats only tell whether a visit has changed hands. `place` sorts a file: whose the line is,
    then the contrat, the month and the nature.
    """

    agence = models.ForeignKey("interventions.Agence", models.RESTRICT, related_name="+", db_index=False)
    export = models.ForeignKey(Export, models.RESTRICT, db_constraint=False, db_index=False, related_name="+")
    kind = models.CharField(max_length=8, choices=ExportKind.choices)
    intervention = models.ForeignKey(
        "interventions.Intervention", models.RESTRICT, db_constraint=False, db_index=False, related_name="+"
    )
    version = models.PositiveIntegerField()
    nature = models.CharField(max_length=1, choices=Nature.choices)
    place = models.TextField(db_collation="C")
    corrects = models.PositiveIntegerField(null=True)
    month = models.DateField()
    day = models.DateField()
    start = models.DateTimeField()
    end = models.DateTimeField()
    cancelled = models.BooleanField(default=False)
    motif = models.CharField(max_length=120, blank=True)
    visit_number = models.CharField(max_length=40, blank=True)
    client_id_kept = models.BigIntegerField()
    client_number = models.CharField(max_length=40)
    client_name = models.CharField(max_length=250)
    intervenant_id_kept = models.BigIntegerField(null=True)
    intervenant_number = models.CharField(max_length=40, blank=True)
    intervenant_name = models.CharField(max_length=250, blank=True)
    prestation_id_kept = models.BigIntegerField()
    prestation_name = models.CharField(max_length=120)
    contrat_id_kept = models.BigIntegerField(null=True)
    contrat_number = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("ligne d’export")
        verbose_name_plural = _("lignes d’export")
        constraints = [tenant_key("export_line")]
        indexes = [
            models.Index(fields=["agence", "export", "place", "day", "start", "id"], name="export_line_by_place"),
            models.Index(fields=["agence", "kind", "intervention", "-id"], name="export_line_by_visit"),
        ]
        triggers = [pgtrigger.Protect(name="export_line_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.export_id} {self.intervention_id} {self.nature}"


class ExportedMonth(models.Model):
    """A month whose visits were looked at for an export, and the closing under which they stood then.

    A month that is closed stands still, so that nothing in it is due as long as its closing is that one.
    """

    agence = models.ForeignKey("interventions.Agence", models.RESTRICT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=ExportKind.choices)
    month = models.DateField()
    closed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mois exporté")
        verbose_name_plural = _("mois exportés")
        constraints = [models.UniqueConstraint(fields=["agence", "kind", "month"], name="exported_month_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.month:%m/%Y}"
