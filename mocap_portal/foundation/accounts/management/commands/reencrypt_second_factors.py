"""./portal manage reencrypt_second_factors"""

from typing import Any

from django.utils.translation import ngettext

from mocap_portal.foundation.accounts.actions import reencrypt_second_factors
from mocap_portal.foundation.shared.commands import PortalCommand


class Command(PortalCommand):
    help = "Encrypt the secrets of second factors with the newest SECRET_KEY. Running it twice does no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        count = reencrypt_second_factors()
        words = ngettext(
            "%(count)d secret is encrypted anew.", "%(count)d secrets are encrypted anew.", count
        )
        self.stdout.write(words % {"count": count})
