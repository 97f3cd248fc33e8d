"""The rows of the table, which write their markup themselves.

Fifty rows have some two thousand places that a template would look up one by one: that took longer than all else on
the page together.
"""

from collections.abc import Iterable
from html import escape

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.safestring import SafeString

from tracking.lines import Cells, Line

register = template.Library()


@register.simple_tag
def visit_rows(lines: Iterable[Line], sheet: str, may_act: bool) -> SafeString:
    """Write a row a line: a checkbox where the person may act, the link to the visit, its cells.

    HTML ends rows and cells by itself. Ids, statuses and classes are the product's own; all else is escaped here.
    """
    icons = staticfiles_storage.url("portals/icons.svg")
    return SafeString("".join([_row(line, sheet, icons, may_act) for line in lines]))


def _row(line: Line, sheet: str, icons: str, may_act: bool) -> str:
    current = ' aria-current="true"' if line.open else ""
    status = ""
    if line.status:
        status = (
            f'<td><span class="badge" data-status="{line.status}"><svg aria-hidden="true">'
            f'<use href="{icons}#s-{line.status}"/></svg>{escape(line.words)}</span>'
        )
    return (
        f"<tr{current}>{_check(line) if may_act else ''}{_cells(line.before)}"
        f'<th scope="row"><a href="{sheet}{line.public_id}/">{escape(line.client)}</a>'
        f"{_cells(line.between)}{status}{_cells(line.after)}\n"
    )


def _check(line: Line) -> str:
    checked = " checked" if line.ticked else ""
    return (
        f'<td><label><input type="checkbox" name="visite" value="{line.token}" '
        f'aria-label="{escape(line.label)}"{checked}></label>'
    )


def _cells(cells: Cells) -> str:
    return "".join([f'<td class="{css}">{escape(text)}' if css else f"<td>{escape(text)}" for text, css in cells])
