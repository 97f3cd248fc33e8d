"""The limits of sign-in hold across processes: what one counts, the next one knows."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser

from interventions.models import Mail
from tests import factories

CODE_URL = "/compte/connexion/code/"
ANOTHER_PROCESS = """
import sys
import django
django.setup()
from django.test import Client
for _ in range(int(sys.argv[2])):
    answer = Client(SERVER_NAME="127.0.0.1").post("/compte/connexion/code/", {"email": sys.argv[1]})
    print(answer.status_code)
"""


def in_another_process(email: str, times: int) -> list[str]:
    """Ask for codes from a process of its own, on the same database."""
    there = connection.settings_dict
    address = f"postgresql://{there['USER']}@/{there['NAME']}?host={there['HOST']}"
    environment = os.environ | {
        "DATABASE_URL": address,
        "CONTRESEING_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "CRITICAL",
    }
    command = [sys.executable, "-c", ANOTHER_PROCESS, email, str(times)]
    ran = subprocess.run(
        command, env=environment, cwd=Path(settings.BASE_DIR), capture_output=True, text=True, check=True
    )
    return ran.stdout.split()


@pytest.mark.django_db(transaction=True)
def test_codes_asked_for_in_two_processes_are_counted_together() -> None:
    user = factories.a_world().client.user
    assert user is not None
    here: Any = Browser()
    assert here.post(CODE_URL, {"email": user.email}).status_code == 302
    assert in_another_process(user.email, 3) == ["302", "302", "200"]
    refused = here.post(CODE_URL, {"email": user.email})
    assert refused.status_code == 200
    assert "Trop d’essais" in refused.text
    assert Mail.objects.count() == 3
