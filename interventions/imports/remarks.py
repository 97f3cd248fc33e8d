"""What a person should look at in lines that were loaded: warnings, never refusals."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from .base import Base
from .report import FileReport, Remark

if TYPE_CHECKING:
    from .visits import Visit

LONG = timedelta(hours=12)


class Remarks:
    """The warnings of one file, gathered visit by visit."""

    def __init__(self, file: FileReport, base: Base, zone: ZoneInfo) -> None:
        self._file = file
        self._zone = zone
        self._base = base
        self._spans: dict[str, list[tuple[datetime, datetime, int]]] = defaultdict(list)

    def of(self, visit: "Visit", day: date) -> None:
        """Look at one visit by itself: its contrat on its day, its prestation, its length."""
        if visit.contrat:
            self._of_contrat(visit, day)
        if visit.end - visit.start > LONG:
            self._add(visit.line, "Heure de fin", f"{visit.end - visit.start}"[:-3], _("Visite longue."))
        if visit.intervenant:
            self._spans[visit.intervenant].append((visit.start, visit.end, visit.line))

    def overlaps(self) -> None:
        """Look at the visits of each intervenant together: those that begin before another has ended."""
        for spans in self._spans.values():
            spans.sort()
            until, line = spans[0][1], spans[0][2]
            for start, end, this in spans[1:]:
                if start < until:
                    reason = _("Chevauche la visite de la ligne %(line)d.") % {"line": line}
                    self._add(this, "Heure de début", f"{start.astimezone(self._zone):%H:%M}", reason)
                if end > until:
                    until, line = end, this

    def unknown_intervenant(self, line: int, text: str, several: bool) -> None:
        """A planning line whose intervenant cannot be told: its visit is a draft."""
        reason = (
            _("Plusieurs intervenants portent ce nom\u00a0: brouillon.")
            if several
            else _("Intervenant inconnu\u00a0: brouillon.")
        )
        self._add(line, "Intervenant", text, reason)

    def _of_contrat(self, visit: "Visit", day: date) -> None:
        contrat = self._base.contrats[visit.contrat]
        if not contrat.terms.billable or contrat.terms.state == "draft":
            self._add(visit.line, "N° contrat", visit.contrat, _("Ce contrat n’est pas facturable."))
        elif not contrat.terms.covers(contrat.terms.client_id, day):
            self._add(visit.line, "N° contrat", visit.contrat, _("Ce contrat ne couvre pas cette date."))
        if visit.prestation != contrat.prestation:
            reason = _("La prestation du contrat est «\u00a0%(name)s\u00a0».") % {"name": contrat.prestation}
            self._add(visit.line, "Prestation", visit.prestation, reason)

    def _add(self, line: int, column: str, value: str, reason: str) -> None:
        self._file.warnings.append(Remark(line, column, value, reason))
