"""The pictures of the README: taken when asked (CONTRESEING_PICTURES=1), else only that each page can be shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Demo

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES = 150_000
PICTURES = {
    "intervenant": ("intervenant@rivage.example", "/intervenant/interventions/", (390, 844, 1), "Mes interventions"),
    "client": ("client@rivage.example", "/client/", (820, 1000, 1), "Mes prestations"),
    "gestion": ("gestion@rivage.example", "/gestion/", (1440, 900, 0.75), "Bonjour Claire"),
    "suivi": ("gestion@rivage.example", "/suivi/?statut=done", (1440, 900, 0.75), "Suivi des validations"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_each_portal(demo: Demo, name: str) -> None:
    who, address, (width, height, scale), heading = PICTURES[name]
    size = {"width": width, "height": height}
    context = demo.browse(who, viewport=size, device_scale_factor=scale, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    taken = page.screenshot()
    context.close()
    if os.environ.get("CONTRESEING_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(taken)
    assert (FOLDER / f"{name}.png").stat().st_size < MOST_BYTES
