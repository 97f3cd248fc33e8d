"""The documents name files that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# A path of ours between backquotes: it has a folder that the project has, or ends as its files do.
NAMED = re.compile(r"`((?:config|deploy|docs|interventions|portals|scripts|templates|tests|tracking)/[\w./-]*)`")
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_named_exists(document: Path) -> None:
    named = NAMED.findall(document.read_text(encoding="utf-8"))
    # docs/faults.md names its tests from their own folder on.
    assert [path for path in named if not (ROOT / path).exists() and not (ROOT / "tests" / path).exists()] == []


def test_security_names_a_test_or_a_reason_for_each_line() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in text.splitlines() if re.match(r"\| (\d|enum)", line)]
    assert len(rows) > 50
    # No chapter of ASVS is passed over in silence.
    assert {int(line.strip().split(".")[0]) for line, _holds, _seen in rows if line.strip()[0].isdigit()} == {
        *range(1, 15)
    }
    assert [line for line, holds, seen in rows if not seen.strip() and "*Open*" not in holds] == []
