"""The limits of sign-in hold across processes: what one counts, the next one knows."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.db import connection
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from interventions.models import Mail
from tests import factories
from tests.portals.accounts.factors import (
    STEP_URL,
    an_application,
    at_the_step,
    code_of,
    recovery_codes,
    with_password,
    wrong_for,
)
from tests.wall import PRODUCT

CODE_URL = "/compte/connexion/code/"
# Each of these begins where the product does, and ends with what it was answered.
ASKING_FOR_CODES = """
for _ in range(int(sys.argv[2])):
    answer = Client(SERVER_NAME="127.0.0.1").post("/compte/connexion/code/", {"email": sys.argv[1]})
    print(answer.status_code)
"""
GIVING_CODES = """
from tests.portals.accounts.factors import LOGIN_URL, PASSWORD, STEP_URL
for code in sys.argv[2:]:
    there = Client(SERVER_NAME="127.0.0.1")
    there.post(LOGIN_URL, {"login": sys.argv[1], "password": PASSWORD})
    print(there.post(STEP_URL, {"code": code}).status_code)
"""


def in_another_process(script: str, *words: str) -> list[str]:
    """Do it in a process of its own, on the same database; return the statuses that it was answered."""
    there = connection.settings_dict
    address = f"postgresql://{PRODUCT}@/{there['NAME']}?host={there['HOST']}"
    environment = os.environ | {
        "DATABASE_URL": address,
        "CONTRESEING_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "CRITICAL",
    }
    begun = "import sys\nimport django\ndjango.setup()\nfrom django.test import Client\n"
    command = [sys.executable, "-c", begun + script, *words]
    ran = subprocess.run(
        command, env=environment, cwd=Path(product.BASE_DIR), capture_output=True, text=True, check=True
    )
    return ran.stdout.split()


@pytest.mark.django_db(transaction=True)
def test_codes_asked_for_in_two_processes_are_counted_together() -> None:
    user = factories.a_world().client.user
    assert user is not None
    here: Any = Browser()
    assert here.post(CODE_URL, {"email": user.email}).status_code == 302
    assert in_another_process(ASKING_FOR_CODES, user.email, "3") == ["302", "302", "200"]
    refused = here.post(CODE_URL, {"email": user.email})
    assert refused.status_code == 200
    assert "Trop d’essais" in refused.text
    assert Mail.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_codes_of_a_second_factor_given_in_two_processes_are_counted_together(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # as the other process has it
    user = with_password(factories.a_world().client.user)
    secret = an_application(user)
    first, wrong = code_of(secret, later=1), wrong_for(secret)
    assert in_another_process(GIVING_CODES, user.email, first, wrong, wrong) == ["302", "422", "422"]
    for code in (first, wrong, wrong):  # taken over there already, then wrong: the fifth in all
        assert at_the_step(user).post(STEP_URL, {"code": code}).status_code == 422
    refused = at_the_step(user).post(STEP_URL, {"code": recovery_codes(user)[0]})
    assert "Trop d’essais" in refused.text
