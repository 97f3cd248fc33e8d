"""The cache that all processes share: Redis, and a table of the database while Redis does not answer.

The limits of sign-in are counted in it, so that without one nobody would get in. They begin anew at each change
between the two.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as Silent

log = structlog.get_logger(__name__)

OTHER = "database"
# A frozen server costs its time limit once, then nobody waits for it for a while.
PAUSE_SECONDS = 10


class _Redis:
    """Until when this process leaves Redis alone."""

    left_alone_until = 0.0


def _or_database(of_redis: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method that asks Redis, or else the database."""

    def either(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _Redis.left_alone_until:
            try:
                return of_redis(self, *args, **kwargs)
            except (Unreachable, Silent) as error:
                _Redis.left_alone_until = time.monotonic() + PAUSE_SECONDS
                log.warning("cache_unreachable", error=type(error).__name__)
        return getattr(caches[OTHER], of_redis.__name__)(*args, **kwargs)

    return either


class RedisOrDatabase(RedisCache):
    """Django's cache in Redis, with another beside it."""

    add = _or_database(RedisCache.add)
    get = _or_database(RedisCache.get)
    set = _or_database(RedisCache.set)
    touch = _or_database(RedisCache.touch)
    delete = _or_database(RedisCache.delete)
    has_key = _or_database(RedisCache.has_key)
    incr = _or_database(RedisCache.incr)
    get_many = _or_database(RedisCache.get_many)
    set_many = _or_database(RedisCache.set_many)
    delete_many = _or_database(RedisCache.delete_many)
    clear = _or_database(RedisCache.clear)
