"""French plurals of the source: «0 visite», «1 visite», «2 visites».

The texts are written in French and need no catalogue, and where Django finds none it counts as English does.
"""

from __future__ import annotations

from gettext import NullTranslations

from django.utils.translation import trans_real


class FrenchSource(NullTranslations):
    """What gives every text back as it is written, in the number that French asks for."""

    def ngettext(self, msgid1: str, msgid2: str, n: float) -> str:
        """Return the singular below two."""
        return msgid1 if abs(n) < 2 else msgid2

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: float) -> str:
        """Return the singular below two."""
        return self.ngettext(msgid1, msgid2, n)


def count_as_french_does() -> None:
    """Put it behind Django's French, for the texts that have no translation."""
    trans_real.translation("fr").add_fallback(FrenchSource())
