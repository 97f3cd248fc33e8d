"""A letter as it leaves: subject, text, and HTML with its one stylesheet written into the elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import css_inline
from django.template.loader import render_to_string

from interventions.mails.letter import write
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
    letter = write(mail, matters, now)
    context = {"letter": letter, "agence": letter.agence}
    text = render_to_string("emails/visits.txt", context)
    return Content(letter.subject, text.strip() + "\n", inlined(render_to_string("emails/visits.html", context)))


def inlined(html: str) -> str:
    """Return a page with the rules of its stylesheet as attributes; those for dark mode and phones stay rules."""
    return _inliner().inline(html)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
