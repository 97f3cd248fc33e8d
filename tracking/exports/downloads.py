"""Answers that are files to be kept: streamed, under a safe name, never shown as a page of ours."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from portals.web.requests import ActorRequest

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(
    request: ActorRequest, pieces: Iterator[bytes], filename: str, media_type: str, size: int | None = None
) -> HttpResponseBase:
    """Return a file to be saved as `filename`, sent piece by piece as the database hands it over.

    The transfer ends properly only where the file is whole: a browser says of any other that it failed. `size` in
    bytes is said where it is known.
    """
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=filename) or "",
        # As it is: compressing it on the way would cost more than making it.
        "Content-Encoding": "identity",
        "X-Content-Type-Options": "nosniff",
    }
    if size is not None:
        headers["Content-Length"] = str(size)
    if request.method == "HEAD":
        return HttpResponse(content_type=media_type, headers=headers)
    return StreamingHttpResponse(pieces, content_type=media_type, headers=headers)
