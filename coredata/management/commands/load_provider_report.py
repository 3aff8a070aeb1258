"""`./portal manage load_provider_report FILE --provider CODE --by EMAIL [--json]`.

What the page does, from the command line: the report is checked, and one without errors goes to the state office.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from coredata import actions
from coredata.management.sent_files import as_text, pieces
from coredata.models import ReportState
from coredata.store.vault import seal
from coredata.summaries import as_json
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.shared.commands import Exit, PortalCommand
from mocap_portal.foundation.shared.refusals import Refusal


class Command(PortalCommand):
    help = "Load a provider's report, and send it to the state office when it has no errors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--provider", required=True, metavar="CODE", help="the code of the provider")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="of somebody of the provider")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, file: Path, provider: str, by: str, json: bool, **options: Any) -> None:
        known = Provider.objects.filter(code=provider).first()
        if known is None:
            self.leave(Exit.WRONG_USAGE, _("No provider has the code %(code)s.") % {"code": provider})
        hats = Membership.objects.active().filter(
            user__email__iexact=by, organization=known.organization_id, role__in=PROVIDER_ROLES
        )
        hat = hats.select_related("user").order_by("pk").first()
        if hat is None:
            self.leave(
                Exit.WRONG_USAGE,
                _("%(email)s is nobody of provider %(code)s.") % {"email": by, "code": provider},
            )
        started = time.monotonic()
        try:
            sealed = seal(pieces(file))
        except OSError:
            self.leave(Exit.UNREADABLE, _("The file %(file)s cannot be read.") % {"file": file})
        report = actions.receive_report(
            sealed, name=file.name, provider_id=known.pk, by=hat, at=timezone.now()
        )
        report = actions.check_report(report.pk, at=timezone.now())
        refusal = ""
        if report.state == ReportState.CHECKED and not report.errors:
            try:
                report = actions.submit_report(report.pk, by=hat, at=timezone.now())
            except Refusal as problem:
                refusal = str(problem.sentence)
        if json:
            self.answer({"files": [as_json(report, time.monotonic() - started)]})
        else:
            self.stdout.write(as_text(report))
        if report.state == ReportState.REFUSED:
            self.leave(Exit.UNREADABLE, _("The report was refused; nothing of it is stored."))
        if report.errors or refusal:
            self.leave(
                Exit.PROBLEMS, refusal or _("The report has errors. It was not sent to the state office.")
            )
