"""Addresses outside the portals: one's own account is one's own, the operator's space is the operator's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.urls import reverse

from interventions.models import User
from portals.web.doors import Door
from tests.factories import actor_of
from tests.portals.leaks.asking import Browser
from tests.portals.leaks.people import Stage
from tests.portals.leaks.records import changed, fingerprint
from tests.portals.leaks.trying import DOOR
from tests.portals.leaks.urls import OPERATOR, OWN_ACCOUNT, PUBLIC, patterns

ROLES = ("client", "proche", "intervenant", "manager")
OUTSIDE = sorted(PUBLIC | OWN_ACCOUNT)
# Of a key of one's own: nobody here has any. Of others' keys: tests/portals/accounts/test_second_factor.py.
OF_A_KEY = {"mfa_edit_webauthn", "mfa_remove_webauthn"}


def address(name: str) -> str:
    """Return where it is."""
    return reverse(name, args=[1] if name in OF_A_KEY else [])


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_account_page_shows_nobody_else(stage: Stage, name: str) -> None:
    found = []
    for stranger in stage.strangers:
        answer = stranger.browser.ask("get", address(name))
        found += [f"{stranger.name}: shows {secret}" for secret in answer.shows(stage.home.secrets(stranger.hidden))]
        if not stranger.role and name in OWN_ACCOUNT and answer.status != 302:
            found.append(f"{stranger.name}: {answer.status}")
    assert found == []


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_sent_to_an_account_page_touches_nobody_else(stage: Stage, name: str) -> None:
    """Doors of others do not open; passwords and sessions of others stay."""
    owners = [stage.row(role) for role in ROLES]
    for row in owners:
        assert stage.browser(row).ask("get", reverse("account_menu")).status == 200
    before = list(User.objects.filter(pk__in=[row.user_id for row in owners]).order_by("pk").values())
    doors = [Door(actor_of(row)) for row in owners]
    for user in (stage.near.world.client.user, stage.away.world.gestionnaire.user, None):
        for door in doors:
            browser = Browser(user)
            sent = {
                "door": [door.key],
                "next": [door.url],
                "password1": ["Autre-passe-9"],
                "password2": ["Autre-passe-9"],
            }
            answer = browser.ask("post", address(name), sent)
            entered = browser.ask("get", door.url)
            secrets = stage.home.secrets({"cli", "vis", "int"})
            assert answer.shows(secrets) + entered.shows(secrets) == []
    assert list(User.objects.filter(pk__in=[row.user_id for row in owners]).order_by("pk").values()) == before
    for row in owners:
        assert stage.browser(row).ask("get", reverse("account_menu")).status == 200


def operator_addresses(stage: Stage) -> Iterator[tuple[str, str]]:
    """Return every address of the operator's space, filled with the keys of rows that exist."""
    for name, route, _pattern in patterns():
        if route.startswith(OPERATOR):
            key = _key(stage, name.partition(":")[2])
            route = re.sub(r"\^?\(\?P<app_label>[^)]*\)/\$", "interventions/", route)
            route = re.sub(r"\(\?P<url>.*\)\$", "rien", route)
            yield name, "/" + re.sub(r"<\w+:\w+>", key, route)


def _key(stage: Stage, name: str) -> str:
    label, _line, rest = name.partition("_")
    model = rest.rpartition("_")[0]
    if label != "interventions" or model not in apps.all_models[label]:
        return "1"
    found = apps.get_model(label, model)._default_manager.order_by("pk").first()
    return str(found.pk) if found else "1"


def test_the_operator_s_space_is_for_superusers(stage: Stage) -> None:
    addresses = list(operator_addresses(stage))
    assert len(addresses) > 20
    found, before = [], fingerprint()
    for stranger in stage.strangers:
        for name, url in addresses:
            for method in ("get", "post"):
                answer = stranger.browser.ask(method, url, {})
                shown = answer.shows(stage.home.secrets(stranger.hidden))
                found += [f"{stranger.name}, {method} {name}: {answer.status} {shown}"] * (
                    answer.status not in DOOR or bool(shown)
                )
    assert found == []
    assert changed(before, fingerprint()) == []


def test_the_operator_enters(stage: Stage) -> None:
    """What the strangers were refused is there."""
    User.objects.create_superuser("operateur@service.example", None)
    browser = Browser(User.objects.get(email="operateur@service.example"))
    answers = {name: browser.ask("get", url) for name, url in operator_addresses(stage)}
    lists = {name: answer.status for name, answer in answers.items() if name.endswith("_changelist")}
    assert lists
    assert set(lists.values()) == {200}
    assert answers["admin:interventions_agence_changelist"].shows({stage.home.said("age")})
