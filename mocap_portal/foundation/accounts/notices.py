"""Mails about accounts. They carry no name of a person and nothing but the address they go to."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from .models import Invitation, User


def send_invitation(invitation_id: int, *, token: str) -> None:
    """The link to accept an invitation, in the language of the person if we know them.

    The token travels in the query, which no log of ours keeps; the first page takes it out of the address.
    """
    invitation = Invitation.objects.select_related("organization").get(pk=invitation_id)
    person = User.objects.filter(email=invitation.email).first()
    query = urlencode({"token": token})
    context = {
        "invitation": invitation,
        "url": f"{settings.PORTAL_URL}{reverse('accounts:open_invitation')}?{query}",
    }
    with translation.override(person.language if person else settings.LANGUAGE_CODE):
        subject = gettext("Your invitation to the MOCAP portal")
        send_mail(
            subject, render_to_string("accounts/mail/invitation.txt", context), None, [invitation.email]
        )
