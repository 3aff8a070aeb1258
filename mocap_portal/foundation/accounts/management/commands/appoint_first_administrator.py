"""./portal manage appoint_first_administrator EMAIL NAME"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = "Make the state office's first administrator, who invites everybody else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the person's e-mail address")
        parser.add_argument("name", help="the person's name")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            self.leave(Exit.WRONG_USAGE, _("%(email)s is not an e-mail address.") % {"email": email})
        try:
            actions.appoint_first_administrator(email=email, name=name, at=timezone.now())
        except actions.StateHasAdministrator as refusal:
            self.leave(Exit.PROBLEMS, str(refusal.sentence))
        self.stdout.write(
            _("%(name)s now sets a password through “Forgot your password?”, then a second factor.")
            % {"name": name}
        )
