"""How long mails wait to leave, where people see it: Boîte d'envoi, the operator's list, the operator's command."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client as Browser

from interventions.models import User
from interventions.states import Action
from tests.factories import NOW, World, a_world
from tests.portals.manager.conftest import desk_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def stuck(world: World) -> tuple[World, World]:
    """Two agencies: two mails of the first are due ten minutes after NOW, the second has none."""
    quiet = a_world()
    world.act(world.visit(), Action.COMPLETE, world.as_intervenant)
    return world, quiet


def _outbox(world: World, after: timedelta) -> str:
    with time_machine.travel(NOW + after, tick=False):
        return words(desk_of(world.gestionnaire).get("envois/"))


def test_a_manager_is_told_of_the_agencys_own_mails_once_they_are_late(stuck: tuple[World, World]) -> None:
    world, quiet = stuck
    said = r"(\d+) mails attendent de partir, le premier prêt il y a ([^.]+)\."
    assert re.findall(said, _outbox(world, timedelta(minutes=14))) == []
    assert re.findall(said, _outbox(world, timedelta(minutes=32))) == [("2", "22 minutes")]
    assert re.findall(said, _outbox(quiet, timedelta(minutes=32))) == []


def test_the_operator_sees_the_queue_of_each_agency(stuck: tuple[World, World]) -> None:
    world, quiet = stuck
    browser: Any = Browser()
    out = StringIO()
    with time_machine.travel(NOW + timedelta(minutes=32), tick=False):
        browser.force_login(User.objects.create_superuser("operateur@service.example"))
        listed = browser.get("/operateur/interventions/agence/").text
        call_command("deliver_mails", "--show", stdout=out)
    cells = re.findall(r'field-name[^>]*><a[^>]*>([^<]+)</a>.*?field-mails_waiting">([^<]+)<', listed, re.DOTALL)
    assert dict(cells) == {world.agence.name: "2, depuis 22 min", quiet.agence.name: "0"}
    assert out.getvalue().splitlines() == [
        f"{world.agence.name}\tdefault\t2\t22 min",
        f"{quiet.agence.name}\tdefault\t0\t-",
    ]
