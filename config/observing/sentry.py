"""Errors to Sentry, where an operator names one (SENTRY_DSN), without what people wrote or who they are."""

from __future__ import annotations

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration

from config.redaction import redacted

# What a request carries of people: never sent.
WITHHELD = ("data", "cookies", "headers", "query_string", "env")


def start(dsn: str, environment: str) -> None:
    """Send errors to `dsn`. Local variables, bodies, cookies, addresses with tokens and people stay here."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0,
        before_send=without_people,  # type: ignore[arg-type]
        before_breadcrumb=lambda crumb, hint: None,
        integrations=[DjangoIntegration(), CeleryIntegration()],
    )


def without_people(event: dict[str, Any], hint: Any = None) -> dict[str, Any]:
    """Return the event without the person, and with the address of the request redacted.

    Of a line of the log goes what stands in the code, not what was filled in; of a command not the words it was given.
    """
    for name in ("user", "extra"):
        event.pop(name, None)
    if "logentry" in event:
        event["logentry"] = {"message": redacted(str(event["logentry"].get("message", "")))}
    request = event.get("request")
    if isinstance(request, dict):
        for name in WITHHELD:
            request.pop(name, None)
        request["url"] = redacted(str(request.get("url", "")))
    for key in ("transaction", "message"):
        if isinstance(event.get(key), str):
            event[key] = redacted(event[key])
    for raised in event.get("exception", {}).get("values", ()):
        raised["value"] = redacted(str(raised.get("value", "")))
    return event
