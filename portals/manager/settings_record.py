"""Who changed which setting, from what to what, and when, as the page says it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

from interventions.models import Agence, SettingEntry
from portals.web import format as fmt

RECORDED = 20


def record(agence: Agence) -> list[str]:
    """Return the latest changes of settings in words, a line each, the newest first."""
    entries = SettingEntry.objects.filter(agence=agence).order_by("-at", "-pk")[:RECORDED]
    return [line for entry in entries for line in _lines(entry)]


def _lines(entry: SettingEntry) -> list[str]:
    at = timezone.localtime(entry.at)
    words = {"who": fmt.who(entry.actor_name), "day": fmt.day(at.date(), at.date()), "hour": fmt.hour(at)}
    when = _("%(day)s à %(hour)s, %(who)s") % words
    return [
        _("%(when)s\u00a0: %(setting)s, de «\u00a0%(before)s\u00a0» à «\u00a0%(after)s\u00a0».")
        % {
            "when": when,
            "setting": _label(name),
            "before": _said(name, entry.before[name]),
            "after": _said(name, value),
        }
        for name, value in entry.after.items()
    ]


def _label(name: str) -> str:
    return str(getattr(Agence._meta.get_field(name), "verbose_name", name))


def _said(name: str, value: Any) -> str:
    """Return a value as the page says it: a choice by its label, yes or no, a list on one line."""
    field = Agence._meta.get_field(name)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(field, models.DecimalField):
        return str(localize(Decimal(value)))
    if isinstance(field, models.TimeField):
        return str(value)[: len("22:00")]
    choices = dict(getattr(field, "flatchoices", ()))
    return " · ".join(str(choices.get(value, value)).split("\n")) or _("rien")
