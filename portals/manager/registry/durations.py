"""Hours a month or a week as they are typed: «10», «10,5», «10:30», «10 h 30»."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_CLOCK = re.compile(r"(\d{1,3})\s*[h:]\s*(\d{0,2})")
_DECIMAL = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")
MOST = 744 * 60
WRONG = _("Écrivez des heures : 10, 10,5 ou 10:30.")


class HoursField(forms.CharField):
    """A length in hours, read as whole minutes, `most` of them at the most; nothing typed means none."""

    def __init__(self, *, most: int = MOST, **options: Any) -> None:
        self.most = most
        super().__init__(required=False, max_length=12, **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """Show minutes as «10:30», what was typed as it was typed."""
        return f"{value // 60}:{value % 60:02}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Return minutes, or None where nothing was typed."""
        text = str(value or "").replace("\u00a0", " ").replace("\u202f", " ").strip()
        if not text:
            return None
        clock = _CLOCK.fullmatch(text)
        if clock:
            minutes = int(clock[1]) * 60 + int(clock[2] or 0)
            return self._checked(minutes, int(clock[2] or 0) < 60)
        return self._checked(round(float(text.replace(",", ".")) * 60) if _DECIMAL.fullmatch(text) else 0)

    def _checked(self, minutes: int, fits: bool = True) -> int:
        if not fits or not 0 < minutes <= self.most:
            raise ValidationError(WRONG)
        return minutes

    def clean(self, value: Any) -> Any:
        """Read the length; the limits of the text itself are those of what it means."""
        return self.to_python(value)
