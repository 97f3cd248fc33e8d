"""The record of a line in words: who changed what, from what to what, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import Prestation, RegistryEntry, RegistryStep
from interventions.registry.keeping import entries_of
from portals.web import format as fmt

SHOWN = 20
NOT_SAID = frozenset({"archived_at", "client", "sort_name", "kind"})


def record(row: Any) -> list[str]:
    """Return the latest changes of a line, a sentence each, the newest first; two statements at most."""
    entries = list(entries_of(row)[:SHOWN])
    names = _prestations(row, entries)
    return [_line(row, entry, names) for entry in entries]


def _prestations(row: Any, entries: Iterable[RegistryEntry]) -> dict[int, str]:
    keys = {side["prestation"] for entry in entries for side in (entry.before, entry.after) if "prestation" in side}
    found = Prestation.objects.filter(agence_id=row.agence_id, pk__in=keys) if keys else ()
    return {one.pk: one.name for one in found}


def _line(row: Any, entry: RegistryEntry, names: dict[int, str]) -> str:
    at = timezone.localtime(entry.at)
    step = str(RegistryStep(entry.step).label)
    when = _("%(day)s à %(hour)s, %(who)s") % {
        "day": f"{at:%d/%m/%Y}",
        "hour": fmt.hour(at),
        "who": entry.actor_name,
    }
    changed = [_change(row, name, entry, names) for name in entry.after if name not in NOT_SAID]
    return f"{when} : {step}. {' '.join(changed)}".strip()


def _change(row: Any, name: str, entry: RegistryEntry, names: dict[int, str]) -> str:
    label = str(row._meta.get_field(name).verbose_name)
    said = {"what": label[:1].upper() + label[1:], "after": _said(row, name, entry.after[name], names)}
    if name not in entry.before:
        return _("%(what)s : %(after)s.") % said
    said["before"] = _said(row, name, entry.before[name], names)
    return _("%(what)s : de « %(before)s » à « %(after)s ».") % said


def _said(row: Any, name: str, value: Any, names: dict[int, str]) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if value in (None, ""):
        return "—"
    if name == "prestation":
        return names.get(value, "—")
    if name == "monthly_minutes":
        return fmt.duration(value)
    if name in ("starts_on", "ends_on"):
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    choices = dict(row._meta.get_field(name).flatchoices)
    return str(choices.get(value, value))
