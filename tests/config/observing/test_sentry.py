"""What leaves for the error service, and what a log line keeps to itself."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.conf import settings as product
from django.db import connection

from config.observing import sentry
from config.observing.statements import Statements
from config.redaction import redacted, without_tokens

# A person who is in everything: in what is asked, in what is logged, in what a command is given.
PERSON = ("Sidonie", "sidonie@rivage.example")
BREAKING = """
import sys
import django
django.setup()
import structlog
from django.conf import settings
from django.test import Client
from django.urls import path

def breaks(request, token):
    raise ValueError("a breakdown of the page, for " + request.POST["address"])

urlpatterns = [path("lien/<str:token>/", breaks)]
settings.ROOT_URLCONF = "__main__"
heads = {"cookie": "found=" + sys.argv[1], "referer": "/?q=" + sys.argv[1]}
browser = Client(raise_request_exception=False, SERVER_NAME="localhost", headers=heads)
browser.post(f"/lien/{sys.argv[1]}/?q={sys.argv[1]}", {"name": sys.argv[1], "address": sys.argv[2]})
try:
    raise KeyError("a breakdown of the work")
except KeyError:
    structlog.get_logger("work").exception("job_failed", who=sys.argv[2])
import logging
logging.getLogger("library").error("refused %s", sys.argv[1])
"""


class Listening(BaseHTTPRequestHandler):
    """Takes what Sentry would."""

    heard: list[bytes]

    def do_POST(self) -> None:
        """Keep what came."""
        came = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(gzip.decompress(came) if self.headers["Content-Encoding"] == "gzip" else came)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[tuple[str, list[bytes]]]:
    """An error service: its address, and what it heard."""
    heard: list[bytes] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Heard", (Listening,), {"heard": heard})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://key@127.0.0.1:{server.server_port}/1", heard
        server.shutdown()


def test_errors_reach_the_service_and_nobody_is_in_them(service: tuple[str, list[bytes]], tmp_path: Path) -> None:
    dsn, heard = service
    said = {"SENTRY_DSN": dsn, "DJANGO_SETTINGS_MODULE": "config.settings", "CONTRESEING_VAR": str(tmp_path)}
    # Not the folder of a web process's figures, which a test that looked at gunicorn's settings leaves named here.
    here = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    subprocess.run(
        [sys.executable, "-c", BREAKING, *PERSON], env=here | said, cwd=product.BASE_DIR, check=True, timeout=60
    )
    lines = [json.loads(line) for envelope in heard for line in envelope.splitlines()]
    events = [line for line in lines if "event_id" in line and "platform" in line]
    raised = [event["exception"]["values"][-1]["value"] for event in events if "exception" in event]
    assert raised == ["a breakdown of the page, for -", "'a breakdown of the work'"]
    assert {event["environment"] for event in events} == {"development"}
    assert [event["logentry"]["message"] for event in events if "exception" not in event] == ["refused %s"]
    left = json.dumps(lines, ensure_ascii=False)
    assert [left[left.find(word) - 60 : left.find(word)] for word in PERSON if word in left] == []


def test_an_event_leaves_without_people() -> None:
    event = {
        "user": {"email": "yvonne@rivage.example"},
        "transaction": "/lien/abc.def/",
        "message": "for yvonne@rivage.example",
        "request": {
            "url": "https://x.example/lien/abc.def/",
            "data": "comment=x",
            "cookies": "session=1",
            "headers": {"Cookie": "session=1"},
            "query_string": "q=Quéré",
            "env": {"REMOTE_ADDR": "192.0.2.1"},
            "method": "POST",
        },
        "exception": {"values": [{"value": "duplicate\nDETAIL:  Key (email)=(a@b.example) already exists."}]},
    }
    assert sentry.without_people(event) == {
        "transaction": "/lien/-/",
        "message": "for -",
        "request": {"url": "https://x.example/lien/-/", "method": "POST"},
        "exception": {"values": [{"value": "duplicate\nDETAIL: -"}]},
    }


def test_a_row_that_the_database_quotes_stays_out_of_the_log() -> None:
    said = "IntegrityError: duplicate key\nDETAIL:  Failing row contains (1, Quéré, 12 rue du Port).\nCONTEXT: x"
    assert redacted(said) == "IntegrityError: duplicate key\nDETAIL: -\nCONTEXT: x"


def test_what_was_searched_for_stays_out_of_the_log() -> None:
    said = without_tokens(None, "info", {"event": "request_started", "request": "GET /gestion/?q=Qu%C3%A9r%C3%A9"})
    assert said == {"event": "request_started", "request": "GET /gestion/"}


def test_a_slow_statement_is_named_without_its_values(db, settings) -> None:
    settings.SLOW_STATEMENT_MS = 20
    counted = Statements()
    with structlog.testing.capture_logs() as lines, connection.execute_wrapper(counted), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [0.03])
        cursor.execute("SELECT 1")
    assert counted.count == 2
    assert [(line["event"], line["sql"]) for line in lines] == [("slow_statement", "SELECT pg_sleep(%s)")]
    assert lines[0]["milliseconds"] >= 30
