"""A scan that comes with a form."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.base import File
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.papers.models import Document

SCAN_HELP = _("A PDF, or a photograph as PNG, JPEG or HEIC, up to 10 MB.")


class PaperUpload(forms.Form):
    """A scan, which stays when another answer has to be mended: `kept` says which file was stored before.

    The view stores what comes; this form only says what it has.
    """

    scan = forms.FileField(
        label=_("Scan or photograph of the paper"),
        help_text=SCAN_HELP,
        required=False,
        allow_empty_file=True,  # said in our words when it is stored
        max_length=250,
    )
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, document: Document | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document

    @property
    def upload(self) -> File | None:  # type: ignore[type-arg]
        """The file that came with this sending, if one did."""
        return self.files.get(self.add_prefix("scan"))

    def keep(self, document: Document) -> None:
        """From now on the form has this document, and says so when it is drawn again."""
        self.document = document
        data = MultiValueDict(self.data)  # what came cannot be changed
        data[self.add_prefix("kept")] = str(document.pk)
        self.data = data

    @property
    def scan_id(self) -> UUID | None:
        return self.document.pk if self.document else None
