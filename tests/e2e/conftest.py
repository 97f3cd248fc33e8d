"""The world that most browser tests begin in; the demo's agencies, loaded once for a module that only reads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as product
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client as Session
from playwright.sync_api import Browser, BrowserContext
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from interventions.models import Client, User
from tests import factories
from tests.e2e.post import put_clock
from tests.factories import World


@pytest.fixture
def world(settings: Any, db: None) -> World:
    """An agency at the factories' moment, which the live server shares."""
    put_clock(settings, factories.NOW)
    cache.clear()
    return factories.a_world()


@dataclass
class Demo:
    """A server with the demo's data, and browsers signed in to it."""

    url: str
    browser: Browser

    def browse(self, address: str, **options: Any) -> BrowserContext:
        """Open a browser on which this person is signed in; an empty address is nobody."""
        context = self.browser.new_context(base_url=self.url, locale="fr-FR", timezone_id="Europe/Paris", **options)
        if address:
            session, name = Session(), product.SESSION_COOKIE_NAME
            session.force_login(User.objects.get(email=address))
            just_signed_in(session)
            context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": self.url}])
        return context


def just_signed_in(session: Session) -> None:
    """Let the pages of second factors, which ask anew who it is, take this session for one that has just begun."""
    kept = session.session
    kept["account_authentication_methods"] = [{"method": "mfa", "at": time.time() + 3600}]
    kept["account_authentication_methods_user"] = kept["_auth_user_id"]
    kept.save()


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker, browser: Browser) -> Iterator[Demo]:
    """Load the demo, serve it, and leave an empty database."""
    with django_db_blocker.unblock():
        call_command("demo_load")
        factories.a_proche(Client.objects.get(user__email="client@rivage.example"))
        server = LiveServer("localhost")
        server._live_server_modified_settings.enable()
        yield Demo(server.url, browser)
        server._live_server_modified_settings.disable()
        server.stop()
        call_command("flush", interactive=False, verbosity=0)
