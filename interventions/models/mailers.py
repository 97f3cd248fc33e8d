"""How fast each mail service has been used, for all processes alike. A service belongs to no agency."""

from __future__ import annotations

from django.db import models


class MailerPace(models.Model):
    """When a service may be given its next mail."""

    name = models.CharField(max_length=40, unique=True)
    next_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class MailerMinute(models.Model):
    """How many mails a service was given in one minute."""

    name = models.CharField(max_length=40)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "minute"], name="mailer_minute_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.minute}"
