"""What the client, and the proches who chose mails, are told."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from interventions.mails.text import Quote, Text
from interventions.states import Action

TO_VALIDATE = ngettext_lazy("%(count)d visite à valider", "%(count)d visites à valider", "count")
DID_IT_HAPPEN = ngettext_lazy("Cette visite a-t-elle bien eu lieu ?", "Ces visites ont-elles bien eu lieu ?", "count")
VALIDATE = _(
    "Dites-nous si c’est juste. Ouvrir la page ne valide rien : c’est vous qui appuyez. Si quelque chose n’est "
    "pas juste, vous pourrez le modifier ou l’annuler."
)
NOTHING_TO_DO = _("Vous n’avez rien à faire.")
AGENCY_DECIDES = _("Vous n’avez rien à faire : l’agence vous écrira ce qu’elle a décidé.")
MAY_OBJECT = _("Si vous n’êtes pas d’accord, vous pouvez le dire pendant %(days)d jours sur votre espace.")

FOR_CLIENT: dict[Action, Text] = {
    Action.COMPLETE: Text(
        TO_VALIDATE,
        DID_IT_HAPPEN,
        ngettext_lazy("%(intervenant)s a déclaré cette visite.", "%(intervenant)s a déclaré ces visites.", "count"),
        ask=VALIDATE,
        quote=Quote.VISIT_COMMENT,
    ),
    Action.COMPLETE_FOR_INTERVENANT: Text(
        TO_VALIDATE,
        DID_IT_HAPPEN,
        ngettext_lazy(
            "L’agence a déclaré cette visite à la place de %(intervenant)s.",
            "L’agence a déclaré ces visites à la place de %(intervenant)s.",
            "count",
        ),
        ask=VALIDATE,
        quote=Quote.VISIT_COMMENT,
    ),
    Action.REPORT: Text(
        TO_VALIDATE,
        DID_IT_HAPPEN,
        ngettext_lazy(
            "%(intervenant)s a ajouté cette visite, qui n’était pas au planning.",
            "%(intervenant)s a ajouté ces visites, qui n’étaient pas au planning.",
            "count",
        ),
        ask=VALIDATE,
        quote=Quote.VISIT_COMMENT,
    ),
    Action.ADMIT: Text(
        TO_VALIDATE,
        DID_IT_HAPPEN,
        ngettext_lazy(
            "%(intervenant)s a déclaré cette visite, et l’agence vous la présente.",
            "%(intervenant)s a déclaré ces visites, et l’agence vous les présente.",
            "count",
        ),
        ask=VALIDATE,
        quote=Quote.VISIT_COMMENT,
    ),
    Action.CORRECT: Text(
        ngettext_lazy("%(count)d visite corrigée, à valider", "%(count)d visites corrigées, à valider", "count"),
        ngettext_lazy("Cette visite a été corrigée", "Ces visites ont été corrigées", "count"),
        ngettext_lazy(
            "%(intervenant)s a corrigé sa déclaration depuis notre dernier message.",
            "%(intervenant)s a corrigé ses déclarations depuis notre dernier message.",
            "count",
        ),
        ask=VALIDATE,
        quote=Quote.VISIT_COMMENT,
    ),
    Action.CANCEL: Text(
        ngettext_lazy("%(count)d visite annulée", "%(count)d visites annulées", "count"),
        ngettext_lazy("Une visite est annulée", "Des visites sont annulées", "count"),
        ngettext_lazy("%(author)s a annulé cette visite.", "%(author)s a annulé ces visites.", "count"),
        right=_("Si elle a pourtant eu lieu, vous pouvez contester l’annulation pendant %(days)d jours."),
        days="dispute_days",
        quote=Quote.VISIT_COMMENT,
    ),
    Action.WITHDRAW: Text(
        ngettext_lazy("%(count)d visite n’est plus à valider", "%(count)d visites ne sont plus à valider", "count"),
        ngettext_lazy("Cette visite n’est plus à valider", "Ces visites ne sont plus à valider", "count"),
        ngettext_lazy(
            "%(intervenant)s a repris sa déclaration.", "%(intervenant)s a repris ses déclarations.", "count"
        ),
        note=NOTHING_TO_DO,
    ),
    Action.SEND_BACK: Text(
        ngettext_lazy("%(count)d visite n’est plus à valider", "%(count)d visites ne sont plus à valider", "count"),
        ngettext_lazy("Cette visite n’est plus à valider", "Ces visites ne sont plus à valider", "count"),
        ngettext_lazy(
            "L’agence a retiré la déclaration de cette visite.",
            "L’agence a retiré la déclaration de ces visites.",
            "count",
        ),
        note=NOTHING_TO_DO,
    ),
    Action.VALIDATE_FOR_CLIENT: Text(
        ngettext_lazy("%(count)d visite validée à votre place", "%(count)d visites validées à votre place", "count"),
        ngettext_lazy("Une visite validée à votre place", "Des visites validées à votre place", "count"),
        ngettext_lazy(
            "L’agence a validé cette visite à votre place.", "L’agence a validé ces visites à votre place.", "count"
        ),
        right=MAY_OBJECT,
        days="object_days",
    ),
    Action.VALIDATE_TACITLY: Text(
        ngettext_lazy("%(count)d visite validée sans réponse", "%(count)d visites validées sans réponse", "count"),
        ngettext_lazy("Une visite validée sans réponse", "Des visites validées sans réponse", "count"),
        ngettext_lazy(
            "Nous n’avons pas reçu de réponse : cette visite est validée comme déclarée.",
            "Nous n’avons pas reçu de réponse : ces visites sont validées comme déclarées.",
            "count",
        ),
        right=MAY_OBJECT,
        days="object_days",
    ),
    Action.RETRACT: Text(
        TO_VALIDATE,
        ngettext_lazy("Cette visite est de nouveau à valider", "Ces visites sont de nouveau à valider", "count"),
        ngettext_lazy(
            "%(author)s a retiré la réponse donnée pour cette visite.",
            "%(author)s a retiré la réponse donnée pour ces visites.",
            "count",
        ),
        ask=VALIDATE,
    ),
    Action.ACCEPT_CHANGE: Text(
        ngettext_lazy("Votre modification est acceptée", "Vos %(count)d modifications sont acceptées", "count"),
        ngettext_lazy("Votre modification est acceptée", "Vos modifications sont acceptées", "count"),
        ngettext_lazy(
            "%(intervenant)s a accepté votre modification : la visite est validée ainsi.",
            "%(intervenant)s a accepté vos modifications : les visites sont validées ainsi.",
            "count",
        ),
        note=NOTHING_TO_DO,
    ),
    Action.REFUSE_CHANGE: Text(
        ngettext_lazy("Votre modification est refusée", "Vos %(count)d modifications sont refusées", "count"),
        ngettext_lazy("L’agence va décider", "L’agence va décider", "count"),
        ngettext_lazy(
            "%(intervenant)s n’est pas d’accord avec votre modification.",
            "%(intervenant)s n’est pas d’accord avec vos modifications.",
            "count",
        ),
        note=AGENCY_DECIDES,
    ),
    Action.ESCALATE: Text(
        ngettext_lazy("Votre modification attend l’agence", "Vos %(count)d modifications attendent l’agence", "count"),
        ngettext_lazy("L’agence va décider", "L’agence va décider", "count"),
        ngettext_lazy(
            "Votre modification est transmise à l’agence.", "Vos modifications sont transmises à l’agence.", "count"
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
        ask=VALIDATE,
    ),
    Action.REMIND_CLIENT: Text(
        TO_VALIDATE,
        DID_IT_HAPPEN,
        ngettext_lazy(
            "%(intervenant)s a déclaré cette visite, et l’agence attend votre réponse.",
            "%(intervenant)s a déclaré ces visites, et l’agence attend votre réponse.",
            "count",
        ),
        ask=VALIDATE,
        quote=Quote.VISIT_COMMENT,
    ),
    Action.MOVE: Text(
        ngettext_lazy("%(count)d visite change", "%(count)d visites changent", "count"),
        ngettext_lazy("Une visite change", "Des visites changent", "count"),
        ngettext_lazy("L’agence a changé cette visite.", "L’agence a changé ces visites.", "count"),
    ),
}
