"""`./portal manage reseal_history`: every request's history is sealed with the present SECRET_KEY."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enrollment.part_time import history
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = (
        "Seal every step of every history with the present SECRET_KEY. Refused while one of them is damaged."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if history.breaks():
            self.leave(
                Exit.PROBLEMS, _("A history is damaged: nothing was sealed. verify_history names the steps.")
            )
        self.stdout.write(_("%(steps)d steps sealed.") % {"steps": history.reseal()})
