"""A template variable that nobody provided."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings

INSTALLED = Path(sys.prefix).resolve()


class UndefinedVariable(Exception):
    """A template of ours printed a variable that its view did not provide."""


class Undefined(str):
    """Stands in for `string_if_invalid`: raises for our templates, is empty for those of installed packages.

    Django asks it whether it holds "%s", then formats the name of the missing variable into it.
    """

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        template = _template_of(sys._getframe(1).f_locals.get("context"))
        if template is not None and _is_ours(template):
            raise UndefinedVariable(f"{variable} is not defined in {template}")
        return ""


def _template_of(context: Any) -> str | None:
    rendered = getattr(getattr(context, "render_context", None), "template", None)
    origin = getattr(rendered, "origin", None)
    return str(origin) if origin is not None else "<unknown>"


def _is_ours(template: str) -> bool:
    path = Path(template)
    if not path.is_absolute():
        return True
    return path.resolve().is_relative_to(settings.BASE_DIR) and not path.resolve().is_relative_to(INSTALLED)
