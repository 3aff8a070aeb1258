"""`./portal manage load_file FILE… --district CODE --by EMAIL [--certify --acknowledge-warnings] [--json]`.

What the page does, from the command line: each file becomes the district's trial of its collection, and is certified
if that is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from coredata import actions
from coredata.layouts import Kind
from coredata.management.sent_files import as_text, pieces
from coredata.models import Upload, UploadState
from coredata.store.vault import seal
from coredata.summaries import as_json
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.commands import Exit, PortalCommand
from mocap_portal.foundation.shared.refusals import Refusal

MAY_LOAD = [Role.DATA_CLERK, Role.COORDINATOR, Role.LEA_ADMIN]
STATEMENT = "Certified from the command line."
# Student Assignment is joined to Course Assignment (V-15), June looks back at October (V-17).
ORDER = [Kind.STU_CORE, Kind.CRS_ASSIGN, Kind.STU_ASSIGN, Kind.STU_CRS_COMP, Kind.STU_ENRL_ATTND]


class Command(PortalCommand):
    help = "Load core data files of a district as its trials, and certify them if asked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--district", required=True, metavar="CODE", help="the six digits of the district"
        )
        parser.add_argument("--by", required=True, metavar="EMAIL", help="of somebody who may send its files")
        parser.add_argument("--certify", action="store_true", help="certify each file that has no error")
        parser.add_argument(
            "--acknowledge-warnings", action="store_true", help="say that the warnings were seen"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self,
        *args: Any,
        files: list[Path],
        district: str,
        by: str,
        certify: bool,
        acknowledge_warnings: bool,
        json: bool,
        **options: Any,
    ) -> None:
        lea = Lea.objects.filter(state_district_id=district).first()
        if lea is None:
            self.leave(Exit.WRONG_USAGE, _("No district has the code %(code)s.") % {"code": district})
        hats = Membership.objects.active().filter(
            user__email__iexact=by, organization=lea.organization_id, role__in=MAY_LOAD
        )
        hat = hats.select_related("user").order_by("pk").first()
        if hat is None:
            self.leave(
                Exit.WRONG_USAGE,
                _("%(email)s is no data clerk, coordinator or administrator of district %(code)s.")
                % {"email": by, "code": district},
            )
        loaded: list[tuple[Upload, float]] = []
        for file in files:
            started = time.monotonic()
            try:
                upload = actions.receive(
                    seal(pieces(file)), name=file.name, lea_id=lea.pk, by=hat, at=timezone.now()
                )
            except OSError:
                self.leave(Exit.UNREADABLE, _("The file %(file)s cannot be read.") % {"file": file})
            upload = actions.check_upload(upload.pk, at=timezone.now())
            loaded.append((upload, time.monotonic() - started))
        _check_again(upload for upload, _seconds in loaded)
        refused = self._certify(loaded, hat, acknowledge_warnings) if certify else False
        uploads = [
            Upload.objects.select_related("collection").get(pk=upload.pk) for upload, _seconds in loaded
        ]
        answer = [as_json(upload, seconds) for upload, (_old, seconds) in zip(uploads, loaded, strict=True)]
        if json:
            self.answer({"files": answer})
        else:
            self.stdout.write("\n".join(map(as_text, uploads)))
        if any(upload.state == UploadState.REFUSED for upload in uploads):
            self.leave(Exit.UNREADABLE, _("A file was refused; nothing of it is stored."))
        if refused or any(upload.errors for upload in uploads):
            self.leave(Exit.PROBLEMS, _("Not every file could be certified, or some have errors."))

    def _certify(self, loaded: list[tuple[Upload, float]], hat: Membership, acknowledge: bool) -> bool:
        """Certify the trials in their order; whether one was refused, which stderr explains."""
        trials = [upload for upload, _seconds in loaded if upload.state == UploadState.TRIAL]
        refused = False
        for upload in sorted(trials, key=_place):
            try:
                actions.certify(
                    upload.pk,
                    by=hat,
                    at=timezone.now(),
                    name=hat.user.name,
                    statement=STATEMENT,
                    acknowledges_warnings=acknowledge,
                )
            except Refusal as refusal:
                refused = True
                self.stderr.write(f"{upload.name}: {refusal.sentence}")
        return refused


def _check_again(loaded: Iterable[Upload]) -> None:
    """What was checked before a file beside it came is checked anew, once."""
    waiting: set[int] = set()
    for upload in loaded:
        waiting = (waiting - {upload.pk}) | set(actions.trials_of(upload.lea_id, beside=upload))
    for upload_id in sorted(waiting):
        actions.check_again(upload_id, at=timezone.now())


def _place(upload: Upload) -> int:
    assert upload.collection is not None
    return ORDER.index(Kind(upload.collection.kind))
