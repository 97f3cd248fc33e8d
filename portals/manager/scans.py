"""A scan that goes with what is done in the client's place: what may be kept, how, and who reads it."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import PurePath
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from interventions import accesses, operations
from interventions.models import Attachment, Intervention, Sensitive
from portals.web.requests import ActorRequest

LARGEST = 5 * 1024 * 1024
# What a file begins with says what it is; its name and what the browser says of it do not.
KINDS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
}


class ScanField(forms.FileField):
    """A PDF, JPEG or PNG of 5 MB at the most, known by its content."""

    def __init__(self, **options: Any) -> None:
        """Offer it rather than ask for it."""
        usual: dict[str, Any] = {
            "label": gettext_lazy("Feuille ou lettre numérisée"),
            "required": False,
            "help_text": gettext_lazy("PDF, JPEG ou PNG, 5 Mo au plus. Reste avec la visite."),
            "widget": forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
            "error_messages": {"empty": gettext_lazy("Ce fichier est vide.")},
        }
        super().__init__(**{**usual, **options})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse what is too large, or none of the three."""
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile):
            if (file.size or 0) > LARGEST:
                raise ValidationError(_("Ce fichier dépasse 5 Mo : numérisez-le en plus petit."))
            if kind_of(file) is None:
                raise ValidationError(_("Ce fichier n’est ni un PDF, ni une image JPEG ou PNG."))
        return file


def kind_of(file: UploadedFile) -> tuple[str, str] | None:
    """Return the media type and the ending of what the file really is, None for anything else."""
    file.seek(0)
    head = file.read(8)
    return next((kind for begins, kind in KINDS.items() if head.startswith(begins)), None)


def keep(request: ActorRequest, visit: Intervention, outcome: operations.Outcome, file: UploadedFile) -> None:
    """Keep the scan with the press that it proves; a press repeated keeps it once, one rolled back leaves no file."""
    kind = kind_of(file)
    if outcome.replayed or kind is None:
        return
    media_type, ending = kind
    file.seek(0)
    content = file.read()
    file.seek(0)
    scan = Attachment(
        agence=request.actor.agence,
        intervention=visit,
        batch=outcome.batch,
        name=PurePath(file.name or "").name[:150] or f"scan.{ending}",
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        at=request.now,
    )
    name = f"{request.actor.agence.public_id}/{uuid4()}.{ending}"
    request.on_rollback.append(partial(scan.file.storage.delete, name))
    scan.file.save(name, file, save=True)


def scans_of(visit: Intervention) -> list[Attachment]:
    """Return the scans kept with a visit, the oldest first."""
    return list(Attachment.objects.filter(agence_id=visit.agence_id, intervention=visit).order_by("at", "id"))


@require_safe
def scan(request: ActorRequest, public_id: UUID) -> FileResponse:
    """Give a scan to whoever sees its visit, to be saved: never shown as a page of ours."""
    seen = Intervention.objects.visible_to(request.actor)
    found: Any = Attachment.objects.filter(agence_id=request.actor.agence_id, intervention__in=seen)
    kept = get_object_or_404(found.select_related("intervention__client"), public_id=public_id)
    accesses.note(request.actor, Sensitive.SCAN, str(kept.intervention.client), kept.public_id, request.now)
    return FileResponse(kept.file.open("rb"), as_attachment=True, filename=kept.name, content_type=kept.media_type)
