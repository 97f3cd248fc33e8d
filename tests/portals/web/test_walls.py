"""Pages that forget their filter, between two agencies."""

from typing import Any

import pytest
from django.test import Client as Browser

from interventions.models import User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portals.mounted")]


def signed_in(user: User | None) -> Any:
    browser = Browser()
    assert user is not None
    browser.force_login(user)
    return browser


@pytest.mark.parametrize("portal", ["client", "gestion"])
def test_a_page_that_forgets_its_filter_shows_its_own_agency(portal: str) -> None:
    worlds = [factories.a_world(), factories.a_world()]
    for world in worlds:
        world.visit()
    # One after the other, as two requests come to one process.
    for world in worlds:
        browser = signed_in(world.client.user if portal == "client" else world.gestionnaire.user)
        assert browser.get(f"/{portal}/oubli/").json() == [world.agence.pk]
        file = b"".join(browser.get(f"/{portal}/oubli/fichier/").streaming_content).decode()
        (_heads, visit, _end, _nothing) = file.split("\n")
        assert visit.split(";")[0] == str(world.agence.pk)
