"""`manage.py second_factor`: what an operator does about second factors."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interventions.models import User
from portals.accounts.second import resetting, sealed


class Command(BaseCommand):
    """Take a lost second factor off an account (`reset ADDRESS`), or seal all with a new SECRET_KEY (`seal`)."""

    help = "Take a lost second factor off an account, or seal all of them with the current SECRET_KEY."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        acts = parser.add_subparsers(dest="act", required=True)
        reset = acts.add_parser("reset", help="Whoever lost all: they sign in by a code and add another.")
        reset.add_argument("email")
        acts.add_parser("seal", help="After a change of SECRET_KEY, while the former one is among its fallbacks.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say so."""
        if options["act"] == "seal":
            self.stdout.write("{} sealed, {} that no key opens".format(*sealed.seal_anew()))
            return
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("Nobody has this address.")
        resetting.reset(user)
        self.stdout.write("Done: the first factor alone signs in, and every session has ended.")
