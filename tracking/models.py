"""What a manager keeps of the table: visits chosen, visits ticked, views by name, the columns they want."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id, tenant_key
from tracking.exports.records import Export, ExportedMonth, ExportLine

__all__ = ["Export", "ExportLine", "ExportedMonth", "SavedView", "Selection", "TableChoice", "Ticks"]


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


class Ticks(models.Model):
    """The visits that one person has ticked on the table and not yet acted on; one row a person.

    It outlives a page, a sort and another filter. `visits` holds [internal key, version seen] pairs, as a Selection
    does; `size` and `minutes` are what they come to, so that a page that shows fifty rows need not read them all.
    """

    agence = models.ForeignKey("interventions.Agence", models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey("interventions.User", models.CASCADE, related_name="+", db_index=False)
    visits = models.JSONField(default=list)
    size = models.PositiveIntegerField(default=0)
    minutes = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("visites cochées")
        constraints = [models.UniqueConstraint(fields=["agence", "user"], name="ticks_once_a_person")]

    def __str__(self) -> str:
        return f"{self.size} × {self.user_id}"


class SavedView(models.Model):
    """A filter, a sort and columns under a name: the query of the table. Its author's own, or shared.

    `secteurs` are those that a shared view is about, whose people alone see it; NULL is nobody's in particular, so
    that everybody of the agency does.
    """

    agence = models.ForeignKey("interventions.Agence", models.CASCADE, related_name="+", db_index=False)
    public_id = public_id()
    user = models.ForeignKey("interventions.User", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("nom de la vue"), max_length=60)
    query = models.TextField(blank=True)
    shared = models.BooleanField(_("partagée"), default=False)
    secteurs = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        verbose_name = _("vue")
        constraints = [
            tenant_key("saved_view"),
            models.UniqueConstraint(fields=["agence", "user", "name"], name="saved_view_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TableChoice(models.Model):
    """How one person wants the table: its columns (none means the usual ones), and the view that it opens on."""

    agence = models.ForeignKey("interventions.Agence", models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey("interventions.User", models.CASCADE, related_name="+", db_index=False)
    columns = ArrayField(models.CharField(max_length=20), default=list)
    view = models.ForeignKey(
        SavedView, models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("présentation du tableau")
        constraints = [models.UniqueConstraint(fields=["agence", "user"], name="table_choice_once_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id}: {', '.join(self.columns)}"
