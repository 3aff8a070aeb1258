"""`./portal manage reencrypt_core_data`: the keys of core data, encrypted anew with the newest secret key."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from coredata import actions
from mocap_portal.foundation.shared.commands import PortalCommand


class Command(PortalCommand):
    help = "Encrypt the keys of uploaded files and of educators' hashes with the newest secret key."

    def handle(self, *args: Any, **options: Any) -> None:
        count = actions.reencrypt_keys()
        self.stdout.write(_("%(count)d keys are encrypted with the newest secret key.") % {"count": count})
