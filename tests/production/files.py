"""What Dockerfile and docker-compose.yml say, read without Docker."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PRODUCT = ("migrate", "backup", "web", "worker", "beat")
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}")


@cache
def compose() -> dict[str, Any]:
    """Return docker-compose.yml, its anchors followed."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


def services() -> dict[str, dict[str, Any]]:
    """Return the services by their names."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


@cache
def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions in order, continued lines joined."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    pairs = (line.partition(" ") for line in lines)
    return [(name, rest.strip()) for name, _blank, rest in pairs]


def stages() -> list[list[tuple[str, str]]]:
    """Return the instructions of each stage, the FROM that begins it included."""
    found: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            found.append([])
        if found:
            found[-1].append((name, rest))
    return found


def image_environment() -> dict[str, str]:
    """Return what the image's last stage puts into the environment of every process."""
    words = [word for name, rest in stages()[-1] if name == "ENV" for word in shlex.split(rest)]
    return dict(word.split("=", 1) for word in words)


def image_command() -> list[str]:
    """Return what the image runs when nothing else is said."""
    found: list[str] = json.loads(next(rest for name, rest in stages()[-1] if name == "CMD"))
    return found


def build_step(word: str) -> str:
    """Return the shell line of the RUN in which `word` stands."""
    (found,) = [rest for name, rest in instructions() if name == "RUN" and word in rest]
    return found


def interpolated(text: str, given: Mapping[str, str]) -> str:
    """Fill in ${NAME}, ${NAME:-default} and ${NAME:?why} as compose does; $$ is a dollar."""

    def value(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        name, kind, rest = found[1], found[2], found[3]
        if given.get(name) or kind is None:
            return given[name]
        if kind == "?":
            raise KeyError(f"{name}: {rest}")
        return rest

    return _VARIABLE.sub(value, text)
