"""What the tests of sign-in share: no attempts from earlier tests, and hashes that cost nothing."""

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from interventions.models import User
from tests import factories
from tests.portals.accounts.factors import with_password


@pytest.fixture(autouse=True)
def afresh(db: None, settings: Settings) -> None:
    """Forget earlier attempts; hash fast."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def person() -> User:
    """A client's account, with a password."""
    return with_password(factories.a_world().client.user)
