"""What the gestionnaires with délibération are told."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from interventions.mails.text import Quote, Text
from interventions.states import Action

TO_DECIDE = ngettext_lazy("%(count)d visite à délibérer", "%(count)d visites à délibérer", "count")
TO_DECIDE_TITLE = ngettext_lazy("Une visite attend votre décision", "Des visites attendent votre décision", "count")
DECIDE = _("Comparez les versions, décidez, et écrivez pourquoi : les deux parties le liront.")
NOTHING_TO_DO = _("Vous n’avez rien à faire.")

FOR_MANAGER: dict[Action, Text] = {
    Action.REPORT_UNATTACHED: Text(
        ngettext_lazy("%(count)d visite ajoutée sans contrat", "%(count)d visites ajoutées sans contrat", "count"),
        ngettext_lazy("Une visite attend un contrat", "Des visites attendent un contrat", "count"),
        ngettext_lazy(
            "%(intervenant)s a ajouté cette visite, qu’aucun contrat facturable ne couvre.",
            "%(intervenant)s a ajouté ces visites, qu’aucun contrat facturable ne couvre.",
            "count",
        ),
        ask=_("Rattachez-la à un contrat pour la présenter au client, ou annulez-la."),
        quote=Quote.VISIT_COMMENT,
    ),
    Action.WITHDRAW: Text(
        ngettext_lazy("%(count)d ajout repris", "%(count)d ajouts repris", "count"),
        ngettext_lazy("Un ajout a été repris", "Des ajouts ont été repris", "count"),
        ngettext_lazy(
            "%(intervenant)s a repris la visite dont nous vous avions parlé.",
            "%(intervenant)s a repris les visites dont nous vous avions parlé.",
            "count",
        ),
        note=NOTHING_TO_DO,
    ),
    Action.CANCEL_BY_CLIENT: Text(
        ngettext_lazy("%(count)d visite annulée par le client", "%(count)d visites annulées par le client", "count"),
        ngettext_lazy("Le client a annulé une visite", "Le client a annulé des visites", "count"),
        ngettext_lazy(
            "%(author)s dit que cette visite n’a pas eu lieu.",
            "%(author)s dit que ces visites n’ont pas eu lieu.",
            "count",
        ),
        note=_("Si l’intervenant le conteste, la décision vous reviendra."),
        quote=Quote.ACT_COMMENT,
    ),
    Action.RETRACT: Text(
        ngettext_lazy("Le client a repris sa réponse", "Le client a repris %(count)d réponses", "count"),
        ngettext_lazy("Le client a repris sa réponse", "Le client a repris ses réponses", "count"),
        ngettext_lazy(
            "%(author)s a retiré la réponse donnée pour cette visite, qui attend de nouveau sa validation.",
            "%(author)s a retiré la réponse donnée pour ces visites, qui attendent de nouveau sa validation.",
            "count",
        ),
        note=NOTHING_TO_DO,
    ),
    Action.REFUSE_CHANGE: Text(
        TO_DECIDE,
        TO_DECIDE_TITLE,
        ngettext_lazy(
            "%(intervenant)s a refusé la modification demandée par %(client)s.",
            "%(intervenant)s a refusé les modifications demandées par %(client)s.",
            "count",
        ),
        ask=DECIDE,
        quote=Quote.ACT_COMMENT,
    ),
    Action.ESCALATE: Text(
        TO_DECIDE,
        TO_DECIDE_TITLE,
        ngettext_lazy(
            "La modification demandée par %(client)s est restée sans réponse.",
            "Les modifications demandées par %(client)s sont restées sans réponse.",
            "count",
        ),
        ask=DECIDE,
        quote=Quote.ACT_REASON,
    ),
    Action.DISPUTE_CANCELLATION: Text(
        TO_DECIDE,
        TO_DECIDE_TITLE,
        ngettext_lazy(
            "%(author)s conteste l’annulation de cette visite.",
            "%(author)s conteste l’annulation de ces visites.",
            "count",
        ),
        ask=DECIDE,
        quote=Quote.ACT_COMMENT,
    ),
    Action.OBJECT: Text(
        TO_DECIDE,
        TO_DECIDE_TITLE,
        ngettext_lazy(
            "%(author)s conteste la validation faite à sa place.",
            "%(author)s conteste les validations faites à sa place.",
            "count",
        ),
        ask=DECIDE,
        quote=Quote.ACT_COMMENT,
    ),
    Action.REOPEN: Text(
        ngettext_lazy("%(count)d visite rouverte", "%(count)d visites rouvertes", "count"),
        ngettext_lazy("Une visite est rouverte en brouillon", "Des visites sont rouvertes en brouillon", "count"),
        ngettext_lazy(
            "Cette visite est de nouveau un brouillon.", "Ces visites sont de nouveau des brouillons.", "count"
        ),
        ask=_("Il lui manque un intervenant ou un contrat."),
        quote=Quote.ACT_REASON,
    ),
}
