"""How a file of a concern is handed out. Who may have it is the business of the page that calls."""

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.papers import documents
from mocap_portal.foundation.shared.refusals import Refusal

from .models import Attachment, ScanState


class NotHandedOut(Refusal):
    sentence = _("The scanner found something in this file, so nobody can open it here.")


def attachment_response(attachment: Attachment) -> FileResponse:
    """A file to be saved and not shown: nothing a stranger made runs here, and no cache keeps it.

    Its name says nothing of what is in it.
    Raises NotHandedOut for a file in which the scanner found something, FileNotFoundError when the storage lost it.
    """
    if attachment.state == ScanState.INFECTED:
        raise NotHandedOut
    ending = documents.ENDINGS.get(attachment.content_type, "bin")
    response = FileResponse(
        attachment.file.open("rb"),
        filename=f"file-{attachment.added_at:%Y-%m-%d}.{ending}",
        as_attachment=True,
        content_type=attachment.content_type,
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
