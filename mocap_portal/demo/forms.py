"""The one question of the demo's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import DemoMail


class MailboxForm(forms.Form):
    """Whose mails to show; everybody's when left empty."""

    to = forms.ChoiceField(label=_("Mails to"), required=False)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        addresses = DemoMail.objects.order_by("to").values_list("to", flat=True).distinct()
        self.fields["to"].choices = [("", _("Everybody")), *((address, address) for address in addresses)]
