"""Files that people hand in: what they are is read from their bytes, and they go out as they came in."""

import datetime as dt
import hashlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers import actions, documents
from mocap_portal.foundation.papers.models import Document
from mocap_portal.foundation.papers.responses import document_response
from tests.factories.accounts import MembershipFactory
from tests.factories.papers import HEIC, JPEG, PDF, PNG, DocumentFactory
from tests.factories.part_time import CourseRequestFactory

AT = dt.datetime(2026, 11, 5, 18, tzinfo=dt.UTC)


@pytest.fixture
def hat() -> Membership:
    by: Membership = MembershipFactory.create(counselor=True)
    return by


def upload(content: bytes, name: str = "scan.pdf", claims: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=claims)


def kept_files(root: Any) -> list[Path]:
    return [path for path in Path(root).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\xef\xbb\xbf\n" + PDF, "application/pdf"),
        (b" " * 1019 + b"%PDF-", "application/pdf"),
        (b" " * 1020 + b"%PDF-", None),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (HEIC, "image/heic"),
        (HEIC.replace(b"heic", b"mif1"), "image/heic"),
        (HEIC.replace(b"heic", b"isom"), None),  # a film
        (b"GIF89a", None),
        (b"PK\x03\x04", None),
        (b"<html><script>", None),
        (b"<svg xmlns=", None),
        (b"", None),
    ],
)
def test_bytes_say_what_a_file_is(content: bytes, kind: str | None) -> None:
    assert documents.kind_of(content) == kind


@pytest.mark.django_db
def test_a_scan_is_kept_as_it_came(hat: Membership, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = actions.store_document(upload(PDF, "Robin's form.pdf"), by=hat, at=AT)
    document.refresh_from_db()
    assert (document.name, document.content_type, document.size) == (
        "Robin's form.pdf",
        "application/pdf",
        len(PDF),
    )
    assert (document.sha256, document.uploaded_by, document.uploaded_at) == (
        hashlib.sha256(PDF).hexdigest(),
        hat,
        AT,
    )
    [path] = kept_files(tmp_path)
    assert path.read_bytes() == PDF
    assert path.name == f"{document.pk}.pdf"  # the sender's name may name a child


@pytest.mark.django_db
def test_a_picture_that_calls_itself_a_pdf_is_a_picture(
    hat: Membership, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = actions.store_document(upload(JPEG, "scan.pdf"), by=hat, at=AT)
    assert (document.content_type, document.file.name.rpartition(".")[2]) == ("image/jpeg", "jpg")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", actions.FileEmpty),
        (b"<html><script>alert(1)</script>", actions.WrongKindOfFile),
        (b"MZ\x90\x00", actions.WrongKindOfFile),
        (PDF + b"\0" * documents.MOST_BYTES, actions.FileTooLarge),
    ],
    ids=["empty", "a page", "a program", "too large"],
)
def test_what_is_not_a_scan_is_refused_and_not_kept(
    content: bytes, refusal: type[Exception], hat: Membership, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(refusal):
        actions.store_document(upload(content), by=hat, at=AT)
    assert not Document.objects.exists()
    assert kept_files(tmp_path) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\u202egpj.exe\n.pdf", "agpj.exe .pdf"),
        ("x" * 200 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_one_short_line_that_turns_nothing_around(
    sent: str, kept: str, hat: Membership, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = upload(PDF)
    file._name = sent  # type: ignore[attr-defined]  # what a browser may send; Django shortens the rest
    assert actions.store_document(file, by=hat, at=AT).name == kept


@pytest.mark.django_db
def test_a_document_goes_out_to_be_saved_and_stays_in_no_cache() -> None:
    document = DocumentFactory.create(name="Robin's form.pdf")
    response = document_response(document)
    with closing(response):
        assert b"".join(response) == PDF
    assert {name: response.headers[name] for name in ("Content-Disposition", "Content-Type")} == {
        "Content-Disposition": 'attachment; filename="document-2026-11-05.pdf"',
        "Content-Type": "application/pdf",
    }
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_the_database_keeps_no_empty_document() -> None:
    with pytest.raises(IntegrityError, match="documents_are_not_empty"), transaction.atomic():
        DocumentFactory.create(size=0)


@pytest.mark.django_db
def test_a_file_that_nothing_points_to_can_be_thrown_away(
    settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = DocumentFactory.create()
    with django_capture_on_commit_callbacks(execute=True):
        actions.forget_document(document.pk)
    actions.forget_document(document.pk)  # twice changes nothing
    assert not Document.objects.exists()
    assert kept_files(tmp_path) == []


@pytest.mark.django_db
def test_files_of_pages_that_were_never_sent_go_after_a_while(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    _left, used, fresh = (
        DocumentFactory.create(uploaded_at=AT - dt.timedelta(days=days)) for days in (31, 31, 29)
    )
    CourseRequestFactory.create(scan=used)
    month_ago = AT - dt.timedelta(days=30)
    assert [actions.forget_unused_documents(before=month_ago) for _ in range(2)] == [1, 0]
    assert set(Document.objects.all()) == {used, fresh}
