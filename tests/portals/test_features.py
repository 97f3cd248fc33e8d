"""Stylesheets and scripts use what is in the lists of tests/portals/features.py, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.portals import features

STATIC = Path(settings.BASE_DIR) / "portals/static/portals"
STYLESHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
ECMASCRIPT = features.listed("""
    async await break case catch class const continue debugger default delete do else enum export extends finally for
    function if import in instanceof let new of return static super switch this throw try typeof using var void while
    with yield
""")
TEXTS = r'"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'"


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def css_of(sheet: Path) -> str:
    return re.sub(rf"/\*.*?\*/|{TEXTS}|url\(.*?\)", "", sheet.read_text(), flags=re.DOTALL)


def js_of(script: Path) -> str:
    """Return a script without remarks, strings and regular expressions; what stands in `${}` stays."""
    text = re.sub(r"^\s*//.*$|\s//\s.*$", "", script.read_text(), flags=re.MULTILINE)
    text = re.sub(TEXTS, '""', text)
    return re.sub(r"(?<=[(,=] )/(?:\\.|[^/\n\\])+/", '""', text)


def rules(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each rule's selector or at-rule, with those around it."""
    around: list[str] = []
    start = 0
    for found in re.finditer(r"[{};]", text):
        if found[0] == "{":
            head = " ".join(text[start : found.start()].split())
            yield head, list(around)
            around.append(head)
        elif found[0] == "}":
            around.pop()
        start = found.end()


def declared(text: str) -> list[tuple[str, str]]:
    return re.findall(r"(?:^|[{;])\s*(-{0,2}[a-z][\w-]*)\s*:\s([^;{}]*)(?=[;}])", text, flags=re.MULTILINE)


def known(*lists: set[str]) -> set[str]:
    return set().union(*lists) | set(features.LATER)


@pytest.mark.parametrize("sheet", STYLESHEETS, ids=names(STYLESHEETS))
def test_a_stylesheet_declares_what_is_in_the_list(sheet: Path) -> None:
    found = declared(css_of(sheet))
    properties = {name for name, _ in found if not name.startswith("--")}
    values = " ".join(value for _, value in found)
    assert properties - known(features.PROPERTIES) == set()
    assert set(re.findall(r"([a-z][a-z-]*)\(", values)) - known(features.FUNCTIONS) == set()
    assert set(re.findall(r"(?<![\w#.-])-?[\d.]+(%|[a-zA-Z]+)", values)) - features.UNITS == set()


@pytest.mark.parametrize("sheet", STYLESHEETS, ids=names(STYLESHEETS))
def test_a_stylesheet_selects_as_the_list_says(sheet: Path) -> None:
    for head, around in rules(css_of(sheet)):
        if head.startswith("@"):
            assert head.split()[0] in features.AT_RULES
            asked = re.findall(r"[a-z-]{4,}(?=:| [<>=])|(?<=[<>=] )[a-z-]{4,}", head) if "@media" in head else []
            assert set(asked) - features.MEDIA == set()
            continue
        assert set(re.findall(r"::?[a-z-]+", head)) - known(features.SELECTORS) == set()
        inside = any(not outer.startswith("@") for outer in around)
        # Until December 2023 a nested selector that starts with a letter was none.
        assert not (inside and re.match(r"[a-z]|.*, [a-z]", head) and "&" not in head), head


def own(scripts: list[Path]) -> set[str]:
    """Return what our scripts define themselves, parameters included."""
    text = "\n".join(js_of(script) for script in scripts)
    constants = re.findall(r"(?:const|let) (\w+)", text) + re.findall(r"^\s*(\w+): (?:async )?\(", text, re.MULTILINE)
    groups = re.findall(r"(?:const|let) \{([^}]*)\}|\(([\w, ]*)\) =>|return \{([^}]*)\}", text)
    return {*constants, *(name for group in groups for part in group for name in re.findall(r"\w+", part))}


@pytest.mark.parametrize("script", SCRIPTS, ids=names(SCRIPTS))
def test_a_script_calls_what_is_in_the_list(script: Path) -> None:
    text = js_of(script)
    words = set(re.findall(r"(?<![\w.$-])([a-z]+)\b(?!:)", re.sub(r"`[^`]*`", "``", text)))
    assert (words & ECMASCRIPT) - features.KEYWORDS == set()
    called = set(re.findall(r"(?<![\w-])([A-Za-z_]\w*)\(", text)) - features.KEYWORDS
    # A pseudo-class in a selector looks like a call.
    assert called - features.CALLS - own(SCRIPTS) - {"not"} == set()
    assert set(re.findall(r"navigator\??\.(\w+)", text)) - features.NAVIGATOR == set()


def test_what_is_newer_than_the_list_is_told_from_it() -> None:
    """The lists would not let through what browsers learned in 2024 and after."""
    newer = {"anchor-name", "interpolate-size", "position-area", "@starting-style", "light-dark", "toSorted", "try"}
    listed = features.PROPERTIES | features.AT_RULES | features.FUNCTIONS | features.SELECTORS | features.CALLS
    assert newer & listed == set()
