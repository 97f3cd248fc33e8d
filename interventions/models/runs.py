"""What the system did by itself, and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id
from interventions.querysets import JobRunQuerySet


class JobRun(models.Model):
    """One run of one job, for one agency or (None) for what belongs to none.

    A run that never ended has no `ended_at`. Of the runs in a row that had nothing to do only the last is kept.
    """

    agence = models.ForeignKey("Agence", models.CASCADE, null=True, related_name="job_runs", db_index=False)
    public_id = public_id()
    name = models.CharField(_("tâche"), max_length=30)
    started_at = models.DateTimeField(_("commencée"))
    ended_at = models.DateTimeField(_("finie"), null=True)
    done = models.PositiveIntegerField(_("faites"), default=0)
    error = models.TextField(_("erreur"), blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage d’une tâche")
        verbose_name_plural = _("passages des tâches")
        indexes = [models.Index(fields=["agence", "-started_at", "-id"], name="job_run_by_time")]

    def __str__(self) -> str:
        return f"{self.name} · {self.started_at}"
