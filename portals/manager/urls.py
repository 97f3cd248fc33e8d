"""Addresses of the gestionnaires' portal; every act has a noun of its own under its visit."""

from django.urls import path

from portals.manager import (
    absences,
    acts,
    anonymising,
    automatismes,
    clients,
    deliberations,
    home,
    intervenants,
    keys,
    mail_words,
    mails,
    new_visits,
    outbox,
    periods,
    personal,
    plannings,
    proches,
    proof,
    resending,
    scans,
    search,
    series,
    series_days,
    settings,
    visits,
    week_sheet,
)
from portals.manager.act_list import ACTS
from portals.manager.attaching import views as attaching
from portals.manager.first_day import invitations
from portals.manager.first_day import views as first_day
from portals.manager.imports import steps as import_steps
from portals.manager.imports import views as imports
from portals.manager.registry import contrats, leaving, lists, people
from portals.manager.registry.kept import LISTS
from portals.manager.staff import acts as staff_acts
from portals.manager.staff import views as staff

app_name = "gestion"

urlpatterns = [
    path("", home.home, name="home"),
    path("recherche/", search.index, name="search"),
    path("touches/", keys.index, name="keys"),
    path("clients/", clients.index, name="clients"),
    *(
        path(f"{noun}s/{rest}", view, {"noun": noun}, name=f"{noun}-{name}")
        for noun in people.KINDS
        for rest, view, name in (
            ("nouveau/", people.create, "new"),
            ("<uuid:public_id>/modification/", people.change, "change"),
            ("<uuid:public_id>/archivage/", leaving.archive, "archive"),
            ("<uuid:public_id>/reprise/", leaving.restore, "restore"),
        )
    ),
    path("clients/<uuid:public_id>/", clients.sheet, name="client"),
    path("clients/<uuid:public_id>/interventions/nouvelle/", new_visits.create, name="new-visit"),
    path("clients/<uuid:public_id>/series/nouvelle/", series.create, name="new-series"),
    path("series/<uuid:public_id>/", series.sheet, name="series"),
    path("series/<uuid:public_id>/modification/", series.reshape, name="series-change"),
    path("series/<uuid:public_id>/jours/", series_days.change, name="series-days"),
    path("series/<uuid:public_id>/fin/", series.end, name="series-end"),
    path("clients/<uuid:public_id>/absences/nouvelle/", absences.of_client, name="client-absence"),
    path("intervenants/<uuid:public_id>/absences/nouvelle/", absences.of_intervenant, name="intervenant-absence"),
    path("absences/<uuid:public_id>/", absences.correct, name="absence"),
    path("absences/<uuid:public_id>/suppression/", absences.remove, name="absence-remove"),
    path("planning/", plannings.index, name="planning"),
    path("planning/nouvelle-visite/", plannings.for_whom, name="for-whom"),
    path("clients/<uuid:public_id>/proches/nouveau/", proches.create, name="proche-new"),
    path("proches/<uuid:public_id>/", proches.change, name="proche"),
    path("proches/<uuid:public_id>/fin/", proches.end, name="proche-end"),
    path("intervenants/", intervenants.index, name="intervenants"),
    path("intervenants/<uuid:public_id>/", intervenants.sheet, name="intervenant"),
    path("clients/<uuid:public_id>/feuille/", week_sheet.sheet, name="week-sheet"),
    *(
        path(f"{plural}/<uuid:public_id>/donnees.{ending}", view, {"kind": kind}, name=f"{kind}-data{suffix}")
        for plural, kind in (("clients", "client"), ("intervenants", "intervenant"))
        for ending, view, suffix in (("json", personal.file, ""), ("pdf", personal.paper, "-paper"))
    ),
    *(
        path(f"{many}/<uuid:public_id>/anonymisation/", anonymising.page_of, {"kind": kind}, name=f"{kind}-anonymise")
        for many, kind in (
            ("clients", "client"),
            ("intervenants", "intervenant"),
            ("proches", "proche"),
            ("utilisateurs", "staff"),
        )
    ),
    path("pieces/<uuid:public_id>/", scans.scan, name="scan"),
    path("interventions/<uuid:public_id>/", visits.sheet, name="visit"),
    path("interventions/<uuid:public_id>/preuve.pdf", proof.paper, name="proof"),
    path("interventions/<uuid:public_id>/preuve.json", proof.file, name="proof-file"),
    path("interventions/<uuid:public_id>/deliberation/", deliberations.decide, name="deliberation"),
    *(
        path(f"interventions/<uuid:public_id>/{act.noun}/", acts.act, {"action": act.action}, name=act.action.value)
        for act in ACTS.values()
    ),
    path("contrats/", contrats.index, name="contrats"),
    path("contrats/nouveau/", contrats.for_whom, name="contrat-for-whom"),
    path("contrats/<uuid:public_id>/", contrats.sheet, name="contrat"),
    path("contrats/<uuid:public_id>/modification/", contrats.change, name="contrat-change"),
    path("contrats/<uuid:public_id>/archivage/", contrats.archive, name="contrat-archive"),
    path("clients/<uuid:public_id>/contrats/nouveau/", contrats.create, name="contrat-new"),
    *(
        path(f"{noun}s/{rest}", view, {"noun": noun}, name=f"{noun}-{name}")
        for noun in LISTS
        for rest, view, name in (
            ("", lists.index, "list"),
            ("nouveau/", lists.create, "new"),
            ("<uuid:public_id>/", lists.line, "line"),
            ("<uuid:public_id>/archivage/", lists.archive, "archive"),
        )
    ),
    path("rattachements/", attaching.index, name="attaching"),
    path("rattachements/lot/", attaching.attach, name="attachments"),
    path("deliberations/", deliberations.index, name="deliberations"),
    path("deliberations/double-regard/", deliberations.four_eyes, name="four-eyes"),
    path("mails/", mails.mails, name="rhythm"),
    path("envois/", outbox.index, name="mails"),
    path("envois/<uuid:public_id>/", outbox.sheet, name="mail"),
    path("envois/<uuid:public_id>/renvoi/", resending.resend, name="mail-resend"),
    path("envois/<uuid:public_id>/html/", outbox.html, name="mail-html"),
    path("automatismes/", automatismes.index, name="automatismes"),
    path("utilisateurs/", staff.index, name="staff"),
    path("utilisateurs/invitation/", staff.invite, name="staff-new"),
    path("utilisateurs/<uuid:public_id>/", staff.sheet, name="staff-member"),
    path("utilisateurs/<uuid:public_id>/droits/", staff.change, name="staff-change"),
    path("utilisateurs/<uuid:public_id>/depart/", staff_acts.see_out, name="staff-leave"),
    path("utilisateurs/<uuid:public_id>/retour/", staff_acts.take_back, name="staff-return"),
    path("utilisateurs/<uuid:public_id>/sessions/", staff_acts.sign_out, name="staff-sessions"),
    path("utilisateurs/<uuid:public_id>/deuxieme-facteur/", staff_acts.reset_factor, name="staff-factor"),
    path("mise-en-route/", first_day.index, name="first-day"),
    path("invitations/", invitations.index, name="invitations"),
    path("parametres/mails/", mail_words.words, name="mail-words"),
    path("parametres/mails/apercu/", mail_words.preview, name="mail-preview"),
    path("parametres/mails/essai/", mail_words.trial, name="mail-trial"),
    path("periodes/", periods.index, name="periods"),
    path("periodes/<str:month>/", periods.sheet, name="period"),
    path("periodes/<str:month>/cloture/", periods.close, name="period-close"),
    path("periodes/<str:month>/reouverture/", periods.reopen, name="period-reopen"),
    path("imports/", imports.index, name="imports"),
    path("imports/<uuid:public_id>/", imports.sheet, name="import"),
    path("imports/<uuid:public_id>/confirmation/", import_steps.confirm, name="import-confirm"),
    path("imports/<uuid:public_id>/apercu/", import_steps.again, name="import-again"),
    path("imports/<uuid:public_id>/colonnes/", import_steps.columns, name="import-columns"),
    path("imports/<uuid:public_id>/abandon/", import_steps.drop, name="import-drop"),
    path("fichiers-importes/<uuid:public_id>/refusees/", import_steps.refused, name="import-refused"),
    path("parametres/consultations/", personal.looks, name="accesses"),
    path("parametres/", settings.sheet, name="settings"),
]
