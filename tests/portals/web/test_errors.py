"""Refusals and breakdowns say what happened, as a page and as a notice for htmx."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portals.mounted")]

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/client/"}
CASES = [
    ("/client/rien/", 404, "Page introuvable"),
    ("/nulle-part/", 404, "Page introuvable"),
    ("/client/interdit/", 403, "Seule l’administration règle cela."),
    ("/client/faute/", 500, "Erreur inattendue"),
    ("/client/panne/", 503, "Service indisponible"),
    ("/gestion/", 403, "Gestion de l’agence"),
]


def browser(**options: Any) -> Any:
    made = Browser(raise_request_exception=False, **options)
    user = factories.a_world().client.user
    assert user is not None
    made.force_login(user)
    return made


@pytest.mark.parametrize(("url", "status", "words"), CASES)
def test_a_refusal_is_a_page_of_ours(url: str, status: int, words: str) -> None:
    answer = browser().get(url)
    assert answer.status_code == status
    assert words in answer.text
    assert "<h1>" in answer.text
    assert 'class="brand"' in answer.text


@pytest.mark.parametrize(("url", "status", "words"), CASES)
def test_htmx_gets_the_refusal_as_a_notice(url: str, status: int, words: str) -> None:
    answer = browser().get(url, headers=HTMX)
    assert answer.status_code == status
    assert words in answer.text
    assert "<html" not in answer.text
    assert answer.text.strip().startswith('<p class="notice notice-stop">')


def test_an_old_page_is_told_to_reload() -> None:
    checked = browser(enforce_csrf_checks=True)
    answer = checked.post("/client/presse/")
    assert (answer.status_code, "Page périmée" in answer.text) == (403, True)
    assert checked.post("/client/presse/", headers=HTMX).text.strip().startswith("<p class")


@pytest.fixture
def no_database(transactional_db: None) -> Iterator[Callable[[], None]]:
    """Return what takes the database away, until the end of the test."""
    host = connection.settings_dict["HOST"]

    def reconnect_to(where: str) -> None:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["HOST"] = where

    yield lambda: reconnect_to("/nowhere")
    reconnect_to(host)


def test_without_a_database_the_page_still_stands(no_database: Callable[[], None]) -> None:
    there = browser()
    no_database()
    answer = there.get("/client/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "réessayez dans une minute" in answer.text


def test_a_press_without_a_key_is_refused() -> None:
    there = browser()
    assert there.post("/client/presse/", {"key": "douze"}).status_code == 400
    key = "0198f0a2-7a10-7c3e-9f00-1c2d3e4f5a6b"
    assert there.post("/client/presse/", {"key": key}).text == key


def test_each_form_has_a_key_of_its_own() -> None:
    there = browser()
    pages = {there.get("/client/cadre/").text.partition('name="key" value="')[2][:36] for _ in range(2)}
    assert len(pages) == 2
