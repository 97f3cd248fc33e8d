"""Statuses as a dense table says them: short on a badge, in the plural over a count."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.states import Status

SHORT: dict[Status, Promise] = {
    **{status: status.label for status in Status},
    Status.DONE: _("À valider"),
    Status.CONTESTED: _("Refusée"),
}
PLURAL: dict[Status, Promise] = {
    Status.DRAFT: _("Brouillons"),
    Status.PLANNED: _("À réaliser"),
    Status.DONE: _("À valider par le client"),
    Status.CONTESTED: _("Refusées par le client"),
    Status.ARBITRATION: _("À délibérer"),
    Status.VALIDATED: _("Validées"),
    Status.CANCELLED: _("Annulées"),
}
