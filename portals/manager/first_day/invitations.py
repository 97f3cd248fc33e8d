"""Invitations: how many would be invited by mail, who would not and why, and the press that invites them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from interventions import inviting
from interventions.inviting import Group, Standing
from portals.manager.acts import SeeOther
from portals.web import format as fmt
from portals.web import paging
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

FIELD, GROUP, STANDING = "qui", "groupe", "etat"
PAGES = {Group.INTERVENANTS: "intervenant", Group.CLIENTS: "client", Group.GESTIONNAIRES: "staff-member"}
# Why somebody is in no lot of invitations, or what becomes of who is.
SAID: dict[Standing, Promise] = {
    Standing.TO_INVITE: gettext_lazy("Un mail leur dira comment entrer."),
    Standing.INVITED: gettext_lazy("Personne n’est invité deux fois. Qui a changé d’adresse l’est à la nouvelle."),
    Standing.NO_ADDRESS: gettext_lazy("Ajoutez leur adresse sur leur fiche, ou par un fichier, puis revenez ici."),
    Standing.NO_MAILS: gettext_lazy("Leur adresse renvoie les mails, ou ces personnes n’en veulent pas."),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a group stand so; `url` shows them, empty where there are none."""

    standing: Standing
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A group: its counts in the order of the columns, and how many the press would invite."""

    group: Group
    cells: list[Cell]

    @property
    def waiting(self) -> int:
        """How many are to be invited."""
        return next(cell.count for cell in self.cells if cell.standing is Standing.TO_INVITE)


@require_http_methods(["GET", "POST"])
def index(request: ActorRequest) -> HttpResponse:
    """Show who is to be invited and who is not; a POST invites those of the groups that are ticked."""
    groups = [group for group in Group if inviting.may(request.actor, group)]
    if not groups:
        raise PermissionDenied(_("Inviter demande le droit de gestion, ou l’administration pour les gestionnaires."))
    if request.method == "GET":
        return _show(request, groups)
    ticked = [group for group in groups if group in request.POST.getlist(FIELD)]
    if not ticked:
        return _show(request, groups, error=_("Cochez qui inviter."), status=INVALID)
    _tell(request, inviting.invite(request.actor, ticked, request.now))
    return SeeOther(reverse("gestion:invitations"))


def _tell(request: ActorRequest, count: int) -> None:
    if not count:
        messages.info(request, _("Tout le monde était déjà invité : rien n’est parti."))
        return
    said = ngettext("%(n)s invitation part par mail.", "%(n)s invitations partent par mail.", count)
    messages.success(request, said % {"n": fmt.number(count)})


def _show(request: ActorRequest, groups: list[Group], error: str = "", status: int = 200) -> HttpResponse:
    chosen = (request.GET.get(GROUP, ""), request.GET.get(STANDING, ""))
    counts = {group: _counts(request, group) for group in groups}
    group, standing = _chosen(counts, *chosen)
    rows = [Row(one, _cells(one, found, (group, standing))) for one, found in counts.items()]
    context: dict[str, Any] = {"rows": rows, "standings": list(Standing), "error": error}
    context["waiting"] = sum(row.waiting for row in rows)
    if group and standing:
        found = inviting.people(request.actor, group).filter(standing=standing).select_related("user")
        cut = paging.cut(found, "sort_name", request.GET)
        people = [(one, reverse(f"gestion:{PAGES[group]}", args=[one.public_id])) for one in cut.rows]
        context |= {"group": group, "standing": standing, "said": SAID[standing], "cut": cut, "people": people}
    return page(request, "manager/first_day/invitations.html", context, status=status)


def _counts(request: ActorRequest, group: Group) -> dict[str, int]:
    found = inviting.people(request.actor, group).order_by().values("standing").annotate(n=Count("pk"))
    return dict(found.values_list("standing", "n"))


def _cells(group: Group, counts: dict[str, int], chosen: tuple[Group | None, Standing | None]) -> list[Cell]:
    return [
        Cell(
            standing,
            count := counts.get(standing, 0),
            f"?{GROUP}={group}&{STANDING}={standing}" if count else "",
            (group, standing) == chosen,
        )
        for standing in Standing
    ]


def _chosen(counts: dict[Group, dict[str, int]], group: str, standing: str) -> tuple[Group | None, Standing | None]:
    """Return whose names are shown: as asked, else those without an address first; maybe nobody's."""
    there = [(one, each) for each in Standing for one, found in counts.items() if found.get(each)]
    asked = next(((one, each) for one, each in there if (one, each) == (group, standing)), None)
    without = next(((one, each) for one, each in there if each is Standing.NO_ADDRESS), None)
    return asked or without or next(iter(there), (None, None))
