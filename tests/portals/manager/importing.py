"""Sending an agency's files as a gestionnaire does in the browser: send, agree with the columns, look, confirm."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from portals.tasks import carry_on_imports
from tests.interventions.imports.conftest import written
from tests.portals.manager.conftest import Desk, words

CLIENTS = ["CL1;Mme;Quéré;Yvonne;yvonne@example.org;+33 2 00;1 rue;29000;Brest", "CL2;M.;Le Gall;Jean;;;;;"]


def files(data: dict[str, bytes]) -> list[SimpleUploadedFile]:
    """Files as a browser sends them."""
    return [SimpleUploadedFile(name, content, "text/csv") for name, content in data.items()]


def send(desk: Desk, data: dict[str, bytes] | None = None, **lines: list[str]) -> str:
    """Send files, and return the address of their import."""
    answer = desk.post("imports/", fichiers=files(data or written(**lines)))
    assert answer.status_code == 303, words(answer)
    return str(answer.url)


def columns(desk: Desk, url: str) -> Any:
    """Agree with the columns as they were recognised."""
    form = desk.browser.get(url).context["form"]
    return desk.browser.post(url, {field.html_name: field.initial for field in form})


def preview(desk: Desk, data: dict[str, bytes] | None = None, **lines: list[str]) -> str:
    """Send files, agree with their columns, and let the preview be made."""
    url = send(desk, data, **lines)
    assert columns(desk, url).status_code == 303
    assert carry_on_imports() == 1
    return url


def confirm(desk: Desk, url: str) -> Any:
    """Confirm the preview that is on screen."""
    return desk.browser.post(f"{url}confirmation/", {"vu": desk.browser.get(url).context["seen"]}, follow=True)
