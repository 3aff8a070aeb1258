"""What several actions about a student refuse."""

from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.refusals import Refusal


class OwnChild(Refusal):
    sentence = _("This is about a child of your own. A colleague has to do it.")


class WrongLea(Refusal):
    sentence = _("This student is not a student of your district.")
