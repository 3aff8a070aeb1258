"""`./portal manage rebuild_student_courses [--lea CODE] [--year YEAR]`: derive them anew from the certified files."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from coredata import actions
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = "Build the relevant student-courses of districts anew from their certified October files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lea", metavar="CODE", help="only the district of these six digits")
        parser.add_argument("--year", type=int, help="only the school year that ends in this year")

    def handle(self, *args: Any, lea: str | None, year: int | None, **options: Any) -> None:
        found = Lea.objects.filter(state_district_id=lea).first() if lea else None
        if lea and found is None:
            self.leave(Exit.WRONG_USAGE, _("No district has the code %(code)s.") % {"code": lea})
        leas, rows = actions.rebuild_student_courses(lea_id=found.pk if found else None, year=year)
        self.stdout.write(
            _("%(rows)d student-courses of %(leas)d pairs of files.") % {"rows": rows, "leas": leas}
        )
