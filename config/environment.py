"""What a deployment says: variables of the environment, or files that they name, as containers hand out secrets.

Any NAME may stand in a file instead, which NAME_FILE names. The settings read this module, so it imports nothing of
the product.
"""

import os
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = ("1", "true", "yes", "on")


def read(name: str, default: str = "") -> str:
    """Return what NAME, or the file that NAME_FILE names, holds without the blanks around it; `default` if nothing.

    Refuses (ImproperlyConfigured) both at once, and a file that cannot be read: a secret that is silently missing
    would be replaced by a default.
    """
    said, file = os.environ.get(name, "").strip(), os.environ.get(f"{name}_FILE", "").strip()
    if said and file:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one.")
    return said or (_content(name, file) if file else "") or default


def flag(name: str) -> bool:
    """Return whether NAME is switched on."""
    return read(name).lower() in TRUE


def number(name: str, default: int) -> int:
    """Return NAME as a whole number; refuses anything else."""
    given = read(name, str(default))
    if not given.isdecimal():
        raise ImproperlyConfigured(f"{name}={given} is not a whole number: unset it, or set it to one like {default}.")
    return int(given)


def items(name: str) -> list[str]:
    """Return NAME's parts between commas."""
    return [item.strip() for item in read(name).split(",") if item.strip()]


def with_password(url: str, password: str) -> str:
    """Return an address (redis://host:port/0) with the password in it, if there is one."""
    if not url or not password:
        return url
    parts = urlsplit(url)
    user, _at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{quote(password, safe='')}@{host}"))


def _content(name: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {file}, which cannot be read ({type(error).__name__})."
        ) from error
