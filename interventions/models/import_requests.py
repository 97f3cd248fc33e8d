"""An import that somebody asked for in the browser: its files, what is found of each line, and how far it is.

The rows are the work: a worker that dies loses nothing, and the import itself is one transaction (`imports.work`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id, tenant_key
from interventions.models.imports import Import
from interventions.models.people import Gestionnaire


class ImportKind(models.TextChoices):
    """What a file holds, by the usual name of such a file."""

    CLIENTS = "clients.csv", _("Clients")
    INTERVENANTS = "intervenants.csv", _("Intervenants")
    CONTRATS = "contrats.csv", _("Contrats")
    INTERVENTIONS = "interventions.csv", _("Interventions")
    PLANNING = "planning.csv", _("Planning à sept colonnes")


class ImportStage(models.TextChoices):
    """Where a request is, from the files to their fate."""

    COLUMNS = "columns", _("colonnes à vérifier")
    READING = "reading", _("aperçu en préparation")
    READY = "ready", _("aperçu à confirmer")
    LOADING = "loading", _("import en cours")
    DONE = "done", _("importé")
    FAILED = "failed", _("non importé")
    DROPPED = "dropped", _("abandonné")


# Where a worker has something to do.
AT_WORK = (ImportStage.READING, ImportStage.LOADING)
# Where nothing is to come any more.
ENDED = (ImportStage.DONE, ImportStage.FAILED, ImportStage.DROPPED)


class ImportRequest(models.Model):
    """One import from the upload to its report.

    `gestionnaire` is the row through which it was asked for: the rights that it holds count at each step. `handled` of
    `total` lines are read at this step, `takes` is how often a worker took it up, `failures` how often it broke off.
    `lease_until` is how long one worker has it. `moved` counts the lines that fare otherwise than the preview before
    said. `stopped_for` says in words why nothing is imported. `made` is there once something was written. `key` is
    that of the press which sent the files: the same press again makes no second request.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    public_id = public_id()
    gestionnaire = models.ForeignKey(Gestionnaire, models.RESTRICT, db_constraint=False, related_name="+")
    actor_name = models.CharField(max_length=200)
    key = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(_("envoyé le"))
    stage = models.CharField(max_length=10, choices=ImportStage.choices, default=ImportStage.COLUMNS)
    previewed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    handled = models.PositiveIntegerField(default=0)
    takes = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    moved = models.PositiveIntegerField(default=0)
    stopped_for = models.CharField(max_length=500, blank=True)
    made = models.ForeignKey(Import, models.RESTRICT, null=True, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        verbose_name = _("import demandé")
        verbose_name_plural = _("imports demandés")
        constraints = [
            tenant_key("importrequest"),
            models.UniqueConstraint(fields=["agence", "gestionnaire", "key"], name="import_once_a_press"),
        ]
        indexes = [
            models.Index(fields=["agence", "-created_at", "-id"], name="import_by_time"),
            models.Index(fields=["agence", "id"], condition=Q(stage__in=AT_WORK), name="import_at_work"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.created_at:%Y-%m-%d}"

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has something to do."""
        return self.stage in AT_WORK

    @property
    def was_resumed(self) -> bool:
        """Whether a worker began again where another had been cut off."""
        return self.takes > 1


class ImportFile(models.Model):
    """A file of a request; on disk it has a name of ours, `name` is what the person called it.

    `kind` is the usual name of such a file (empty until it is known), `heads` its columns as written, `columns` which
    of them stands for each expected one, `counts` how many lines had each result. `file` is empty once its time has
    passed.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    public_id = public_id()
    request = models.ForeignKey(ImportRequest, models.RESTRICT, db_constraint=False, related_name="files")
    kind = models.CharField(max_length=30, blank=True, choices=ImportKind.choices)
    file = models.FileField(max_length=200, blank=True)
    name = models.CharField(_("nom"), max_length=150)
    size = models.PositiveIntegerField(_("taille"))
    sha256 = models.CharField(max_length=64)
    heads = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("fichier importé")
        verbose_name_plural = _("fichiers importés")
        ordering = ("id",)  # as they were sent
        constraints = [
            tenant_key("importfile"),
            models.UniqueConstraint(
                fields=["agence", "request", "kind"], condition=~Q(kind=""), name="import_file_of_a_kind_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportFinding(models.Model):
    """What was found of one line: what becomes of it, and what there is to say of one of its columns.

    `result` is a `imports.report.Result`, or one of `imports.findings.ASIDE` for what is said beside the result.
    `label` is how a person knows the line again, `value` what the file says, `here` what stands here. `moved`
    lines fare otherwise than the preview before said.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    public_id = public_id()
    request = models.ForeignKey(
        ImportRequest, models.RESTRICT, db_constraint=False, db_index=False, related_name="findings"
    )
    kind = models.CharField(max_length=30, choices=ImportKind.choices)
    result = models.CharField(max_length=10)
    line = models.PositiveIntegerField()
    label = models.CharField(max_length=200, blank=True)
    column = models.CharField(max_length=60, blank=True)
    value = models.TextField(blank=True)
    here = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    moved = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("constat d’import")
        verbose_name_plural = _("constats d’import")
        indexes = [
            models.Index(fields=["agence", "request", "kind", "result", "line", "id"], name="import_finding_by_line")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.line}"


class ColumnMatch(models.Model):
    """Which column of an agency's files stands for an expected one: kept from the last time that somebody said so."""

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    kind = models.CharField(max_length=30, choices=ImportKind.choices)
    column = models.CharField(max_length=60)
    head = models.CharField(max_length=200)
    at = models.DateTimeField()
    actor_name = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("colonne reconnue")
        verbose_name_plural = _("colonnes reconnues")
        constraints = [
            models.UniqueConstraint(fields=["agence", "kind", "column", "head"], name="column_match_once"),
        ]

    def __str__(self) -> str:
        return f"{self.head} → {self.column}"
