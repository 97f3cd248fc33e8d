"""What every answer carries, and what no form takes."""

from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.test import Client as Browser
from django.test.utils import override_settings

from tests import factories

OURS = ("config.", "interventions.", "portals.", "tracking.")
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def policy(answer: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"), [("/compte/connexion/", 200), ("/client/", 302), ("/nowhere/", 404), ("/lien/a.b/", 404)]
)
def test_every_answer_says_what_a_browser_must_not_do(path: str, status: int) -> None:
    answer = Browser().get(path)
    assert answer.status_code == status
    expected = HEADERS | ({"Referrer-Policy": "strict-origin"} if path.startswith("/lien/") else {})
    assert {name: answer.headers.get(name) for name in expected} == expected
    assert "camera=(), display-capture=(), geolocation=()" in answer.headers["Permissions-Policy"]
    said = policy(answer)
    assert said["default-src"] == ["'self'"]
    assert [said[name] for name in ("object-src", "base-uri", "frame-ancestors")] == [["'none'"]] * 3
    assert said["form-action"] == ["'self'"]
    sources = {source for name in ("script-src", "style-src") for source in said[name]}
    assert {source.partition("-")[0] for source in sources} <= {"'self'", "'nonce"}


@pytest.mark.django_db
def test_a_page_of_somebody_is_kept_by_no_cache() -> None:
    browser: Any = Browser()
    browser.force_login(factories.a_world().client.user)
    for path in ("/client/", "/compte/", "/compte/appareils/"):
        assert "no-store" in browser.get(path).headers["Cache-Control"]


@pytest.mark.django_db
def test_the_nonce_is_another_each_time() -> None:
    first, second = (policy(Browser().get("/compte/connexion/"))["script-src"] for _ in range(2))
    assert first != second


def test_the_cookies_are_for_this_host_and_no_script() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
    assert settings.SESSION_COOKIE_DOMAIN is None


def test_no_form_takes_fields_that_it_does_not_name() -> None:
    """Mass assignment: whatever is sent, a form reads the fields that stand in its own list."""

    def below(kind: type) -> set[Any]:
        children: set[Any] = set(kind.__subclasses__())
        return children.union(*(below(child) for child in children))

    ours = [form for form in below(forms.ModelForm) if form.__module__.startswith(OURS) and form._meta.model]
    for form in ours:
        options = form._meta
        assert isinstance(options.fields, list | tuple) or not form.base_fields, form
        assert options.fields != forms.ALL_FIELDS
        assert options.exclude is None, form


@pytest.mark.django_db
def test_a_body_that_is_too_large_or_has_too_many_fields_is_refused() -> None:
    browser: Any = Browser()
    many = {f"f{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    assert browser.post("/compte/connexion/", many).status_code == 400
    assert browser.post("/compte/connexion/", {"login": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}).status_code == 400


@pytest.mark.django_db
@override_settings(ALLOWED_HOSTS=["contreseing.example"])
def test_another_host_is_not_answered() -> None:
    assert Browser().get("/compte/connexion/", headers={"host": "evil.example"}).status_code == 400
