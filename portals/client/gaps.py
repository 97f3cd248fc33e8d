"""What was planned against what was done, in the words of somebody who reads slowly. Pure: no query."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from interventions.guards import Facts
from portals.web import format as fmt


@dataclass(frozen=True)
class Gap:
    """One difference: `lead` is what stands out; `rest`, where it is there, what it is measured against."""

    lead: str
    rest: str = ""


def hours_gap(planned: Facts, done: Facts) -> Gap | None:
    """Return how the hours differ from the plan, None where they do not."""
    if (planned.start, planned.end) == (done.start, done.end):
        return None
    minutes = fmt.elapsed(done.start, done.end) - fmt.elapsed(planned.start, planned.end)
    return Gap(fmt.difference(minutes) if minutes else _("Même durée, mais à une autre heure que prévu"))


def km_gap(planned: Facts, done: Facts) -> Gap | None:
    """Return how the kilometres differ from the plan, None where they do not."""
    if planned.km == done.km:
        return None
    rest = _("au lieu de %(km)s") % {"km": fmt.km(planned.km)} if planned.km else _("(aucun n’était prévu)")
    return Gap(_km(done.km), rest)


def _km(value: Decimal) -> str:
    return fmt.km(value) if value else _("Aucun kilomètre")
