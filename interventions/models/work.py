"""A press that is too large for one request: what is left of it, kept as rows, so that no worker's death loses it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import tenant_key
from interventions.models.journal import Batch
from interventions.models.people import Gestionnaire


class BatchWork(models.Model):
    """What is left to do of a batch, and how far it is. One that has ended keeps what it did, without its parts.

    `gestionnaire` is the row through which the press was made: the rights that it holds count at each part. `shared`
    is what every change of it holds (a motif, a reason). `lease_until` is how long one worker has it, `takes` how
    often one took it up, `failures` how often a part broke off in an error. `handled` rows are decided, of which
    `left` were left alone.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="works", db_index=False)
    batch = models.OneToOneField(Batch, models.RESTRICT, db_constraint=False, related_name="work")
    gestionnaire = models.ForeignKey(Gestionnaire, models.RESTRICT, db_constraint=False, related_name="+")
    shared = models.JSONField(default=dict)
    total = models.PositiveIntegerField(_("visites"), default=0)
    handled = models.PositiveIntegerField(_("traitées"), default=0)
    left = models.PositiveIntegerField(_("laissées"), default=0)
    takes = models.PositiveIntegerField(_("reprises"), default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(_("commencé le"), null=True)
    finished_at = models.DateTimeField(_("fini le"), null=True)
    stopped_by = models.CharField(_("arrêté par"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("lot en cours")
        verbose_name_plural = _("lots en cours")
        constraints = [
            tenant_key("batchwork"),
            models.CheckConstraint(condition=Q(handled__lte=F("total")), name="work_handles_what_there_is"),
        ]
        indexes = [models.Index(fields=["agence", "id"], condition=Q(finished_at=None), name="work_unfinished")]

    def __str__(self) -> str:
        return f"{self.batch_id} · {self.handled}/{self.total}"

    @property
    def was_stopped(self) -> bool:
        """Whether it ended before its last row."""
        return self.finished_at is not None and bool(self.stopped_by)

    @property
    def was_resumed(self) -> bool:
        """Whether a worker went on where another had been cut off."""
        return self.takes > 1


class BatchPart(models.Model):
    """Some changes of a batch that are done in one transaction, which removes this row: done at most once.

    `changes` holds what tells each from the others, by the names of `operations.Change`.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    work = models.ForeignKey(BatchWork, models.RESTRICT, db_constraint=False, db_index=False, related_name="parts")
    place = models.PositiveIntegerField()
    changes = models.JSONField(default=list)

    class Meta:
        verbose_name = _("partie d’un lot")
        verbose_name_plural = _("parties d’un lot")
        constraints = [models.UniqueConstraint(fields=["agence", "work", "place"], name="batch_part_once")]

    def __str__(self) -> str:
        return f"{self.work_id} · {self.place}"
