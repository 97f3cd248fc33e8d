"""What the strict CSP and older phones ask of templates and stylesheets, and that what is named exists."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from interventions.states import Status
from portals.web.stylesheets import SHEETS

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "portals/static/portals"
STYLESHEETS = sorted((STATIC / "css").glob("*.css"))
# A mail's reader needs inline style, and a mail is under no CSP.
TEMPLATES = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "emails" not in path.parts]
MAX_LINES = 150

# Newer than the browsers of late 2023, without a way to do without.
TOO_NEW = ["@import", "light-dark(", "@property", "@scope", "@starting-style", "anchor-name"]


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def without_comments(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("sheet", STYLESHEETS, ids=names(STYLESHEETS))
def test_a_stylesheet_is_short_layered_and_old_enough(sheet):
    text = without_comments(sheet)
    assert text.strip().startswith("@layer ")
    assert text.count("\n") < MAX_LINES
    assert text.count("{") == text.count("}")
    assert [feature for feature in TOO_NEW if feature in text] == []
    bare = re.sub(r"@supports \(color: oklch\(from.*?\n  \}\n", "", text, flags=re.DOTALL)
    assert "(from " not in bare, "a relative colour needs a fallback and @supports"


def test_every_stylesheet_is_linked_once_in_the_order_of_its_layer():
    order = re.findall(r"\w+", without_comments(STATIC / "css/layers.css"))
    linked = [f"{sheet}.css" for sheet in SHEETS["manager"]]
    besides = [f"{sheet}.css" for sheet in SHEETS["factor"]]
    assert sorted([*linked, *besides]) == names(STYLESHEETS)
    assert linked[0] == "layers.css"
    layers = [re.findall(r"@layer (\w+) \{", (STATIC / "css" / name).read_text()) for name in linked[1:]]
    positions = [order.index(layer) for [layer] in layers]
    assert positions == sorted(positions)


@pytest.mark.parametrize("path", TEMPLATES, ids=[str(path.relative_to(ROOT / "templates")) for path in TEMPLATES])
def test_a_template_has_nothing_that_the_csp_refuses(path):
    text = path.read_text()
    assert re.findall(r"\sstyle\s*=|<style", text) == []
    assert re.findall(r"\son[a-z]+\s*=\s*[\"']|javascript:|hx-on|=[\"']js:", text) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag] == []
    assert text.count("\n") <= MAX_LINES


def symbols() -> set[str]:
    return set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))


def test_every_icon_that_a_template_names_is_in_the_sprite():
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)" %}', path.read_text())}
    assert {f"i-{name}" for name in named} - symbols() == set()


def test_every_status_has_its_tick_its_colour_and_its_tone():
    tokens, tones = ((STATIC / "css" / name).read_text() for name in ("tokens.css", "status.css"))
    for status in Status:
        assert f"s-{status}" in symbols()
        assert f"--status-{status}:" in tokens
        assert f'[data-status="{status}"]' in tones


def test_every_custom_property_that_is_used_without_a_fallback_is_defined():
    text = "".join(without_comments(sheet) for sheet in STYLESHEETS)
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert used - set(re.findall(r"(--[\w-]+):", text)) == set()


def test_french_text_is_spaced_as_french_is():
    """A plain space before ; ! ? or : would let the sign begin a line, and the apostrophe is ’."""
    for path in TEMPLATES:
        for quote, text in re.findall(r"{% translate ([\"'])(.*?)\1 %}", path.read_text()):
            assert re.findall(r" [;:!?»]|« |'", text) == [], (path.name, quote, text)
