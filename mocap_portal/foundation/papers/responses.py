"""How a kept paper is handed out. Who may see it is the business of the page that calls."""

from django.http import FileResponse

from .models import Letter


def pdf_response(letter: Letter) -> FileResponse:
    """The PDF as it was sent, shown in the browser and kept in no cache; its file name tells nothing about a child.

    Raises FileNotFoundError when the storage has lost it.
    """
    name = f"{letter.kind}-{letter.written_at:%Y-%m-%d}.pdf"
    response = FileResponse(letter.pdf.open("rb"), filename=name, content_type="application/pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
