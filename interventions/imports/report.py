"""What an import did, or would do: a result for every line, and what a person should look at."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from .columns import Refusal


class Result(StrEnum):
    """What became of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Kept:
    """A value of the file that differs from what stands here.

    Kept here where somebody changed it here or acted on it; else it is what the file changes.
    """

    line: int
    column: str
    file: str
    here: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A line that was loaded and deserves a look: where, what is written there, and why in French."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A visit that an earlier file had in this one's period and this one lacks."""

    identity: str
    day: date


@dataclass(slots=True)
class FileReport:
    """One file: the result of each line, then the lists that explain them (`changed`: what the file changes)."""

    results: dict[int, Result] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    changed: list[Kept] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)

    def refuse(self, refusal: Refusal) -> None:
        """Record a line that was left out."""
        self.results[refusal.line] = Result.REFUSED
        self.refused.append(refusal)

    def count(self, result: Result) -> int:
        """How many lines had this result."""
        return Counter(self.results.values())[result]

    def as_dict(self) -> dict[str, object]:
        """The file's part of the JSON that `import_agence --json` prints."""
        counts = Counter(self.results.values())
        return {
            **{result.value: counts[result] for result in (Result.CREATED, Result.UPDATED, Result.UNCHANGED)},
            "refused": _dicts(sorted(self.refused, key=lambda refusal: refusal.line)),
            "kept": counts[Result.KEPT],
            "kept_values": _dicts(self.kept),
            "absent": [{"identity": gone.identity, "day": gone.day.isoformat()} for gone in self.absent],
            "warnings": _dicts(sorted(self.warnings, key=lambda remark: remark.line)),
        }


@dataclass(slots=True)
class Report:
    """One import: its files by name, and the elapsed minutes of their visits by (client number, first of month)."""

    files: dict[str, FileReport] = field(default_factory=dict)
    minutes: Counter[tuple[str, date]] = field(default_factory=Counter)

    def hours(self) -> dict[str, float]:
        """Elapsed hours of the visits in the files, by «client month», to four decimals."""
        return {
            f"{client} {month:%Y-%m}": round(minutes / 60, 4)
            for (client, month), minutes in sorted(self.minutes.items())
        }

    def as_dict(self) -> dict[str, object]:
        """What `import_agence --json` prints."""
        return {"files": {name: file.as_dict() for name, file in self.files.items()}, "hours": self.hours()}


def _dicts(items: Iterable[Refusal | Kept | Remark]) -> list[dict[str, object]]:
    return [asdict(item) for item in items]
