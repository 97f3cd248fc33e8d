"""What an import finds of each line, as rows that a list shows, and what has moved since they were last shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import batched
from typing import Any

from interventions.models import ImportFinding, ImportRequest, bulk

from .apply import Files
from .parse import Parsed
from .report import FileReport, Report, Result

# Said beside the result of a line: deserves a look; was in an earlier file and is not in this one.
WARNING, ABSENT = "warning", "absent"
ASIDE = (WARNING, ABSENT)
# Rows that are written by one statement.
CHUNK = 5_000

# A line of a file by its kind and number.
type Place = tuple[str, int]
# (result, column, value, here, reason)
type Said = tuple[str, str, str, str, str]
type Told = dict[Place, frozenset[Said]]


def findings(report: Report, files: Files) -> Iterator[ImportFinding]:
    """Yield what there is to say of each line, file by file; rows without a request."""
    for kind, file in report.files.items():
        labels = {_line(parsed): parsed.label for parsed in files[kind]}
        for line, result, *said in _of(file):
            yield ImportFinding(kind=kind, line=line, result=result, label=labels.get(line, ""), **_texts(*said))
        for gone in file.absent:
            label = gone.identity.replace("|", " · ")[:120]
            yield ImportFinding(kind=kind, line=0, result=ABSENT, label=label, value=f"{gone.day:%d/%m/%Y}")


def _line(parsed: Parsed[Any]) -> int:
    return int(parsed.outcome.line)


def _of(file: FileReport) -> Iterator[tuple[Any, ...]]:
    """Yield (line, result, column, value, here, reason), every line at least once."""
    told: dict[int, list[tuple[str, str, str, str]]] = {}
    for one in file.refused:
        told.setdefault(one.line, []).append((one.column, one.value, "", one.reason))
    for both in (file.changed, file.kept):
        for value in both:
            told.setdefault(value.line, []).append((value.column, value.file, value.here, ""))
    kept = {(value.line, value.column) for value in file.kept}
    for line, result in file.results.items():
        for said in told.get(line, [("", "", "", "")]):
            own = Result.KEPT if (line, said[0]) in kept else result
            yield (line, own.value, *said)
    for remark in file.warnings:
        yield (remark.line, WARNING, remark.column, remark.value, "", remark.reason)


def _texts(column: str, value: str, here: str, reason: str) -> dict[str, str]:
    return {"column": column[:60], "value": value, "here": here, "reason": reason[:300]}


def told(rows: Iterator[ImportFinding]) -> Told:
    """Return what is said of the fate of each line, without what is only said beside it."""
    found: dict[Place, set[Said]] = {}
    for row in rows:
        if row.result not in ASIDE:
            said = (row.result, row.column, row.value, row.here, row.reason)
            found.setdefault((row.kind, row.line), set()).add(said)
    return {place: frozenset(said) for place, said in found.items()}


def shown(request: ImportRequest) -> Told:
    """Return what the request's preview said of the fate of each line."""
    rows = ImportFinding.objects.filter(agence_id=request.agence_id, request=request)
    return told(rows.exclude(result__in=ASIDE).iterator(chunk_size=CHUNK))


def moved(before: Told, now: Told) -> frozenset[Place]:
    """Return the lines that fare otherwise than was shown."""
    return frozenset(place for place in before.keys() | now.keys() if before.get(place) != now.get(place))


def write(request: ImportRequest, report: Report, files: Files, away: frozenset[Place] = frozenset()) -> None:
    """Put what is found in the place of what was found before; `away` are the lines that have moved."""
    ImportFinding.objects.filter(agence_id=request.agence_id, request=request).delete()
    for rows in batched(findings(report, files), CHUNK):
        for row in rows:
            row.agence_id, row.request_id = request.agence_id, request.pk
            row.moved = (row.kind, row.line) in away and row.result not in ASIDE
        bulk.insert(rows)
    counts = {kind: counted(file) for kind, file in report.files.items()}
    for file in request.files.all():
        file.counts = counts.get(file.kind, {})
        file.save(update_fields=["counts"])


def counted(file: FileReport) -> dict[str, int]:
    """Return how many lines had each result, and how much is said beside them."""
    results = Counter(file.results.values())
    aside = {WARNING: len(file.warnings), ABSENT: len(file.absent)}
    return {result.value: results[result] for result in Result} | aside
