"""Where a visit stands, in the words of the person helped: whose turn it is, seen from them."""

from django.utils.translation import gettext_lazy as _

from interventions.states import Status

STATUS_WORDS = {
    Status.DRAFT: _("À confirmer"),
    Status.PLANNED: _("Prévue"),
    Status.DONE: _("À valider"),
    Status.CONTESTED: _("Modification demandée"),
    Status.ARBITRATION: _("L’agence va décider"),
    Status.VALIDATED: _("Validée"),
    Status.CANCELLED: _("Annulée"),
}
