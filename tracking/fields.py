"""The fields of the filter, as an address carries them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.models import ModelChoiceIterator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
# What a typed name may stand for before the page asks to choose.
LISTED = 12
# The name typed into the field `client` stands in the address under «client-nom».
TYPED = "-nom"


class DayField(forms.DateField):
    """A day of the agency's calendar, as a browser's date field sends it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, input_formats=["%Y-%m-%d"])


class Listed(ModelChoiceIterator):
    """The rows of a menu, read at once: Django's own opens a cursor of the database for each menu."""

    def __iter__(self) -> Iterator[Any]:
        """Return what is offered, after what means any."""
        yield "", self.field.empty_label
        for row in self.queryset:
            yield self.choice(row)


class ByPublicId(forms.ModelChoiceField):
    """One of the rows that the actor may see, by the id that stands in addresses."""

    iterator = Listed

    def __init__(self, label: Any, anyone: Any) -> None:
        super().__init__(
            queryset=None, label=label, empty_label=str(anyone), to_field_name="public_id", required=False
        )


class PersonSearch(forms.Widget):
    """A text in which a name is typed, and beside it, hidden, the id of who was chosen.

    `person` is who the field turned out to mean; `suggestions` the address that lists who a text may mean.
    """

    template_name = "tracking/person.html"
    person: Any = None
    suggestions = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> tuple[str, str | None]:
        """Return the id, and what was typed; None where the address has the id alone."""
        return data.get(name, ""), data.get(f"{name}{TYPED}")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Show who is meant, or else what was typed."""
        context = super().get_context(name, None, {"autocomplete": "off", **(attrs or {})})
        chosen, typed = value or ("", None)
        person = self.person
        context["widget"] |= {
            "typed_name": f"{name}{TYPED}",
            "chosen": person.public_id if person else "",
            "typed": str(person) if person else typed if typed is not None else chosen,
            "suggestions": self.suggestions,
            "type": "search",
        }
        return context


class PersonField(forms.Field):
    """One of the people that the actor may see: by the id in the address, or by a name that means one of them only.

    What is typed is worth more than the id beside it, unless it is still that person's name. `matches` are those
    whom a typed name may mean, where it means several.
    """

    people: Any = None
    matches: tuple[Any, ...] = ()

    def __init__(self, label: Any, kind: str) -> None:
        super().__init__(label=label, required=False, widget=PersonSearch())
        self.kind = kind

    def among(self, people: Any) -> None:
        """Let the field mean one of these people only (a queryset)."""
        self.people = people
        self.widget.suggestions = reverse(f"suivi:{self.kind}")

    def clean(self, value: Any) -> Any:
        """Return the person, or None for everybody; refuses what means nobody, or several."""
        chosen, typed = value or ("", None)
        typed = None if typed is None else typed.strip()
        found = None
        if typed is None:
            found = self._by_id(chosen) if chosen else None
        elif typed:
            found = self._kept(chosen, typed) or self._named(typed)
        self.widget.person = found
        return found

    def _kept(self, chosen: str, typed: str) -> Any:
        """Return who was chosen, if the text beside still says so."""
        try:
            found = self._by_id(chosen) if chosen else None
        except forms.ValidationError:
            return None
        return found if str(found) == typed else None

    def _by_id(self, text: str) -> Any:
        try:
            return self.people.get(public_id=UUID(text))
        except (ValueError, self.people.model.DoesNotExist) as error:
            raise forms.ValidationError(_("Cette personne n’est pas dans votre liste.")) from error

    def _named(self, typed: str) -> Any:
        if "\0" in typed:
            raise forms.ValidationError(_("Ce nom ne peut pas être lu."))
        found = list(self.people.found_by(typed).by_name()[: LISTED + 1])
        if not found:
            raise forms.ValidationError(_("Personne de ce nom ici\u00a0: vérifiez l’orthographe."))
        exactly = [person for person in found if str(person) == typed] if len(found) > 1 else found
        if len(exactly) != 1:
            self.matches = tuple(found[:LISTED])
            raise forms.ValidationError(_("Plusieurs personnes portent ce nom\u00a0: choisissez."))
        return exactly[0]


class Whole(forms.IntegerField):
    """A whole number, 0 or more."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, min_value=0, max_value=9999)


NOTHING = gettext_lazy("Tous")


class OneOf(forms.ChoiceField):
    """One of a few values, or any; with `default`, the first of them where none is named."""

    def __init__(self, label: Any, choices: list[tuple[str, Any]], *, default: bool = False) -> None:
        super().__init__(label=label, required=False, choices=choices if default else [("", NOTHING), *choices])
