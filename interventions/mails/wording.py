"""The agency's own sentences: what may stand in them, what is wrong with one, and one with its places filled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models import Topic

PLACES: dict[str, Promise] = {
    "agence": gettext_lazy("le nom de l’agence"),
    "telephone": gettext_lazy("son téléphone"),
    "visites": gettext_lazy("« 2 visites »"),
    "jours": gettext_lazy("« mardi 3 et jeudi 5 novembre »"),
    "client": gettext_lazy("le nom du client"),
    "intervenant": gettext_lazy("le nom de l’intervenant, comme la personne le connaît"),
}
ALWAYS = ("agence", "telephone")
MOST_LINES = 4
_PLACE = re.compile(r"\{([^{}]*)\}")
_MARKUP = re.compile(r"[<>]|&#?\w+;")
# Everything unseen but a new line: a mail is plain words.
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def places(topic: Topic | None) -> tuple[str, ...]:
    """Return what may be named between braces in a sentence of that kind; None is the signature."""
    return ALWAYS if topic in (None, Topic.MANDATE, Topic.SIGN_IN) else tuple(PLACES)


def problems(text: str, topic: Topic | None) -> list[str]:
    """Return in French everything that is wrong with a sentence, or with the signature (None); its length is not."""
    found = []
    if _MARKUP.search(text):
        found.append(_("Écrivez des mots seuls, sans balise : ni <, ni >, ni code comme &nbsp;."))
    if _UNSEEN.search(text):
        found.append(_("Ce texte contient un caractère invisible : retapez-le."))
    if topic is not None and "\n" in text:
        found.append(_("Écrivez une phrase, sur une seule ligne."))
    if topic is None and len(text.splitlines()) > MOST_LINES:
        found.append(_("Quatre lignes au plus."))
    return found + _unknown(text, topic)


def _unknown(text: str, topic: Topic | None) -> list[str]:
    known = places(topic)
    unknown = [name for name in _PLACE.findall(text) if name not in known]
    may = ", ".join(f"{{{name}}}" for name in known)
    if unknown:
        words = {"unknown": ", ".join(f"{{{name}}}" for name in unknown), "known": may}
        return [_("%(unknown)s n’existe pas ici. Vous pouvez écrire %(known)s.") % words]
    if set("{}") & set(_PLACE.sub("", text)):
        return [_("Une accolade est seule. Vous pouvez écrire %(known)s.") % {"known": may}]
    return []


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a sentence with its places filled; nothing where one of them has nothing to say."""
    named = _PLACE.findall(text)
    if not all(values.get(name) for name in named):
        return ""
    return _PLACE.sub(lambda found: values[found.group(1)], text).strip()
