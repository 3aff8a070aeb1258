"""How a kept paper is handed out. Who may see it is the business of the page that calls."""

from django.http import FileResponse

from . import documents
from .models import Document, Letter


def pdf_response(letter: Letter) -> FileResponse:
    """The PDF as it was sent, shown in the browser and kept in no cache; its file name tells nothing about a child.

    Raises FileNotFoundError when the storage has lost it.
    """
    name = f"{letter.kind}-{letter.written_at:%Y-%m-%d}.pdf"
    response = FileResponse(letter.pdf.open("rb"), filename=name, content_type="application/pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def document_response(document: Document) -> FileResponse:
    """A document as it came in, to be saved and not shown: nothing a stranger made runs here, and no cache keeps it.

    Raises FileNotFoundError when the storage has lost it.
    """
    name = f"document-{document.uploaded_at:%Y-%m-%d}.{documents.ENDINGS[document.content_type]}"
    response = FileResponse(
        document.file.open("rb"), filename=name, as_attachment=True, content_type=document.content_type
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
