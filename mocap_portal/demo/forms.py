"""The one question of the demo's pages."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .models import DemoMail


class MailboxForm(forms.Form):
    """Whose mails to show; everybody's when left empty."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["to"] = forms.ChoiceField(
            label=_("Mails to"), required=False, choices=[("", _("Everybody")), *_addresses()]
        )


def _addresses() -> list[tuple[str, str]]:
    addresses = DemoMail.objects.order_by("to").values_list("to", flat=True).distinct()
    return [(address, address) for address in addresses]
