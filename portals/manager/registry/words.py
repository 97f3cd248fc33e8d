"""The record of a line in words: who changed what, from what to what, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import Prestation, RegistryEntry, RegistryStep, Secteur
from interventions.registry.keeping import entries_of
from portals.web import format as fmt

SHOWN = 20
NOT_SAID = frozenset({"archived_at", "ended_at", "anonymised_at", "client", "sort_name", "kind"})
# Columns that hold the key of a line of another list.
NAMED: dict[str, Any] = {"prestation": Prestation, "secteur": Secteur, "secteurs": Secteur}
HOURS = frozenset({"monthly_minutes", "weekly_minutes"})

type Names = dict[tuple[str, int], str]
type Sides = tuple[dict[str, Any], dict[str, Any]]


def record(row: Any) -> list[str]:
    """Return the latest changes of a line, a sentence each, the newest first; three statements at most."""
    entries = list(entries_of(row)[:SHOWN])
    names = _names(row, entries)
    return [_line(row, entry, names) for entry in entries]


def _names(row: Any, entries: Iterable[RegistryEntry]) -> Names:
    """Return the names of the lines that the columns point to; one statement a list."""
    sides = [side for entry in entries for side in _sides(entry)]
    found: Names = {}
    for column, model in NAMED.items():
        keys = {key for side in sides if side.get(column) for key in _keys(side[column])}
        lines = model.objects.filter(agence_id=row.agence_id, pk__in=keys) if keys else ()
        found |= {(column, one.pk): one.name for one in lines}
    return found


def _keys(value: Any) -> list[int]:
    return value if isinstance(value, list) else [value]


def _sides(entry: RegistryEntry) -> Sides:
    """Return what stood before and after; of a person as long as it is not erased."""
    apart = getattr(entry, "kept_apart", None)
    return (entry.before | apart.before, entry.after | apart.after) if apart else (entry.before, entry.after)


def _line(row: Any, entry: RegistryEntry, names: Names) -> str:
    at = timezone.localtime(entry.at)
    step = str(RegistryStep(entry.step).label)
    when = _("%(day)s à %(hour)s, %(who)s") % {
        "day": f"{at:%d/%m/%Y}",
        "hour": fmt.hour(at),
        "who": fmt.who(entry.actor_name),
    }
    before, after = _sides(entry)
    said = [_change(row, name, before, after, names) for name in _columns(entry, after)]
    erased = [_label(row, name) for name in entry.fields if name not in after]
    if erased:
        said.append(_("Ce qui s’y trouvait est effacé : %(what)s.") % {"what": ", ".join(erased)})
    return f"{when} : {step}. {' '.join(said)}".strip()


def _columns(entry: RegistryEntry, after: dict[str, Any]) -> list[str]:
    """Return the columns to tell of: of a line that is new only those in which something stands."""
    new = entry.step == RegistryStep.CREATED
    return [name for name, value in after.items() if name not in NOT_SAID and not (new and value in (None, "", []))]


def _label(row: Any, name: str) -> str:
    label = str(row._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _change(row: Any, name: str, before: dict[str, Any], after: dict[str, Any], names: Names) -> str:
    said = {"what": _label(row, name), "after": _said(row, name, after[name], names)}
    if name not in before:
        return _("%(what)s : %(after)s.") % said
    said["before"] = _said(row, name, before[name], names)
    return _("%(what)s : de « %(before)s » à « %(after)s ».") % said


def _said(row: Any, name: str, value: Any, names: Names) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if value in (None, "", []):
        return "—"
    if name in NAMED:
        return ", ".join(names.get((name, key), "—") for key in _keys(value))
    if name in HOURS:
        return fmt.duration(value)
    if name in ("starts_on", "ends_on"):
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    choices = dict(getattr(row._meta.get_field(name), "flatchoices", ()))
    return str(choices.get(value, value))
