"""An agency's files in memory: written, changed and imported as a person would send them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from interventions.actor import system
from interventions.imports.apply import LAYOUTS, import_files
from interventions.imports.report import Report
from interventions.models import Agence
from interventions.states import Via
from tests import factories

DATA = Path(__file__).parents[2] / "data"
NAMES = [layout.file_name for layout in LAYOUTS]
HEADERS = {layout.file_name: ";".join(layout.columns) for layout in LAYOUTS}

type Importing = Callable[..., Report]


def example(folder: str) -> dict[str, bytes]:
    """The files of an example folder, by name."""
    return {name: (DATA / folder / name).read_bytes() for name in NAMES if (DATA / folder / name).exists()}


def written(**lines: list[str]) -> dict[str, bytes]:
    """Files with the usual header and these lines: `written(clients=["CL1;…"])`."""
    return {f"{kind}.csv": "\n".join([HEADERS[f"{kind}.csv"], *rows, ""]).encode() for kind, rows in lines.items()}


@pytest.fixture
def agence(db: None) -> Agence:
    """An agency that has nothing yet."""
    return factories.an_agence()


@pytest.fixture
def send(agence: Agence) -> Importing:
    """Import files into the agency, as the system does."""

    def importing(files: dict[str, bytes] | None = None, *, dry_run: bool = False, **lines: list[str]) -> Report:
        return import_files(system(agence, Via.IMPORT), files or written(**lines), dry_run=dry_run)

    return importing
