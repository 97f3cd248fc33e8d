"""What the settings read from the environment, and what they refuse."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError

from interventions.models import User

SECRET = "k3Jw-" * 11
SERVED = {
    "DATABASE_URL": "postgresql://web:p%40ss@db.example:5433/care?sslmode=require",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "care.example, .agence.example",
    "MAILER": "brevo://key@",
}


def run(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of its own, in nobody else's environment."""
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR), **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=clean, capture_output=True, text=True, cwd="/", check=False
    )


def read(names: str, **environment: str) -> Any:
    done = run(
        f"import json; from config import settings as s; print(json.dumps([{names}], default=str))", environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refusal(**environment: str) -> str:
    done = run("from config import settings", environment)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


def test_production_with_all_it_needs_is_strict() -> None:
    names = "s.PRODUCTION, s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.CSRF_TRUSTED_ORIGINS"
    assert read(names, **SERVED) == [True, False, True, True, ["https://care.example", "https://*.agence.example"]]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "contreseing-demo-secret-for-a-machine-of-ones-own"}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"CONTRESEING_DEMO": "1"}, "CONTRESEING_DEMO"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"MAILER": ""}, "MAILER"),
        ({"PASSWORD_LIST": "/nowhere/list"}, "PASSWORD_LIST"),
        ({"DATABASE_URL": "", "CONTRESEING_ENV": "production"}, "DATABASE_URL"),
    ],
)
def test_production_refuses_and_names_what_is_wrong(change: dict[str, str], word: str) -> None:
    said = refusal(**SERVED | change)
    assert "ImproperlyConfigured: Contreseing does not start in production." in said
    assert word in said


def test_a_password_that_is_short_usual_ones_own_or_leaked_is_refused(tmp_path: Path) -> None:
    leaked = tmp_path / "leaked"
    leaked.write_text("une vigne au soleil\n")
    person = User(email="yvonne.quere@clients.example")
    refused = {
        "neuf.mots": 1,
        "basketball": 1,
        "yvonne.quere@clients": 1,
        "Une vigne au soleil": 1,
        "une autre vigne": 0,
    }
    said = get_password_validators(read("s.AUTH_PASSWORD_VALIDATORS", **SERVED, PASSWORD_LIST=str(leaked))[0])

    def refusals(password: str) -> int:
        try:
            validate_password(password, person, said)
        except ValidationError as error:
            return len(error.messages)
        return 0

    assert {password: refusals(password) for password in refused} == refused
    ours = get_password_validators(read("s.AUTH_PASSWORD_VALIDATORS", **SERVED)[0])
    validate_password("une vigne au soleil", person, ours)


def test_a_developers_own_database_is_no_production_when_they_say_so() -> None:
    assert read("s.PRODUCTION", DATABASE_URL="postgresql://me@/x", CONTRESEING_ENV="development") == [False]


def test_the_database_address_is_read_whole() -> None:
    (database,) = read("s.DATABASES", **SERVED)
    read_back = {key: database["default"][key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert read_back == {"NAME": "care", "USER": "web", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"}
    assert database["default"]["OPTIONS"]["sslmode"] == "require"
    assert list(database) == ["default"]


def test_passwords_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("DATABASE_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY")}
    for name, file in files.items():
        file.write_text(f"{name} of at least fifty characters, as the secret key has to be\n")
    served = SERVED | {"DATABASE_URL": "postgresql://web@db.example/care", "REDIS_URL": "redis://cache:6379/1"}
    named = {f"{name}_FILE": str(file) for name, file in files.items()}
    names = "s.DATABASES['default']['PASSWORD'], s.CELERY_BROKER_URL, s.SECRET_KEY"
    served.pop("SECRET_KEY")
    said = [file.read_text().strip() for file in files.values()]
    address = f"redis://:{quote(said[1], safe='')}@cache:6379/1"
    assert read(names, **served, **named) == [said[0], address, said[2]]


def test_without_anything_it_is_the_embedded_database_as_app_and_owner() -> None:
    (databases,) = read("s.DATABASES")
    assert {alias: database["USER"] for alias, database in databases.items()} == {"default": "app", "owner": "owner"}


@pytest.mark.parametrize(
    ("mailer", "backend", "options"),
    [
        ("", "django.core.mail.backends.dummy.EmailBackend", None),
        ("brevo://key@", "anymail.backends.brevo.EmailBackend", {"api_key": "key"}),
        ("mailjet://a:b@", "anymail.backends.mailjet.EmailBackend", {"api_key": "a", "secret_key": "b"}),
        ("scaleway://p:s@", "anymail.backends.scaleway.EmailBackend", {"project_id": "p", "secret_key": "s"}),
        ("ses", "anymail.backends.amazon_ses.EmailBackend", {}),
        (
            "smtp://u:p%3A@mail.example:25",
            "django.core.mail.backends.smtp.EmailBackend",
            {"host": "mail.example", "port": 25, "username": "u", "password": "p:", "use_tls": True, "timeout": 10},
        ),
    ],
)
def test_mailer(mailer: str, backend: str, options: dict[str, Any] | None) -> None:
    ((found,),) = read("list(s.MAILERS.values())", MAILER=mailer)
    assert (found["BACKEND"], found.get("OPTIONS")) == (backend, options)


def test_an_unknown_mailer_and_a_port_in_letters_are_refused_in_words() -> None:
    assert "smtp, smtps, brevo, mailjet, postmark, scaleway, ses" in refusal(MAILER="pigeon://x@")
    assert "PORT=eight is not a whole number" in refusal(PORT="eight")


def test_with_redis_broker_and_cache_are_redis_and_give_up_soon() -> None:
    names = "s.CELERY_BROKER_URL, s.CELERY_BROKER_TRANSPORT_OPTIONS, s.CACHES['default']['LOCATION']"
    url = "redis://127.0.0.1:1/0"
    bounds = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}
    assert read(names, REDIS_URL=url) == [url, bounds, url]


def test_production_finds_every_static_file_that_another_names(tmp_path: Path) -> None:
    production = {**SERVED, "CONTRESEING_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = run(
        "from django.core import management as m; m.execute_from_command_line(['', 'collectstatic'])", production
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()
