"""The lines of an import as its page shows them: counted file by file, then those of one result, 50 a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from interventions.imports.findings import ABSENT, WARNING
from interventions.imports.recognition import KINDS
from interventions.models import ImportFile, ImportFinding, ImportRequest
from portals.manager.imports import words
from portals.web import paging
from portals.web.paging import Slice

FILE, RESULT = "fichier", "sort"


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines of a file have a result; `url` shows them, empty where there are none."""

    result: words.ResultWords
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class FileCounts:
    """One file of the table: what it is, its lines, its counts."""

    file: ImportFile
    lines: int
    counts: list[Count]


def in_order(files: Sequence[ImportFile]) -> list[ImportFile]:
    """Return the files in the order in which they are loaded."""
    places = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(files, key=lambda file: places.get(file.kind, len(places)))


def lines_of(file: ImportFile) -> int:
    """Return how many lines of a file were looked at."""
    return sum(count for result, count in file.counts.items() if result not in (WARNING, ABSENT))


def table(files: Sequence[ImportFile], kind: str, result: str) -> list[FileCounts]:
    """Return the counts of each file, the chosen one marked."""
    return [
        FileCounts(
            file,
            lines_of(file),
            [
                Count(
                    one,
                    count := file.counts.get(name, 0),
                    f"?{FILE}={file.kind}&{RESULT}={name}" if count else "",
                    (file.kind, name) == (kind, result),
                )
                for name, one in words.RESULTS.items()
            ],
        )
        for file in in_order(files)
        if file.counts
    ]


def chosen(query: QueryDict, files: Sequence[ImportFile], *, moved: int) -> tuple[str, str]:
    """Return the file and the result whose lines are shown: as asked, else what most needs a look; maybe nothing."""
    if query.get(RESULT) == words.MOVED or (moved and RESULT not in query):
        return "", words.MOVED
    there = [(file.kind, result) for result in words.RESULTS for file in in_order(files) if file.counts.get(result)]
    asked = (query.get(FILE, ""), query.get(RESULT, ""))
    return asked if asked in there else next(iter(there), ("", ""))


def words_of(result: str) -> words.ResultWords | None:
    """Return the words of a result."""
    return words.MOVED_WORDS if result == words.MOVED else words.RESULTS.get(result)


def cut(asked: ImportRequest, kind: str, result: str, query: QueryDict) -> Slice:
    """Return the page of lines that the address asks for, by line."""
    found = ImportFinding.objects.filter(agence_id=asked.agence_id, request=asked)
    if result == words.MOVED:
        return paging.cut(found.filter(moved=True), "line", query)
    return paging.cut(found.filter(kind=kind, result=result), "line", query)


def summary(asked: ImportRequest) -> list[tuple[words.ResultWords, int]]:
    """Return how many lines of all files had each result, those that there are, what changes first."""
    found: Counter[str] = Counter()
    for file in asked.files.all():
        found.update(file.counts)
    return [(one, found[name]) for name in words.TOLD if (one := words.RESULTS[name]) and found[name]]
