"""What a manager has chosen to act on: the visits and the versions that were on screen, kept between two pages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id


class Selection(models.Model):
    """Visits chosen by one person, fixed at what matched when they were chosen.

    `visits` holds [internal key, version seen] pairs: what has changed since is recognised by its version. It grants
    nothing: whoever acts on it sees only what they may see then. `came_from` is the query of the table it came from.
    """

    agence = models.ForeignKey("interventions.Agence", models.CASCADE, related_name="+", db_index=False)
    public_id = public_id()
    user = models.ForeignKey("interventions.User", models.CASCADE, related_name="+", db_index=False)
    visits = models.JSONField(default=list)
    came_from = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sélection")
        indexes = [models.Index(fields=["agence", "user", "made_at"], name="selection_by_person")]

    def __str__(self) -> str:
        return f"{len(self.visits)} × {self.user_id}"

    @property
    def seen(self) -> dict[int, int]:
        """The version of each visit that the person had before them, in the order of the table."""
        return dict(self.visits)
