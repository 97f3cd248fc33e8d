"""Asking people once more: what a lot of reminders says. It changes no visit, so that nothing is undone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from interventions.states import Action
from tracking.act_forms import EmptyForm
from tracking.lot_act import LotAct, plain

LEAVES = _(
    "Chacun reçoit un seul mail, avec toutes ses visites. Les mails partent une fois passé le délai pour reprendre, "
    "entre 8 h et 20 h\u00a0; une visite à laquelle on répond d’ici là n’y figure plus. Une relance ne change rien à "
    "la visite\u00a0: elle ne s’annule pas."
)
REMINDERS = (
    LotAct(
        Action.REMIND_CLIENT,
        "relances-clients",
        _("Relancer le client"),
        ngettext_lazy(
            "%(going)s visite sur %(chosen)s sera rappelée au client",
            "%(going)s visites sur %(chosen)s seront rappelées aux clients",
            "n",
        ),
        ngettext_lazy("Client relancé pour %(going)s visite", "Clients relancés pour %(going)s visites", "n"),
        ngettext_lazy("Relancer le client", "Relancer les clients pour %(going)s visites", "n"),
        LEAVES,
        EmptyForm,
        plain(Action.REMIND_CLIENT),
    ),
    LotAct(
        Action.REMIND_INTERVENANT,
        "relances-intervenants",
        _("Relancer l’intervenant"),
        ngettext_lazy(
            "%(going)s visite sur %(chosen)s sera rappelée à l’intervenant",
            "%(going)s visites sur %(chosen)s seront rappelées aux intervenants",
            "n",
        ),
        ngettext_lazy(
            "Intervenant relancé pour %(going)s visite", "Intervenants relancés pour %(going)s visites", "n"
        ),
        ngettext_lazy("Relancer l’intervenant", "Relancer les intervenants pour %(going)s visites", "n"),
        LEAVES,
        EmptyForm,
        plain(Action.REMIND_INTERVENANT),
    ),
)
