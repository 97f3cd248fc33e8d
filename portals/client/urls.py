"""The addresses of the client's portal; a new verb is a new noun."""

from django.urls import path

from portals.client import (
    annulation,
    contestation,
    demandes,
    historique,
    mails,
    modification,
    planning,
    prestations,
    proches,
    reprise,
    validation,
)

app_name = "client"

urlpatterns = [
    path("", prestations.prestations, name="prestations"),
    path("validations/", validation.validate_several, name="validations"),
    path("planning/", planning.planning, name="planning"),
    path("mails/", mails.mails, name="mails"),
    path("historique/", historique.historique, name="historique"),
    path("historique/<str:month>/releve.pdf", historique.releve, name="releve"),
    path("demandes/", demandes.demandes, name="demandes"),
    path("proches/", proches.index, name="proches"),
    path("proches/nouveau/", proches.create, name="proche-new"),
    path("proches/<uuid:public_id>/", proches.change, name="proche"),
    path("proches/<uuid:public_id>/fin/", proches.end, name="proche-end"),
    path("interventions/<uuid:public_id>/", prestations.visite, name="visite"),
    path("interventions/<uuid:public_id>/validation/", validation.validate, name="validation"),
    path("interventions/<uuid:public_id>/modification/", modification.modification, name="modification"),
    path("interventions/<uuid:public_id>/annulation/", annulation.annulation, name="annulation"),
    path("interventions/<uuid:public_id>/reprise/", reprise.reprise, name="reprise"),
    path("interventions/<uuid:public_id>/contestation/", contestation.contestation, name="contestation"),
]
