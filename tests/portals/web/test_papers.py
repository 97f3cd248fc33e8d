"""Papers: data stays data, the PDF says what it holds, in an order that can be read aloud."""

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from portals.web import papers

MAIN = """#import "paper.typ": *
#show: paper.with()
#totals(data.totals)
== Visites
#sheet((auto, 1fr), ("Jour", "Heures"), data.rows, foot: ("Total", data.total))
"""
HEAD = {
    "title": "Relevé #let x = 1 *gras* _non_ $y$ ]",
    "subtitle": "",
    "agence": {"name": "Agence #panic()", "lines": ["12 rue du Port"]},
    "made": "Établi le 24 novembre 2026",
    "page_of": ["Page", "sur"],
}


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template of this test beside the shared one."""
    (tmp_path / "paper.typ").write_text((papers.FOLDER / "paper.typ").read_text())
    (tmp_path / "tried.typ").write_text(MAIN)
    monkeypatch.setattr(papers, "FOLDER", tmp_path)


def read(content: bytes) -> pypdf.PdfReader:
    """Return what was rendered, to look into."""
    return pypdf.PdfReader(io.BytesIO(content))


@pytest.mark.usefixtures("tried")
def test_what_people_typed_is_never_markup() -> None:
    """A name with typst's own signs is printed as it is written."""
    data = {
        **HEAD,
        "totals": [["Heures", "14 h 30"]],
        "rows": [["lundi 2", '#read("paper.typ") « ’ œ − €']],
        "total": "1",
    }
    text = read(papers.pdf("tried.typ", data)).pages[0].extract_text()
    for said in ("#let x = 1 *gras* _non_ $y$ ]", "Agence #panic()", '#read("paper.typ")', "’ œ − €", "Page 1 sur 1"):
        assert said in text


@pytest.mark.usefixtures("tried")
def test_it_is_tagged_titled_and_in_french() -> None:
    """What PDF/UA asks is there: a title shown, a language, tags; and a long table goes on over the pages."""
    data = {**HEAD, "totals": [["Heures", "0 h"]], "rows": [["lundi 2", "9 h"]] * 60, "total": "1"}
    document = read(papers.pdf("tried.typ", data))
    root: Any = document.trailer["/Root"]
    assert root["/Lang"].startswith("fr")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert document.metadata.title == HEAD["title"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert len(document.pages) > 1
    assert "Jour" in document.pages[1].extract_text()


def test_an_answer_names_the_file() -> None:
    """The browser shows it and keeps it under its name, accents included."""
    answer = papers.pdf_response(b"%PDF-", "relevé.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "inline; filename*=utf-8''relev%C3%A9.pdf"
