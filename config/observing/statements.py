"""What a request asks of the database: how often, and which statements are slow."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings

log = structlog.get_logger("contreseing.slow")
LONGEST = 2000


class Statements:
    """Counts the statements of one request, and names those that take long, never the values in them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = (perf_counter() - began) * 1000
            if took >= settings.SLOW_STATEMENT_MS:
                log.warning("slow_statement", milliseconds=round(took), sql=str(sql)[:LONGEST])
