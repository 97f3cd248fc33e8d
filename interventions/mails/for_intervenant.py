"""What the intervenant is told, and the one who had the visit before."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from interventions.mails.text import Quote, Text
from interventions.states import Action

NOTHING_TO_DO = _("Vous n’avez rien à faire.")
AGENCY_DECIDES = _("Vous n’avez rien à faire : l’agence vous écrira ce qu’elle a décidé.")
DECLARE_AGAIN = _("Déclarez-la de nouveau, telle qu’elle a eu lieu.")
GONE = ngettext_lazy(
    "%(count)d visite retirée de votre planning", "%(count)d visites retirées de votre planning", "count"
)
GONE_TITLE = ngettext_lazy(
    "Une visite n’est plus dans votre planning", "Des visites ne sont plus dans votre planning", "count"
)

FOR_INTERVENANT: dict[Action, Text] = {
    Action.ASSIGN: Text(
        ngettext_lazy("%(count)d nouvelle visite", "%(count)d nouvelles visites", "count"),
        ngettext_lazy("Une visite vous est confiée", "Des visites vous sont confiées", "count"),
        ngettext_lazy("L’agence vous a confié cette visite.", "L’agence vous a confié ces visites.", "count"),
    ),
    Action.COMPLETE_FOR_INTERVENANT: Text(
        ngettext_lazy("%(count)d visite déclarée à votre place", "%(count)d visites déclarées à votre place", "count"),
        ngettext_lazy("Une visite déclarée à votre place", "Des visites déclarées à votre place", "count"),
        ngettext_lazy(
            "L’agence a déclaré cette visite à votre place.", "L’agence a déclaré ces visites à votre place.", "count"
        ),
        note=_("Si ce n’est pas juste, prévenez l’agence."),
    ),
    Action.ADMIT: Text(
        ngettext_lazy("%(count)d visite présentée au client", "%(count)d visites présentées au client", "count"),
        ngettext_lazy("Votre visite est présentée au client", "Vos visites sont présentées au client", "count"),
        ngettext_lazy(
            "L’agence a rattaché cette visite à un contrat et l’a présentée au client.",
            "L’agence a rattaché ces visites à un contrat et les a présentées au client.",
            "count",
        ),
        note=NOTHING_TO_DO,
    ),
    Action.CANCEL: Text(
        ngettext_lazy("%(count)d visite annulée", "%(count)d visites annulées", "count"),
        ngettext_lazy("Une visite est annulée", "Des visites sont annulées", "count"),
        ngettext_lazy("L’agence a annulé cette visite.", "L’agence a annulé ces visites.", "count"),
        right=_("Si elle a pourtant eu lieu, vous pouvez contester l’annulation pendant %(days)d jours."),
        days="dispute_days",
    ),
    Action.SEND_BACK: Text(
        ngettext_lazy("%(count)d visite renvoyée par l’agence", "%(count)d visites renvoyées par l’agence", "count"),
        ngettext_lazy("L’agence vous renvoie une visite", "L’agence vous renvoie des visites", "count"),
        ngettext_lazy(
            "Votre déclaration pour cette visite ne compte plus.",
            "Vos déclarations pour ces visites ne comptent plus.",
            "count",
        ),
        ask=DECLARE_AGAIN,
        quote=Quote.ACT_REASON,
    ),
    Action.CONTEST: Text(
        ngettext_lazy("%(count)d visite modifiée par le client", "%(count)d visites modifiées par le client", "count"),
        ngettext_lazy("Êtes-vous d’accord ?", "Êtes-vous d’accord ?", "count"),
        ngettext_lazy(
            "%(author)s dit que cette visite n’a pas été ce que vous avez déclaré.",
            "%(author)s dit que ces visites n’ont pas été ce que vous avez déclaré.",
            "count",
        ),
        ask=_("Acceptez ou refusez : si vous refusez, l’agence décidera."),
        quote=Quote.ACT_COMMENT,
    ),
    Action.CANCEL_BY_CLIENT: Text(
        ngettext_lazy("%(count)d visite annulée par le client", "%(count)d visites annulées par le client", "count"),
        ngettext_lazy("Le client a annulé une visite", "Le client a annulé des visites", "count"),
        ngettext_lazy(
            "%(author)s dit que cette visite n’a pas eu lieu.",
            "%(author)s dit que ces visites n’ont pas eu lieu.",
            "count",
        ),
        right=_("Si elle a eu lieu, vous pouvez contester l’annulation pendant %(days)d jours."),
        days="dispute_days",
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
    Action.ESCALATE: Text(
        ngettext_lazy(
            "%(count)d modification transmise à l’agence", "%(count)d modifications transmises à l’agence", "count"
        ),
        ngettext_lazy("L’agence va décider", "L’agence va décider", "count"),
        ngettext_lazy(
            "La modification du client est transmise à l’agence sans votre réponse.",
            "Les modifications du client sont transmises à l’agence sans votre réponse.",
            "count",
        ),
        note=AGENCY_DECIDES,
    ),
    Action.DISPUTE_CANCELLATION: Text(
        ngettext_lazy("%(count)d annulation contestée", "%(count)d annulations contestées", "count"),
        ngettext_lazy("L’agence va décider", "L’agence va décider", "count"),
        ngettext_lazy(
            "%(author)s conteste l’annulation de cette visite.",
            "%(author)s conteste l’annulation de ces visites.",
            "count",
        ),
        note=AGENCY_DECIDES,
        quote=Quote.ACT_COMMENT,
    ),
    Action.OBJECT: Text(
        ngettext_lazy("%(count)d validation contestée", "%(count)d validations contestées", "count"),
        ngettext_lazy("L’agence va décider", "L’agence va décider", "count"),
        ngettext_lazy(
            "%(author)s conteste la validation faite à sa place.",
            "%(author)s conteste les validations faites à sa place.",
            "count",
        ),
        note=AGENCY_DECIDES,
        quote=Quote.ACT_COMMENT,
    ),
    Action.ARBITRATE: Text(
        ngettext_lazy("Décision de l’agence pour une visite", "Décision de l’agence pour %(count)d visites", "count"),
        ngettext_lazy("L’agence a décidé", "L’agence a décidé", "count"),
        ngettext_lazy(
            "Voici ce que l’agence retient pour cette visite.",
            "Voici ce que l’agence retient pour ces visites.",
            "count",
        ),
        note=NOTHING_TO_DO,
        quote=Quote.ACT_REASON,
    ),
    Action.REOPEN: Text(
        ngettext_lazy("%(count)d visite rouverte", "%(count)d visites rouvertes", "count"),
        ngettext_lazy("L’agence a rouvert une visite", "L’agence a rouvert des visites", "count"),
        ngettext_lazy("L’agence a rouvert cette visite.", "L’agence a rouvert ces visites.", "count"),
        ask=DECLARE_AGAIN,
        quote=Quote.ACT_REASON,
    ),
    Action.REMIND_INTERVENANT: Text(
        ngettext_lazy("%(count)d visite à déclarer", "%(count)d visites à déclarer", "count"),
        ngettext_lazy("Cette visite a-t-elle eu lieu ?", "Ces visites ont-elles eu lieu ?", "count"),
        ngettext_lazy(
            "Cette visite est passée, et l’agence attend votre déclaration.",
            "Ces visites sont passées, et l’agence attend vos déclarations.",
            "count",
        ),
        ask=_("Dites pour chacune si elle est réalisée ou annulée, avec ses heures."),
    ),
    Action.MOVE: Text(
        ngettext_lazy("%(count)d visite change", "%(count)d visites changent", "count"),
        ngettext_lazy("Une visite change", "Des visites changent", "count"),
        ngettext_lazy("L’agence a changé cette visite.", "L’agence a changé ces visites.", "count"),
    ),
}

FOR_FORMER_INTERVENANT: dict[Action, Text] = {
    action: Text(
        GONE,
        GONE_TITLE,
        ngettext_lazy(
            "L’agence a retiré cette visite de votre planning.",
            "L’agence a retiré ces visites de votre planning.",
            "count",
        ),
        note=NOTHING_TO_DO,
    )
    for action in (Action.UNASSIGN, Action.MOVE)
}
