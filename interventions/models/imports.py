"""What came in by file, and each line as it was last read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id, tenant_key
from interventions.models.intervention import Intervention
from interventions.models.people import User


class Import(models.Model):
    """One confirmed import of one or several files; `report` keeps what became of each line that matters."""

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="imports", db_index=False)
    public_id = public_id()
    number = models.PositiveIntegerField(_("numéro"))
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("le"))
    report = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("import")
        constraints = [
            models.UniqueConstraint(fields=["agence", "number"], name="import_number_once"),
            tenant_key("import"),
        ]

    def __str__(self) -> str:
        return f"Import n° {self.number}"


class ImportedLine(models.Model):
    """A line of a file as last read, by the identity that its kind of file gives it.

    `values` are the cells as read, `applied` the fields as this line last set them here: what differs from them
    was changed here since. `day` is the visit's day in the file, for telling which lines a later file lacks.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    identity = models.CharField(max_length=400)
    last_import = models.ForeignKey(Import, models.RESTRICT, db_constraint=False, db_index=False, related_name="+")
    values = models.JSONField(default=dict)
    applied = models.JSONField(default=dict)
    day = models.DateField(null=True)
    intervention = models.ForeignKey(
        Intervention, models.RESTRICT, null=True, db_constraint=False, related_name="imported_lines"
    )

    class Meta:
        verbose_name = _("ligne importée")
        constraints = [
            models.UniqueConstraint(fields=["agence", "kind", "identity"], name="imported_line_once"),
        ]
        indexes = [models.Index(fields=["agence", "kind", "day"], name="imported_line_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.identity}"
