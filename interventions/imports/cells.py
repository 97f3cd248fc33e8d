"""One cell to one value: each function takes a row and a column, and raises CellRefused with a French reason."""

import re
import sys
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from interventions import hours

from .columns import CellRefused, Row, folded

NUMBER, NAME, PRESTATION, PHONE, EMAIL, NOTE = 40, 100, 120, 40, 254, 2000

_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_YEARS = range(1900, 2200)
_CIVILITIES = {"m": "M.", "mr": "M.", "monsieur": "M.", "mme": "Mme", "madame": "Mme"}
_YES_NO = {"oui": True, "non": False, "": False}


def text(row: Row, column: str, longest: int) -> str:
    """What is written, or an empty text. Refuses more than `longest` characters, as many as the base holds."""
    value = row[column]
    if len(value) > longest:
        raise CellRefused(column, _("Texte trop long\u00a0: %(longest)d caractères au plus.") % {"longest": longest})
    # Names of people, services and contracts come back on thousands of lines: keep one copy of each.
    return sys.intern(value) if longest < NOTE else value


def required(row: Row, column: str, longest: int) -> str:
    """What is written. Refuses an empty cell, and more than `longest` characters."""
    value = text(row, column, longest)
    if not value:
        raise CellRefused(column, _("«\u00a0%(column)s\u00a0» n’est pas renseigné.") % {"column": column})
    return value


def email(row: Row, column: str) -> str:
    """An address in lower case, or an empty text. Refuses what is no address."""
    value = text(row, column, EMAIL).lower()
    if value:
        try:
            validate_email(value)
        except ValidationError as error:
            raise CellRefused(column, _("Ce n’est pas une adresse e-mail.")) from error
    return value


def civility(row: Row, column: str) -> str:
    """M. or Mme, however they are written; any other short form stays as it is."""
    return _CIVILITIES.get(folded(row[column]).rstrip(".")) or text(row, column, 10)


def day(row: Row, column: str) -> date:
    """A date written dd/mm/yyyy. Refuses an empty cell and a date that is none."""
    found = _DAY.fullmatch(required(row, column, NAME))
    if found and int(found[3]) in _YEARS:
        try:
            return date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            pass
    raise CellRefused(column, _("Ce n’est pas une date (attendu\u00a0: jj/mm/aaaa)."))


def day_or_none(row: Row, column: str) -> date | None:
    """A date written dd/mm/yyyy, or None where nothing is written."""
    return day(row, column) if row[column] else None


def clock(row: Row, column: str) -> hours.Clock:
    """An hour written HH:MM or H:MM. Refuses an empty cell and an hour that is none."""
    try:
        return hours.parse_clock(required(row, column, NAME))
    except hours.InvalidHour as error:
        raise CellRefused(column, error.message) from error


def kilometres(row: Row, column: str) -> Decimal:
    """Kilometres with a decimal comma or point; nothing written means 0."""
    try:
        return hours.parse_km(row[column])
    except hours.InvalidKilometres as error:
        raise CellRefused(column, error.message) from error


def yes_or_no(row: Row, column: str) -> bool:
    """Oui or Non; nothing written means Non."""
    answer = _YES_NO.get(folded(row[column]))
    if answer is None:
        raise CellRefused(column, _("Écrivez Oui ou Non."))
    return answer
