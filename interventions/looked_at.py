"""Which agency the operator of the service looks at: one at a time, like everybody who works in the product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from interventions.models import Agence

AGENCE = "agence"


def looked_at(request: Any) -> int:
    """Return the key of the agency that the operator looks at: the one asked for, else the last, else the first; or 0.

    The session remembers it from one page to the next.
    """
    asked = request.POST.get(AGENCE) or request.GET.get(AGENCE) or request.session.get(AGENCE) or ""
    known = Agence.objects.order_by("pk").values_list("pk", flat=True)
    key = known.filter(pk=asked).first() if str(asked).isdecimal() else None
    key = key or known.first() or 0
    if request.session.get(AGENCE) != key:
        request.session[AGENCE] = key
    return key


class OfOneAgence(admin.SimpleListFilter):
    """The choice of the agency that is looked at; rows of several are never shown together."""

    title = gettext_lazy("agence")
    parameter_name = AGENCE

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[Any, str]]:
        """Offer all of them."""
        self.key = looked_at(request)
        return list(Agence.objects.order_by("name").values_list("pk", "name"))

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Leave the rows of that agency."""
        return queryset.filter(agence=self.key)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Name each, and the one that is looked at; there is no «all»."""
        for key, name in self.lookup_choices:
            query = changelist.get_query_string({AGENCE: key})
            yield {"selected": key == self.key, "query_string": query, "display": name}
