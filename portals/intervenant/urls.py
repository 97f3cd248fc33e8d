"""The addresses of the portal: a new verb is a new noun."""

from django.urls import path

from portals.intervenant import (
    answers,
    calendars,
    history,
    interventions,
    mails,
    offline,
    planning,
    refusals,
    report,
    sheet,
    undoing,
)
from portals.intervenant.queued import answers_the_queue

app_name = "intervenant"

urlpatterns = [
    path("", planning.planning, name="planning"),
    path("interventions/", interventions.interventions, name="interventions"),
    path("validations/", answers_the_queue(interventions.validations), name="validations"),
    path("interventions/nouvelle/", answers_the_queue(report.nouvelle), name="report"),
    path("interventions/<uuid:public_id>/", sheet.sheet, name="sheet"),
    path("interventions/<uuid:public_id>/correction/", sheet.correction, name="correction"),
    path("interventions/<uuid:public_id>/acceptation/", answers.acceptation, name="acceptation"),
    path("interventions/<uuid:public_id>/refus/", answers.refus, name="refus"),
    path("interventions/<uuid:public_id>/contestation/", answers.contestation, name="contestation"),
    path("mails/", mails.mails, name="mails"),
    path("refusees/", refusals.refusals, name="refusals"),
    path("calendrier/", calendars.calendar, name="calendar"),
    path("historique/", history.history, name="history"),
    path("historique/releve.pdf", history.paper, name="history_paper"),
    path("application.webmanifest", offline.manifest, name="manifest"),
    path("sw.js", offline.worker, name="worker"),
    path("telephone/", offline.phone, name="phone"),
    path("reprises/", undoing.reprises, name="reprises"),
]
