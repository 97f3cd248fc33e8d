"""The record of an agency's settings: who decided what, from what to what, and when."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.kept import kept
from interventions.states import Role


class SettingEntry(models.Model):
    """What one press changed in an agency's settings. Never changed, never removed: the database refuses.

    `before` and `after` hold the fields of `Agence` that changed, as JSON.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    at = models.DateTimeField()
    actor_id_kept = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=Role.choices)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("changement d’un réglage")
        verbose_name_plural = _("changements des réglages")
        indexes = [models.Index(fields=["agence", "-at", "-id"], name="setting_entry_by_time")]
        triggers = [kept("setting_entry_is_kept", "actor_name")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.at:%Y-%m-%d}"
