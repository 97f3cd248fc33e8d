"""The addresses of a link. They stand outside the role guard (portals.web.checks names them), behind their own.

The acts are the portal's own views; the names all begin alike, so that none can stand for another view.
"""

from django.urls import path

from portals.client import annulation, contestation, modification, reprise, validation
from portals.client.link import home, renewal
from portals.client.link.guard import linked

VISIT = "<str:token>/interventions/<uuid:public_id>/"

urlpatterns = [
    path("<str:token>/", linked(home.home), name="link_prestations"),
    path("<str:token>/nouveau/", renewal.renew, name="link_renewal"),
    path("<str:token>/clients/<uuid:client_id>/validations/", linked(home.validations), name="link_validations"),
    path(VISIT + "validation/", linked(validation.validate), name="link_validation"),
    path(VISIT + "modification/", linked(modification.modification), name="link_modification"),
    path(VISIT + "annulation/", linked(annulation.annulation), name="link_annulation"),
    path(VISIT + "reprise/", linked(reprise.reprise), name="link_reprise"),
    path(VISIT + "contestation/", linked(contestation.contestation), name="link_contestation"),
]
