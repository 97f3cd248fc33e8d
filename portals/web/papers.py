"""Papers: PDF made by typst from a template of ours and data that is never read as markup.

A template lies in templates/papers/ and imports paper.typ, which reads the data and gives the page, the head and the
tables that all of them share. Only the fonts inside typst are used, so that a paper looks the same on every machine.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

import typst
from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

FOLDER = settings.BASE_DIR / "templates" / "papers"
# Read aloud by a screen reader in the right order, with its headings and the heads of its tables.
STANDARD: Literal["ua-1"] = "ua-1"


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the paper `template` («releve.typ») filled with `data`: texts, numbers, lists and mappings of these."""
    return typst.compile(
        FOLDER / template,
        root=FOLDER,
        format="pdf",
        pdf_standards=[STANDARD],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def pdf_response(content: bytes, filename: str) -> HttpResponse:
    """Return a paper to be looked at in the browser and kept under `filename`."""
    disposition = content_disposition_header(as_attachment=False, filename=filename) or ""
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})
