import datetime as dt

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from mocap_portal.foundation.papers.models import Document

from .accounts import MembershipFactory

# The first bytes say what a file is; these are no more than that.
PDF = b"%PDF-1.7\n% a scan\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 16
HEIC = b"\0\0\0\x18ftypheic" + b"\0" * 16


class DocumentFactory(DjangoModelFactory[Document]):
    """A scan that somebody handed in."""

    class Meta:
        model = Document

    file = factory.LazyFunction(lambda: ContentFile(PDF, name="scan.pdf"))
    name = "scan.pdf"
    content_type = "application/pdf"
    size = len(PDF)
    sha256 = "0" * 64
    uploaded_by = factory.SubFactory(MembershipFactory, counselor=True)
    uploaded_at = dt.datetime(2026, 11, 5, 18, tzinfo=dt.UTC)
