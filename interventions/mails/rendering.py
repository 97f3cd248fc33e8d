"""A letter as it leaves: subject, text, and HTML with its one stylesheet written into the elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import css_inline
from django.template.loader import render_to_string

from interventions.mails import letterhead
from interventions.mails.letter import write
from interventions.mails.letterhead import Letterhead
from interventions.mails.reading import Matter
from interventions.models import Mail


@dataclass(frozen=True, slots=True)
class Content:
    """What is handed to the mail service."""

    subject: str
    text: str
    html: str


def compose(mail: Mail, matters: Sequence[Matter], now: datetime) -> Content:
    """Return the mail that tells these matters (at least one) as they are at `now`."""
    return of_visits(mail, matters, letterhead.of(mail.agence), now)


def of_visits(mail: Mail, matters: Sequence[Matter], head: Letterhead, now: datetime) -> Content:
    """Return the same on a given letterhead."""
    letter = write(mail, matters, head, now)
    return written("visits", letter.subject, head, {"letter": letter, "preview": letter.preview})


def written(name: str, subject: str, head: Letterhead, context: Mapping[str, object]) -> Content:
    """Return the mail of a pair of templates under emails/, in text and in HTML, on the agency's letterhead."""
    shown = {**context, "subject": subject, "head": head}
    text = render_to_string(f"emails/{name}.txt", shown).strip() + "\n"
    return Content(subject, text, inlined(render_to_string(f"emails/{name}.html", shown)))


def inlined(html: str) -> str:
    """Return a page with the rules of its stylesheet as attributes; those for dark mode and phones stay rules."""
    return _inliner().inline(html)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
