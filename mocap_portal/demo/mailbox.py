"""The demo's mail system: mails go nowhere, a page shows them."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from .models import DemoMail


class EmailBackend(BaseEmailBackend):
    """Keeps every mail as a row for each of its recipients."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many messages were taken; a copy that came before counts as taken."""
        for message in email_messages:
            message_id = message.message()["Message-ID"]
            DemoMail.objects.bulk_create(
                [
                    DemoMail(
                        message_id=message_id,
                        to=to,
                        subject=str(message.subject),
                        body=str(message.body),
                        arrived_at=timezone.now(),
                    )
                    for to in message.recipients()
                ],
                ignore_conflicts=True,
            )
        return len(email_messages)
