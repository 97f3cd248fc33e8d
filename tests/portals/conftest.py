"""The world of marks, for the tests that look for leaks."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.factories import NOW
from tests.portals.leaks.people import Stage, a_stage
from tests.portals.leaks.trying import undone


@pytest.fixture(scope="module")
def world_of_marks(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Fill the world once, since reading it changes nothing and each act is undone; thousands of refusals unlogged."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield a_stage()
        transaction.set_rollback(True)
    logging.disable(before)


@pytest.fixture
def stage(world_of_marks: Stage) -> Iterator[Stage]:
    """The world, put back after each test."""
    with undone():
        yield world_of_marks
