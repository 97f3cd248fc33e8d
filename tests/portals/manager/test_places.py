"""Where one is and how far it is: the breadcrumb of every page, and three presses at the most from Accueil."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client as Browser
from django.urls import Resolver404, resolve

from interventions.models import Intervention, Series
from tests.portals.leaks.every import CASES
from tests.portals.leaks.people import Stage

pytestmark = pytest.mark.django_db

# Reopening is a press on the page of a month, and would have the present one closed for all that follows.
OF_THE_DESK = [case for case in CASES if case.owner == "manager" and case.name != "gestion:period-reopen"]
ACCUEIL = "/gestion/"
PRESSES = 3
# Of each kind of page so many are opened on the way: one visit leads to what another does not.
OPENED, OPENED_VISITS = 6, 60
# What a button leads to, since it keeps what was chosen: the page that has the button.
BY_BUTTON = {
    "gestion:search": "gestion:home",
    "gestion:attach": "gestion:visit",
    "suivi:clients": "suivi:index",
    "suivi:intervenants": "suivi:index",
    "suivi:visit": "suivi:index",
    "suivi:selection": "suivi:index",
    "suivi:selection-remaining": "suivi:selection",
    "suivi:selection-export": "suivi:index",
    "suivi:lot": "suivi:lots",
    "suivi:lot-progress": "suivi:index",
}


class Walk:
    """The desk as its gestionnaire goes over it: each address is opened once."""

    def __init__(self, stage: Stage) -> None:
        self.browser: Any = Browser()
        self.browser.force_login(stage.row("manager").user)
        self.known: dict[str, str] = {}
        # Finding their rows makes some of them: what was read on the way may be older.
        self.pages = {case.name: url for case in OF_THE_DESK if self.read(url := case.url(stage))}
        self.known.clear()
        series = Series.objects.get(public_id=self.pages["gestion:series"].split("/")[-2])
        Intervention.objects.filter(pk=stage.home.visits["planned"].pk).update(series=series)

    def read(self, url: str) -> str:
        """Return a page; nothing where there is none: a file, a part of a page, an address to send to."""
        if url not in self.known:
            answer = self.browser.get(url)
            found = answer.status_code == 200 and not answer.streaming and b"<main" in answer.content
            self.known[url] = answer.text if found else ""
        return self.known[url]


@pytest.fixture
def walk(stage: Stage) -> Walk:
    """The desk of the world of marks."""
    return Walk(stage)


def links(page: str, url: str) -> set[str]:
    """Return the addresses that a press on this page leads to, of the desk's own."""
    found = re.findall(r'<(?:a|button)\b[^>]*? (?:href|hx-get|formaction)="([^"#]*)', page)
    leading = {urlsplit(urljoin(url, unescape(one)))._replace(fragment="").geturl() for one in found}
    return {one for one in leading if one.startswith(("/gestion/", "/suivi/"))}


def distances(walk: Walk) -> dict[str, int]:
    """Return how many presses lead from Accueil to each kind of page."""
    reached: dict[str, int] = {}
    opened: dict[str, int] = {}
    here = {ACCUEIL}
    for presses in range(PRESSES + 1):
        beyond: set[str] = set()
        for url in sorted(here):
            name = _name(url)
            if not name or opened.get(name, 0) >= (OPENED_VISITS if name == "gestion:visit" else OPENED):
                continue
            reached.setdefault(name, presses)
            opened[name] = opened.get(name, 0) + 1
            if presses < PRESSES:
                beyond |= links(walk.read(url), url)
        here = beyond
    return reached


def _name(url: str) -> str:
    try:
        return str(resolve(urlsplit(url).path).view_name)
    except Resolver404:
        return ""


def test_no_page_is_more_than_three_presses_from_accueil_and_each_says_where_it_stands(walk: Walk) -> None:
    """Its breadcrumb begins at Accueil and ends at the page itself."""
    reached = distances(walk)
    for name, before in BY_BUTTON.items():
        if before in reached:
            reached[name] = min(reached[before] + 1, reached.get(name, PRESSES + 1))
    assert " ".join(name for name in walk.pages if reached.get(name, PRESSES + 1) > PRESSES) == ""
    assert len(walk.pages) > 60
    assert {name: wrong for name, url in walk.pages.items() if (wrong := _lost(name, walk.read(url)))} == {}


def _lost(name: str, page: str) -> list[str]:
    """Return the steps of a breadcrumb that is not right."""
    found = re.search(r'<nav class="breadcrumb"[^>]*><ol role="list">(.*?)</ol></nav>', page, re.S)
    steps = re.findall(r"<li.*?</li>", found[1], re.S) if found else ["none"]
    begins = name == "gestion:home" or f'href="{ACCUEIL}"' in steps[0]
    ends = [step for step in steps if "aria-current" in step] == steps[-1:]
    return [] if begins and ends else steps
