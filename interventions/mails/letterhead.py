"""The paper that an agency's mails are written on: its name as sender, logo, colour, signature and sentences.

The logo travels with the mail, named in its HTML by its content; nothing is ever fetched from outside.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import MIMEPart

from interventions.mails import colours
from interventions.mails.wording import filled
from interventions.models import Agence, MailLogo, MailStyle, Topic

# The largest that a logo is shown, in CSS pixels.
WIDEST, HIGHEST = 220, 64
_NAMED = re.compile(r"cid:logo-([0-9a-f]{64})@contreseing")
_PICTURE = re.compile(r"<img [^>]*cid:logo-[0-9a-f]{64}@contreseing[^>]*>")
_ALT = re.compile(r' alt="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Drawn:
    """A logo as the HTML names it, at the size at which it is shown."""

    src: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the templates and the envelope take from the agency's choices."""

    agence: Agence
    sender: str
    reply_to: str
    colour: str
    signature: tuple[str, ...]
    sentences: Mapping[Topic, str]
    logo: Drawn | None = None

    def sentence(self, topic: Topic, **values: str) -> str:
        """Return the agency's sentence for a kind of mail, its places filled; nothing if it has none."""
        return filled(self.sentences.get(topic, ""), _always(self.agence) | values)


def of(agence: Agence) -> Letterhead:
    """Return the agency's letterhead as it stands."""
    style = MailStyle.objects.select_related("logo").filter(agence=agence).first()
    return from_style(style or MailStyle(agence=agence))


def from_style(style: MailStyle) -> Letterhead:
    """Return the letterhead of these choices, saved or not."""
    agence = style.agence
    lines = [filled(line, _always(agence)) for line in style.signature.splitlines()]
    return Letterhead(
        agence=agence,
        sender=style.sender_name or agence.name,
        reply_to=style.reply_to or agence.email,
        colour=style.colour or colours.BRAND,
        signature=tuple(line for line in lines if line),
        sentences={topic: getattr(style, topic) for topic in Topic},
        logo=_drawn(style.logo) if style.logo else None,
    )


def logo_part(html: str, agence_id: int) -> MIMEPart | None:
    """Return the logo that a mail's HTML names, as the part that travels with it; None if it names none."""
    logo = _named(html, agence_id)
    if logo is None:
        return None
    part = MIMEPart()
    kind = logo.media_type.partition("/")[2]
    name = {"filename": f"logo.{kind.replace('jpeg', 'jpg')}", "cid": f"<{_cid(logo)}>", "disposition": "inline"}
    part.set_content(bytes(logo.content), "image", kind, **name)  # type: ignore[arg-type]
    return part


def shown(html: str, agence_id: int) -> str:
    """Return a mail's HTML for a screen of ours, where the logo must stand in the page itself."""
    logo = _named(html, agence_id)
    if logo is None:
        return html
    data = base64.b64encode(bytes(logo.content)).decode()
    return _NAMED.sub(f"data:{logo.media_type};base64,{data}", html)


def without_logo(html: str) -> str:
    """Return a mail's HTML with the agency's name where its logo stood, for a service that carries no pictures."""
    return _PICTURE.sub(lambda found: f"<strong>{''.join(_ALT.findall(found[0]))}</strong>", html)


def _named(html: str, agence_id: int) -> MailLogo | None:
    found = _NAMED.search(html)
    return MailLogo.objects.filter(agence_id=agence_id, sha256=found.group(1)).first() if found else None


def _cid(logo: MailLogo) -> str:
    return f"logo-{logo.sha256}@contreseing"


def _drawn(logo: MailLogo) -> Drawn:
    shrunk = min(WIDEST / logo.width, HIGHEST / logo.height, 1)
    return Drawn(f"cid:{_cid(logo)}", max(1, round(logo.width * shrunk)), max(1, round(logo.height * shrunk)))


def _always(agence: Agence) -> dict[str, str]:
    return {"agence": agence.name, "telephone": agence.phone}
