"""`make audit` never takes silence for an all-clear."""

import json
import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

SCRIPT = Path(settings.BASE_DIR) / "scripts" / "audit"
CLEAN = {"name": "django", "version": "6.1.3", "vulns": []}
SKIPPED = {"name": "celery", "skip_reason": "not found"}
HOLED = {"name": "redis", "version": "8.1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["8.1.1"]}]}


@pytest.fixture(scope="module")
def audit() -> Any:
    loader = SourceFileLoader("audit", str(SCRIPT))
    spec = spec_from_loader("audit", loader)
    assert spec is not None
    module = module_from_spec(spec)
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = kept
    return module


@pytest.mark.parametrize(
    ("found", "verdict", "word"),
    [
        ([CLEAN], 0, "1 versions, none known to be vulnerable"),
        ([CLEAN, SKIPPED], 2, "NOT CHECKED: 1 of 2 (celery"),
        ([CLEAN, SKIPPED, HOLED], 1, "redis 8.1.0: PYSEC-1, mended in 8.1.1"),
    ],
)
def test_the_verdict(audit: Any, found: list[dict[str, Any]], verdict: int, word: str) -> None:
    judged, lines = audit.judged("requirements.txt", json.dumps({"dependencies": found}))
    assert (judged, word in lines[0]) == (verdict, True)


def test_without_a_network_it_says_that_nothing_was_checked() -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    asked = subprocess.run([sys.executable, SCRIPT], env=os.environ | nowhere, capture_output=True, text=True)
    assert asked.returncode == 2
    assert asked.stdout.splitlines() == [
        f"{lock}: NOT CHECKED. The list of known vulnerabilities cannot be reached: is there a network?"
        for lock in ("requirements.txt", "requirements-dev.txt")
    ]
