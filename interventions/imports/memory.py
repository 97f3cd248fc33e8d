"""Each line as last read: recalled by the identity that its kind of file gives it, and written back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from interventions.models import ImportedLine, bulk

from .compare import Values


@dataclass(frozen=True, slots=True)
class Remembered:
    """A line as last read: its cells, the fields as it last set them here, and the visit it made, if any."""

    written: Values
    applied: Values
    intervention_id: int | None = None
    day: date | None = None


def recall(agence_id: int, kind: str, identities: Collection[str]) -> dict[str, Remembered]:
    """What earlier imports of the agency remembered of these lines, in one query."""
    rows = ImportedLine.objects.filter(agence_id=agence_id, kind=kind, identity__in=identities)
    return {
        identity: Remembered(*rest)
        for identity, *rest in rows.values_list("identity", "values", "applied", "intervention_id", "day")
    }


def remember(agence_id: int, kind: str, import_id: int, lines: Iterable[tuple[str, Remembered]]) -> None:
    """Write back lines as just read, in one statement."""
    bulk.insert(
        [
            ImportedLine(
                agence_id=agence_id,
                kind=kind,
                identity=identity,
                last_import_id=import_id,
                values=line.written,
                applied=line.applied,
                intervention_id=line.intervention_id,
                day=line.day,
            )
            for identity, line in lines
        ],
        unique=["agence_id", "kind", "identity"],
        renew=["last_import_id", "values", "applied", "intervention_id", "day"],
    )


def lacking(agence_id: int, kind: str, first: date, last: date, seen: Collection[str]) -> list[tuple[str, date]]:
    """Lines of earlier files whose day lies between these two, both included, and that are not among those seen."""
    rows = ImportedLine.objects.filter(
        agence_id=agence_id, kind=kind, day__range=(first, last), intervention__isnull=False
    )
    ordered = rows.order_by("day", "identity").values_list("identity", "day")
    return [(identity, day) for identity, day in ordered.iterator() if day is not None and identity not in seen]
