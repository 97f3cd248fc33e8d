"""What a run leaves to the next: which faults were found, by which test, and which functions each test reaches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path


class Memory:
    """Kept in a file if one is named. All is forgotten once a line of the code that is harmed is another."""

    def __init__(self, file: str | None, modules: Sequence[str]) -> None:
        self.file = Path(file) if file else None
        self.code = _digest()
        self.found: dict[str, str] = {}
        self.tests: dict[str, tuple[float, list[str]]] = {}
        self.modules = sorted(modules)
        if self.file and self.file.exists():
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            if kept["code"] == self.code:
                self.found = kept["found"]
                # What a test reaches was noted for the functions of these modules, and no others.
                self.tests = kept["tests"] if kept["modules"] == self.modules else {}

    def write(self) -> None:
        """Keep it."""
        if self.file:
            kept = {"code": self.code, "found": self.found, "tests": self.tests, "modules": self.modules}
            self.file.write_text(json.dumps(kept), encoding="utf-8")


def _digest() -> str:
    """Return a digest of the domain's code: whatever was found before was found in this."""
    files = sorted(Path("interventions").rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
