"""What each person of an agency's desk opened last."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.people import User


class RecentlySeen(models.Model):
    """The fiches and visits that one person opened last at one agency; one row a person, see interventions.recent.

    `seen` holds «kind:key», the latest first, and never more than `interventions.recent.KEPT`. It grants nothing: what
    the person may no longer see is left out when it is read.
    """

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    seen = ArrayField(models.TextField(), default=list)

    class Meta:
        verbose_name = _("vu récemment")
        constraints = [models.UniqueConstraint(fields=["agence", "user"], name="recently_seen_once_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} × {len(self.seen)}"
