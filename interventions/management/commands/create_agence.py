"""`create_agence`: the operator opens an agency on this installation, and invites who administers it first."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from interventions import clock
from interventions.models import Agence, Gestionnaire, HolidayRegion, MailStyle
from interventions.opening import Opening, Refused, open_agence

REGIONS = [region.value for region in HolidayRegion if region.value]


class Command(BaseCommand):
    """Opens an agency: its lists of motifs, the module off, one administrator with every right, told by mail."""

    help = "Ouvre une agence sur cette installation et invite par mail la personne qui l’administre."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("name", metavar="NOM", help="nom de l’agence")
        parser.add_argument("--admin", required=True, metavar="ADRESSE", help="adresse e-mail de qui l’administre")
        parser.add_argument("--nom", required=True, help="nom de cette personne")
        parser.add_argument("--prenom", default="", help="son prénom")
        parser.add_argument(
            "--telephone", default="", help="téléphone de l’agence, donné sur les portails et les mails"
        )
        parser.add_argument("--email", default="", help="adresse e-mail de l’agence, où vont les réponses aux mails")
        parser.add_argument("--adresse", default="", help="adresse postale de l’agence, sur ses papiers")
        parser.add_argument(
            "--expediteur", default="", help="nom de l’expéditeur des mails (défaut\u00a0: celui de l’agence)"
        )
        parser.add_argument("--reponse", default="", help="adresse des réponses, si ce n’est pas --email")
        parser.add_argument("--fuseau", default="", help="fuseau horaire (défaut\u00a0: Europe/Paris)")
        parser.add_argument(
            "--feries", default="", choices=REGIONS, help="jours fériés, hors métropole ou 57 (Alsace-Moselle)"
        )
        parser.add_argument("--mailer", default="", choices=sorted(settings.MAILERS), help="un service de MAILERS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open it, or say that it is there; anything else is refused in words and changes nothing."""
        said = _said(options)
        try:
            invited = open_agence(said, clock.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except ValidationError as refused:
            raise CommandError("\n".join(_wrong(refused))) from refused
        self.stdout.write(_opened(invited) if invited else _stands(said))


def _opened(invited: Gestionnaire) -> str:
    return (
        f"L’agence «\u00a0{invited.agence.name}\u00a0» est ouverte. {invited.user.email} reçoit un mail,\n"
        f"puis se connecte par un code à {settings.BASE_URL}/compte/connexion/.\n"
        "Le module de validation est désactivé\u00a0: cette personne l’active dans Paramètres."
    )


def _stands(said: Opening) -> str:
    return f"«\u00a0{said.name}\u00a0» existe déjà et {said.address} l’administre\u00a0: rien n’a été changé."


def _said(options: dict[str, Any]) -> Opening:
    return Opening(
        name=options["name"],
        email=options["admin"],
        last_name=options["nom"],
        first_name=options["prenom"],
        fields={
            "phone": options["telephone"],
            "email": options["email"],
            "address": options["adresse"],
            "timezone": options["fuseau"],
            "holiday_region": options["feries"],
            "mailer": options["mailer"],
        },
        sender={"sender_name": options["expediteur"], "reply_to": options["reponse"]},
    )


def _wrong(refused: ValidationError) -> Iterator[str]:
    """Return what is wrong, each with the name of its field."""
    if not hasattr(refused, "error_dict"):
        yield from refused.messages
        return
    for name, messages in refused.message_dict.items():
        model = Agence if name in {field.name for field in Agence._meta.fields} else MailStyle
        label = str(getattr(model._meta.get_field(name), "verbose_name", name))
        yield f"{label[:1].upper()}{label[1:]}\u00a0: {' '.join(messages)}"
