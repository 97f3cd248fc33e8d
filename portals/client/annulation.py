"""Annuler: the client's side says that the visit did not take place."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from interventions.guards import Guard
from interventions.models import Motif, MotifKind
from interventions.states import Action
from portals.client.fields import MotifField, WordField
from portals.client.pages import show
from portals.client.presses import in_place, is_stale, press, settled
from portals.client.prestations import show_visit
from portals.client.visits import Visit, find
from portals.web.pages import INVALID
from portals.web.requests import ActorRequest


class AnnulationForm(forms.Form):
    """The motif de l'annulation and a word."""

    motif = MotifField(
        Motif.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        label=_("Motif de l’annulation"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), Guard.MOTIF.label),
    )
    comment = WordField()

    def __init__(self, request: ActorRequest, visit: Visit) -> None:
        """Offer the agency's motifs; ids are the visit's own, since several forms may stand on one page."""
        super().__init__(request.POST if request.method == "POST" else None, auto_id=f"{visit.anchor}-%s")
        offered = Motif.objects.filter(kind=MotifKind.ANNULATION, archived_at__isnull=True)
        field = self.fields["motif"]
        field.queryset = offered.filter(agence_id=request.actor.agence_id)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def annulation(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the form, or cancel; an answer that does not go keeps what was typed."""
    visit = find(request, public_id)
    form = AnnulationForm(request, visit)
    if request.method != "POST":
        return _form(request, visit, form) if visit.may_cancel else show_visit(request, visit)
    if not form.is_valid():
        return _again(request, visit, form)
    entered = form.cleaned_data
    row = press(request, visit, Action.CANCEL_BY_CLIENT, motif_id=entered["motif"].pk, comment=entered["comment"])
    return settled(request, visit) if row.done else _again(request, visit, form, row.message)


def _again(request: ActorRequest, visit: Visit, form: AnnulationForm, refusal: str = "") -> HttpResponse:
    """Answer what did not go: the form with what was typed, or the visit where no form can help any more."""
    fresh = find(request, visit.row.public_id)
    refusal = refusal or (str(Guard.STALE.label) if is_stale(request, fresh) else "")
    if fresh.may_cancel:
        return in_place(request, visit, _form(request, fresh, form, refusal, INVALID))
    return in_place(request, visit, show_visit(request, fresh, refusal, INVALID))


def _form(
    request: ActorRequest, visit: Visit, form: AnnulationForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"visit": visit, "form": form, "refusal": refusal}
    return show(request, "client/annulation.html", context, "visit", status)
