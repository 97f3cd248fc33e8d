"""Which stylesheets a page links: each where it lies while one works on them, one bundle a layout once collected.

A phone far from a mast pays for every request: in production collectstatic puts the sheets of a layout together in
one file (`Bundled`), which sign-in and the two portals share. In development the links are to the sheets themselves.
"""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import File
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What only a maintainer reads; no sheet has strings with either in them.
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\s*\n\s*")
# In our scripts a comment that goes has a line of its own, and no string runs over lines.
_REMARK = re.compile(r"^\s*//.*\n|^\s+", re.MULTILINE)
FOLDER = "portals/css/"
SCRIPTS = "portals/js/"
# In the order of the layers; inside a layer the later one wins.
_PORTAL = """
    layers reset tokens base layout brand icon status button field chip segmented tabs notice dock card empty pager
    filters declaration queue countersign client signatures versions timeline week week-steps month
"""
_DESK = "sidenav combo totals table chart inbox batch desk outbox board books"
_LAST = "utilities print"
SHEETS = {
    "portal": f"{_PORTAL} {_LAST}".split(),
    "manager": f"{_PORTAL} {_DESK} {_LAST}".split(),
    # Besides, on the two pages that have a square to photograph or codes to copy: a carer's phone need not fetch it.
    "factor": ["factor"],
}


def sheets_of(layout: str) -> list[str]:
    """Return the static names of what a page of that layout links, in order."""
    if getattr(staticfiles_storage, "bundles_stylesheets", False):
        return [bundle_of(layout)]
    return [f"{FOLDER}{sheet}.css" for sheet in SHEETS[layout]]


def bundle_of(layout: str) -> str:
    """Return the static name of the sheets of a layout in one file."""
    return f"{FOLDER}all-{layout}.css"


class Bundled(CompressedManifestStaticFilesStorage):
    """Static files with their hash in their name, compressed, and the stylesheets of each layout in one file."""

    bundles_stylesheets = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Put the bundles beside what was collected, then hash and compress all of it."""
        if not dry_run:
            made = {bundle_of(layout): self._together(layout, paths) for layout in SHEETS}
            made |= {name: _REMARK.sub("", self._text(paths, name)) for name in paths if name.startswith(SCRIPTS)}
            for name, text in made.items():
                self.delete(name)
                self.save(name, File(StringIO(text)))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _together(self, layout: str, paths: dict[str, Any]) -> str:
        texts = [self._text(paths, f"{FOLDER}{sheet}.css") for sheet in SHEETS[layout]]
        return _INDENT.sub("\n", _COMMENT.sub("", "\n".join(texts)))

    def _text(self, paths: dict[str, Any], name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as source:
            return str(source.read().decode())
