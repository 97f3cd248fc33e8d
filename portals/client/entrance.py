"""By which way somebody came to the visits: signed in to the portal, or by the link of a mail.

The same views and pieces serve both; what differs is where their pages lie and which visits they open.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from interventions.querysets import InterventionQuerySet


@cache
def _around_id(name: str) -> tuple[str, str]:
    """Return what stands before and after the id in an address: a list has hundreds, and looking each up costs."""
    before, _id, after = reverse(name, args=[UUID(int=0)]).partition(str(UUID(int=0)))
    return before, after


@dataclass(frozen=True)
class Entrance:
    """A way in: `prefix` begins the names of its addresses, `args` what all of them carry.

    `layout` is the page around its pages; `only` limits it to some visits, `whose` names the client on each page.
    """

    prefix: str = "client:"
    args: tuple[str, ...] = ()
    layout: str = "layouts/client.html"
    only: frozenset[int] | None = None
    whose: str = ""

    @property
    def home(self) -> str:
        """The address of its list of visits."""
        return self.address("prestations")

    @property
    def is_link(self) -> bool:
        """Whether it opens some visits only, and nothing of the portal."""
        return self.only is not None

    def address(self, name: str, *args: object) -> str:
        """Return the address of one of its pages."""
        if len(args) == 1 and isinstance(args[0], UUID) and not self.args:
            before, after = _around_id(f"{self.prefix}{name}")
            return f"{before}{args[0]}{after}"
        return reverse(f"{self.prefix}{name}", args=[*self.args, *args])

    def opens(self, visits: InterventionQuerySet) -> InterventionQuerySet:
        """Narrow visits to those that this way opens."""
        return visits if self.only is None else visits.filter(pk__in=self.only)


PORTAL = Entrance()


def entrance_of(request: HttpRequest) -> Entrance:
    """Return the way by which this request came: the portal, unless the guard of the links said otherwise."""
    return getattr(request, "entrance", PORTAL)


@dataclass(frozen=True)
class Addresses:
    """The addresses of one visit; templates read them as {{ visit.at.validation }}."""

    entrance: Entrance
    public_id: UUID
    anchor: str

    def __getitem__(self, noun: str) -> str:
        """Return the address of one act, "home" (the visit's place in the list) or "visite" (its own page)."""
        if noun == "home" or (noun == "visite" and self.entrance.is_link):
            return f"{self.entrance.home}#{self.anchor}"
        return self.entrance.address(noun, self.public_id)
