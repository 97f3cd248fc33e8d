"""When a person wants the mails of an agency, and whether their address takes them."""

from __future__ import annotations

from datetime import time

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.people import User
from interventions.states import Labelled

EVENING = time(18)


class Rhythm(Labelled):
    """How often mails come."""

    BATCH = "batch", _("À chaque fois")
    DAY = "day", _("Une fois par jour")
    WEEK = "week", _("Une fois par semaine")
    NONE = "none", _("Jamais")


class MailPreference(models.Model):
    """One person's choice at one agency, in all their roles there; no row means: each mail as soon as it is due.

    Hours are read on the agency's clock. `quiet_from` and `quiet_until` are both given or both empty; the quiet hours
    may pass midnight. `weekday` counts from Monday, 0. `refused_address` is the address that last sent a mail back.
    """

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="mail_preferences", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="mail_preferences")
    rhythm = models.CharField(_("rythme"), max_length=5, choices=Rhythm.choices, default=Rhythm.BATCH)
    hour = models.TimeField(_("heure"), default=EVENING)
    weekday = models.PositiveSmallIntegerField(_("jour"), default=4, validators=[MaxValueValidator(6)])
    quiet_from = models.TimeField(_("pas de mail à partir de"), null=True, blank=True)
    quiet_until = models.TimeField(_("et jusqu’à"), null=True, blank=True)
    refused_address = models.EmailField(_("adresse qui a refusé un mail"), max_length=254, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("rythme des mails")
        verbose_name_plural = _("rythmes des mails")
        constraints = [
            models.UniqueConstraint(fields=["agence", "user"], name="mail_preference_once"),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="mail_preference_quiet_hours_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.get_rhythm_display()}"

    @property
    def gathers(self) -> bool:
        """Whether mails wait for one another and leave as one."""
        return self.rhythm in (Rhythm.DAY, Rhythm.WEEK) or self.quiet_from is not None
