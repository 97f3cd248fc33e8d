"""What leaves for the error service, and what a log line keeps to itself."""

import structlog
from django.db import connection

from config.observing import sentry
from config.observing.statements import Statements
from config.redaction import redacted, without_tokens


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
