"""The report in the body of a request: sealed as it comes, whichever way it is sent."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _

from ..reading import Limits
from ..store.vault import PIECE, Sealed, destroy, seal
from ..uploading import SealedFile, SealingUploadHandler
from .problems import Problem

FORM = "multipart/form-data"
FIELD = "file"
# The ending of a file of this kind, for one that comes without a name.
ENDINGS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/zip": ".zip",
}


def sealed_report(request: HttpRequest) -> tuple[Sealed, str]:
    """The bytes of the report, in the vault, and the name of its file. Raises Problem; then nothing stays."""
    kind = request.content_type or ""
    if kind != FORM and kind not in ENDINGS:
        known = ", ".join([FORM, *ENDINGS])
        raise Problem(415, _("Say in the header Content-Type what you send: %(known)s.") % {"known": known})
    try:
        sealed, name = _of_form(request) if kind == FORM else (_of_body(request), _name(request, kind))
    except (MultiPartParserError, SuspiciousOperation, RequestDataTooBig, UnreadablePostError) as error:
        raise Problem(400, _("The body could not be read to its end. Send the report again.")) from error
    if not sealed.size:
        destroy(sealed.stored_as)
        raise Problem(422, _("The report is empty."))
    return sealed, name


def _of_form(request: HttpRequest) -> tuple[Sealed, str]:
    request.upload_handlers = [SealingUploadHandler(request)]
    files = [(field, file) for field, sent in request.FILES.lists() for file in sent]
    if [field for field, _file in files] == [FIELD]:
        file = files[0][1]
        assert isinstance(file, SealedFile)
        if file.sealed is None:
            raise _too_large()
        return file.sealed, file.name or ""
    for _field, file in files:
        assert isinstance(file, SealedFile)
        file.discard()
    raise Problem(422, _("Send one file, in the field “file”."))


def _of_body(request: HttpRequest) -> Sealed:
    return seal(_pieces(request, most=Limits.of_settings().bytes))


def _pieces(request: HttpRequest, *, most: int) -> Iterator[bytes]:
    size = 0
    while piece := request.read(PIECE):
        size += len(piece)
        if size > most:
            raise _too_large()
        yield piece


def _name(request: HttpRequest, kind: str) -> str:
    """As the header Content-Disposition names the file; else “report” with the ending of its kind."""
    _disposition, parameters = parse_header_parameters(request.headers.get("Content-Disposition", ""))
    named = parameters.get("filename", "").replace("\0", "").rsplit("/", 1)[-1].rsplit("\\", 1)[-1].strip()
    return named or f"report{ENDINGS[kind]}"


def _too_large() -> Problem:
    most = settings.CORE_DATA_MOST_BYTES // 1_000_000
    return Problem(413, _("The report is larger than %(most)d MB.") % {"most": most})
