"""Settings as forms: each a typed field of the agency, with what it does in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, ClassVar, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.mails import wording
from interventions.models import Agence, Strictness
from interventions.models.look import MOST_WORDS

CONFIRMS = gettext_lazy("L’intervenant confirme avant d’enregistrer.")
EXPLAINS = gettext_lazy("L’intervenant écrit un motif avant d’enregistrer.")
TOLD = gettext_lazy("L’intervenant enregistre aussitôt, et la remarque lui est dite avec la réponse.")


class SettingsForm(forms.ModelForm):
    """Some settings of an agency: name, sentence, type and limits are those of the field of `Agence`.

    A subclass names its fields, and may say one otherwise (help_texts). It saves nothing, `operations.choose` does.
    `said` gives the sentence of each value of a setting that is chosen among a few.
    """

    said: ClassVar[Mapping[str, Mapping[str, Promise]]] = {}

    def __init__(self, agence: Agence, typed: Any = None) -> None:
        # A copy: checking what was typed writes into it, and the page shows the agency as it is.
        super().__init__(typed, instance=copy(agence))
        for field in self.fields.values():
            if isinstance(field, forms.DecimalField):
                field.localize = True
                field.widget = forms.TextInput(attrs={"inputmode": "decimal"})
                field.widget.is_localized = True
        for name, sentences in self.said.items():
            choices = list(sentences.items())
            chosen = cast("forms.TypedChoiceField", self.fields[name])
            chosen.widget = forms.RadioSelect(choices=choices)
            chosen.choices = choices

    class Meta:
        model = Agence
        fields: Sequence[str] = ()

    def clean(self) -> dict[str, Any]:
        """Give every text the ends of line that the agency's own have: a browser sends others."""
        entered: dict[str, Any] = super().clean() or {}
        return {k: v.replace("\r\n", "\n") if isinstance(v, str) else v for k, v in entered.items()}


class EntryRules(SettingsForm):
    """What is pointed out to an intervenant before saving, from where on, and how strictly."""

    said: ClassVar[Mapping[str, Mapping[str, Promise]]] = {
        name: {Strictness.ASK: EXPLAINS if name == "gap_caution" else CONFIRMS, Strictness.TELL: TOLD}
        for name in ("overlap_caution", "long_caution", "contrat_caution", "km_caution", "gap_caution")
    }

    class Meta(SettingsForm.Meta):
        fields = (
            "overlap_caution",
            "long_caution",
            "contrat_caution",
            "usual_km",
            "km_caution",
            "tolerance_minutes",
            "gap_caution",
            "quick_comments",
        )
        # What the field says is its name again; beside a choice, what it is about helps more.
        help_texts: ClassVar[Mapping[str, Promise]] = {
            "long_caution": gettext_lazy("Le plus souvent, une heure de fin mal saisie."),
        }


class AgenceRules(SettingsForm):
    """Who the agency is to those who use its portals, and what it says to them."""

    class Meta(SettingsForm.Meta):
        fields = ("name", "phone", "email", "address", "client_words", "intervenant_words")
        widgets: ClassVar[Mapping[str, forms.Widget]] = {
            name: forms.Textarea({"rows": 2, "maxlength": MOST_WORDS})
            for name in ("client_words", "intervenant_words")
        }
        error_messages: ClassVar[Mapping[str, Mapping[str, Promise]]] = {
            "name": {"unique": gettext_lazy("Une autre agence de ce service porte déjà ce nom.")}
        }
        help_texts: ClassVar[Mapping[str, Promise]] = {
            "name": gettext_lazy("En tête des portails, des mails et des papiers."),
            "phone": gettext_lazy("Au bas des portails et des mails, pour qui a une question."),
            "email": gettext_lazy("Les réponses aux mails y vont, sauf si les mails de l’agence en disent une autre."),
            "address": gettext_lazy("En tête des papiers."),
        }

    def clean(self) -> dict[str, Any]:
        """Check the words: plain ones, in four lines."""
        entered = super().clean()
        for name in ("client_words", "intervenant_words"):
            entered[name] = str(entered.get(name, "")).strip()
            for problem in wording.problems(re.sub(r"[{}]", "", entered[name]), None):
                self.add_error(name, problem)
            if set("{}") & set(entered[name]):
                self.add_error(name, _("Écrivez des mots seuls, sans accolade."))
        return entered


class ReminderRules(SettingsForm):
    """Who is asked once more without anybody's doing, after how long, and when a gestionnaire takes over."""

    class Meta(SettingsForm.Meta):
        fields = ("reminder_days", "proche_reminder_days", "unanswered_days")


class DeclarationRules(SettingsForm):
    """From when on an intervenant declares, and how long an act may be taken back before anybody is told."""

    class Meta(SettingsForm.Meta):
        fields = ("same_day_allowed", "undo_minutes")


class AnswerRules(SettingsForm):
    """For how long an answer may be changed or disputed, and who gives it."""

    class Meta(SettingsForm.Meta):
        fields = ("retract_days", "dispute_days", "object_days", "link_days", "tuteur_acts_alone")
        help_texts: ClassVar[Mapping[str, Promise]] = {
            "retract_days": gettext_lazy(
                "Le client revient sur une modification ou une annulation pendant ce nombre de jours."
            ),
            "dispute_days": gettext_lazy("Une annulation se conteste pendant ce nombre de jours."),
            "object_days": gettext_lazy(
                "Le client conteste une validation faite à sa place, ou sans sa réponse, pendant ce nombre de jours."
            ),
            "link_days": gettext_lazy("Le lien d’un mail sert, sans mot de passe, pendant ce nombre de jours."),
        }


class SilenceRules(SettingsForm):
    """What follows from a client's silence."""

    class Meta(SettingsForm.Meta):
        fields = ("no_answer_days", "tacit_enabled", "tacit_days")
        help_texts: ClassVar[Mapping[str, Promise]] = {
            "no_answer_days": gettext_lazy(
                "Ce nombre de jours après la remise du mail, l’agence peut valider à la place du client pour ce motif."
            ),
            "tacit_enabled": gettext_lazy(
                "Une visite restée sans réponse est validée d’elle-même, telle que déclarée, si un rappel est arrivé. "
                "Le client peut la contester, et refuser cette règle sur sa fiche."
            ),
            "tacit_days": gettext_lazy("Nombre de jours de silence avant cette validation."),
        }


class EscalationRules(SettingsForm):
    """What follows from an intervenant's silence."""

    class Meta(SettingsForm.Meta):
        fields = ("escalate_enabled", "escalate_days")
        help_texts: ClassVar[Mapping[str, Promise]] = {
            "escalate_days": gettext_lazy("Nombre de jours sans réponse de l’intervenant avant cette transmission."),
        }


class PayRules(SettingsForm):
    """Which hours are those of the night, and which days are public holidays."""

    class Meta(SettingsForm.Meta):
        fields = ("night_starts", "night_ends", "holiday_region")
        widgets: ClassVar[Mapping[str, forms.Widget]] = {
            name: forms.TimeInput({"type": "time"}, format="%H:%M") for name in ("night_starts", "night_ends")
        }
        help_texts: ClassVar[Mapping[str, Promise]] = {
            "night_starts": gettext_lazy("À partir de cette heure, une heure compte comme heure de nuit."),
            "night_ends": gettext_lazy("Jusqu’à cette heure. La même aux deux : il n’y a pas d’heure de nuit."),
            "holiday_region": gettext_lazy(
                "Le calendrier dont les jours comptent comme fériés, et que suivent les séries."
            ),
        }


class RetentionRules(SettingsForm):
    """For how long what tells of people is kept."""

    class Meta(SettingsForm.Meta):
        fields = ("words_years", "mail_years", "access_days", "left_years")


class SignInRules(SettingsForm):
    """What a gestionnaire shows to come in."""

    class Meta(SettingsForm.Meta):
        fields = ("second_factor_required",)


class DeskRules(SettingsForm):
    """How the desk works."""

    class Meta(SettingsForm.Meta):
        fields = ("background_from",)


# Each form of the page, by the value of the button that sends it and the place where it stands.
FORMS: Mapping[str, type[SettingsForm]] = {
    "agence": AgenceRules,
    "declaration": DeclarationRules,
    "reponses": AnswerRules,
    "relances": ReminderRules,
    "silence": SilenceRules,
    "transmission": EscalationRules,
    "saisie": EntryRules,
    "heures": PayRules,
    "conservation": RetentionRules,
    "connexion": SignInRules,
    "lots": DeskRules,
}

# What each form is about: its title, and what holds for all of it.
SAID: Mapping[str, tuple[Promise, Promise | str]] = {
    "agence": (
        gettext_lazy("L’agence"),
        gettext_lazy("Son logo, le nom de l’expéditeur et ses phrases se choisissent avec les mails de l’agence."),
    ),
    "declaration": (gettext_lazy("Déclarer une visite"), ""),
    "reponses": (
        gettext_lazy("Répondre, revenir sur une réponse, contester"),
        gettext_lazy("Les jours se comptent sur le calendrier de l’agence, le dernier compris."),
    ),
    "relances": (
        gettext_lazy("Relancer sans que personne n’y pense"),
        gettext_lazy(
            "Chacun reçoit au plus un mail de relance par visite, entre 8 h et 20 h. Une visite qui a sa réponse "
            "n’est plus relancée, même quand le mail attend déjà."
        ),
    ),
    "silence": (
        gettext_lazy("Quand le client ne répond pas"),
        gettext_lazy(
            "Les jours de silence se comptent à partir du mail arrivé, ou de la dernière déclaration si elle est "
            "plus récente. Une visite faite pendant une absence du client attend toujours sa réponse."
        ),
    ),
    "transmission": (gettext_lazy("Quand l’intervenant ne répond pas"), ""),
    "saisie": (
        gettext_lazy("Ce qui est signalé à l’intervenant avant d’enregistrer"),
        gettext_lazy("Rien de tout cela n’empêche d’enregistrer : l’intervenant va toujours jusqu’au bout."),
    ),
    "heures": (
        gettext_lazy("Heures de nuit et jours fériés"),
        gettext_lazy("Ce qui est déjà exporté vers la paie ou la facturation reste comme il est parti."),
    ),
    "conservation": (
        gettext_lazy("Combien de temps les données restent"),
        gettext_lazy("Ce qui a fait son temps est effacé par le passage de chaque jour, sans retour possible."),
    ),
    "connexion": (
        gettext_lazy("Entrer dans la gestion"),
        gettext_lazy(
            "Qui n’en a pas encore est conduit à en choisir un à sa prochaine page, et garde toujours l’accès à son "
            "compte. Les portails des clients et des intervenants ne changent pas. « Utilisateurs et droits » dit "
            "qui en a un."
        ),
    ),
    "lots": (gettext_lazy("Agir sur beaucoup de visites à la fois"), ""),
}
