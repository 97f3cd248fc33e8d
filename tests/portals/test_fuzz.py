"""Every form and every address, given what nobody types: no breakdown, nothing half-written, nothing given back raw.

The addresses and the forms' payloads are those of the leak tests, which must know every address of the URLconf; those
that they leave out are test_fuzz_doors.py's. The words are found by hypothesis, always the same ones, so that the run
is short and steady; FUZZ=200 looks further.
"""

from __future__ import annotations

import os
import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.portals.leaks.asking import Answer
from tests.portals.leaks.cases import Case
from tests.portals.leaks.every import CASES
from tests.portals.leaks.forms import Payload, Reader
from tests.portals.leaks.people import Stage
from tests.portals.leaks.records import fingerprint
from tests.portals.leaks.trying import acted, filled, undone

MARK = "<x-fuzz>"
STRANGE = (
    f"\"'>{MARK}",
    f"</script></textarea>{MARK}",
    "",
    " ",
    "\x00",
    "a\x00b",
    "9" * 30,
    "-1",
    "0",
    "1e400",
    "NaN",
    "٣",
    "²",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "2026-13",
    "0000-00",
    "99:99",
    "24:00",
    "00000000-0000-0000-0000-000000000000",
    "' OR 1=1 --",
    "=cmd|' /C calc'!A0",
    "\r\nSet-Cookie: fuzz=1",
    "../../../../etc/passwd",
    "//evil.example/",
    "https://evil.example/",
    "%s%d%(x)s{0}{{x}}",
    "é" * 3000,
    "𝕏👩‍🦽\u202e\ufeff",
)
QUERIES = ("page", "apres", "avant", "tri", "motif", "jour", "mois", "semaine", "q", "next", "retour", "vue", "statut")
words = st.sampled_from(STRANGE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
quickly = settings(
    max_examples=int(os.environ.get("FUZZ", "2")),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# A file as it was attached: no words of ours, and the tests' one is no PDF to read.
PAGES = [case for case in CASES if case.name != "gestion:scan"]


def sound(answer: Answer, asked: object) -> None:
    """See that an answer is one: no error of ours, nothing of the words as markup, nobody sent away."""
    assert answer.status < 500, (asked, answer.status)
    assert MARK not in answer.shown.replace(unquote(answer.location), ""), asked
    assert "fuzz=1" not in str(answer.shown.partition("}")[0].lower().partition("set-cookie:")[2]), asked
    assert not urlsplit(answer.location).netloc, (asked, answer.location)
    assert not answer.location.startswith(("//", "/\\")), (asked, answer.location)


def names_on(shown: str, path: str) -> list[str]:
    """Return the parameters that a page's own links and search forms name."""
    found = set(QUERIES)
    for href in re.findall(r'href="([^"]*\?[^"]*)"', shown):
        if urlsplit(href).path in ("", path):
            found |= {name for name, _value in parse_qsl(urlsplit(href).query.replace("&amp;", "&"))}
    for form in Reader().read(shown):
        if form.method == "get":
            found |= {name for name, _value in form.fields} | set(form.offered)
    return sorted(found)


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.id)
def test_an_address_takes_any_query(stage: Stage, case: Case) -> None:
    browser, url = stage.browser(stage.row(case.owner)), case.url(stage)
    first = browser.ask("get", url)
    names = names_on(first.shown, url) if first.status == 200 else list(QUERIES)

    @quickly
    @example(dict.fromkeys(names, "\x00"))
    @example(dict.fromkeys(names, STRANGE[0]))
    @given(st.dictionaries(st.sampled_from(names), words, min_size=1, max_size=4))
    def any_query(query: dict[str, str]) -> None:
        with undone():
            asked = f"{url}?{urlencode(query)}"
            sound(browser.ask("get", asked), asked)

    any_query()


@pytest.mark.parametrize("case", [case for case in CASES if case.acts], ids=lambda case: case.id)
def test_a_form_takes_any_words(stage: Stage, case: Case) -> None:
    browser, url = stage.browser(stage.row(case.owner)), case.url(stage)
    _form, payload = filled(stage, case, case.owner)
    fields = sorted(payload)

    @quickly
    @example({name: ["\x00"] for name in fields})
    @example({name: [STRANGE[0]] for name in fields})
    @given(st.dictionaries(st.sampled_from(fields), st.lists(words, max_size=2), min_size=1, max_size=len(fields)))
    def any_words(changed: Payload) -> None:
        sent = payload | changed
        with undone():
            before = fingerprint()
            answer = browser.ask("post", url, sent)
            sound(answer, (url, changed))
            assert answer.status < 400 or not acted(before), (url, changed, "refused and written")

    if fields:
        any_words()


@pytest.mark.parametrize("portal", ["client", "gestion", "intervenant", "suivi", "compte", "lien", "operateur"])
def test_any_path_below_a_portal(stage: Stage, portal: str) -> None:
    people = [stage.browser(stage.row(role)) for role in ("client", "intervenant", "manager")]

    @quickly
    @given(st.lists(words, min_size=1, max_size=3))
    def any_path(parts: list[str]) -> None:
        path = f"/{portal}/{'/'.join(urlencode({'': part})[1:] for part in parts)}/"
        for browser in people:
            with undone():
                sound(browser.ask("get", path), path)

    any_path()
