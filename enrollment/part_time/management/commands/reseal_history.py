"""`./portal manage reseal_history`: every request's history is sealed with the present SECRET_KEY."""

from typing import Any

from django.utils.translation import gettext as _

from enrollment.part_time import history
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = "Seal every step of every history with the present SECRET_KEY. Ends with 1 at one that is damaged."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sealed = history.reseal()
        except history.Damaged:
            self.leave(
                Exit.PROBLEMS,
                _("A history is damaged, so the former key is still needed. verify_history names the steps."),
            )
        self.stdout.write(_("%(steps)d steps sealed.") % {"steps": sealed})
