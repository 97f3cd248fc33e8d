"""What a text about an act is made of; the texts themselves lie in for_client, for_intervenant and for_manager."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Quote(StrEnum):
    """Which words a reader is shown with a visit: none, the intervenant's comment, or what came with the act."""

    NOTHING = "nothing"
    VISIT_COMMENT = "visit_comment"
    ACT_COMMENT = "act_comment"
    ACT_REASON = "act_reason"


@dataclass(frozen=True, slots=True)
class Text:
    """What one reader is told of one act.

    `subject`, `title` and `said` are plural forms on "count"; `said` may name %(author)s (who acted, in words),
    %(client)s and %(intervenant)s. `ask` is what the reader is asked, said only while it is their turn. `right` is
    what they may still do, said only where the portals are open; it may name the %(days)d of `days`, a setting.
    """

    subject: Promise
    title: Promise
    said: Promise
    ask: Promise | None = None
    note: Promise | None = None
    right: Promise | None = None
    days: str = ""
    quote: Quote = Quote.NOTHING
