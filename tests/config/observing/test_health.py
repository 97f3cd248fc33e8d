"""/sante/: what a probe learns, and that it asks for nothing."""

import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from config.observing import beats
from config.tasks import remember_beat
from interventions import clock
from tests import factories
from tests.config.observing.mails import a_mail

WELL = {"ok": True}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_beat() -> None:
    cache.delete(beats.KEY)


def test_alive_asks_nothing_of_anybody(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/sante/", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.json()) == (200, WELL)
    assert answer.cookies == {}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_probe_over_http_is_not_sent_to_https(settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/sante/web/").status_code == 200


def test_ready_looks_at_all_four() -> None:
    remember_beat()
    answer = Client().get("/sante/pret/")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "database": WELL,
        "broker": WELL,
        "outbox": {"ok": True, "seconds": 0.0},
        "beat": {"ok": True, "seconds": pytest.approx(0, abs=5)},
    }


def test_no_beat_known_is_not_ready_but_can_serve() -> None:
    answer = Client().get("/sante/pret/")
    assert (answer.status_code, answer.json()["beat"]) == (503, {"ok": False})
    assert Client().get("/sante/web/").status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(beats.LATE_AFTER - 30, 200), (beats.LATE_AFTER + 1, 503)])
def test_a_beat_grows_old(settings, seconds: int, status: int) -> None:
    remember_beat()
    settings.CLOCK_OFFSET_SECONDS = seconds
    assert Client().get("/sante/pret/").status_code == status


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 503)])
def test_mails_that_should_have_left(minutes: int, status: int) -> None:
    remember_beat()
    agence = factories.an_agence()
    a_mail(agence, due_at=clock.now() - timedelta(minutes=minutes))
    a_mail(agence, due_at=clock.now() + timedelta(days=2))
    answer = Client().get("/sante/pret/")
    assert answer.status_code == status
    assert answer.json()["outbox"]["seconds"] == pytest.approx(minutes * 60, abs=5)


def test_a_broker_that_is_gone(unused_port: int) -> None:
    code = "import django; django.setup(); from config.observing import health; print(health._broker().well)"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": f"redis://127.0.0.1:{unused_port}/0",
    }
    asked = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=30)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "Connection refused" in asked.stderr


def test_what_cannot_be_looked_at_is_unwell(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "gone"
    answer = Client().get("/sante/pret/")
    assert (answer.status_code, answer.json()["broker"], answer.json()["beat"]) == (503, {"ok": False}, {"ok": None})


def test_a_database_that_is_gone(monkeypatch, unused_port: int) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", unused_port)
    web, alive = Client().get("/sante/web/"), Client().get("/sante/")
    assert (web.status_code, web.json()) == (503, {"ok": False, "database": {"ok": False}})
    assert alive.status_code == 200


def test_a_database_that_hangs_is_named_and_nothing_that_stands_on_it(monkeypatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connection.settings_dict, "PORT", silent.getsockname()[1])
        answer = Client().get("/sante/pret/")
    unknown = {"ok": None}
    said = {"ok": False, "database": {"ok": False}, "broker": WELL, "outbox": unknown, "beat": unknown}
    assert (answer.status_code, answer.json()) == (503, said)


def test_only_reading() -> None:
    assert Client().post("/sante/").status_code == 405
    assert Client().head("/sante/").status_code == 200
