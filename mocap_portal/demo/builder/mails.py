"""Sends the mails that building wrote, each at the time of what it tells."""

from mocap_portal.demo.models import DemoMail
from mocap_portal.foundation.accounts.models import Invitation
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import Notice, NoticeState


def deliver() -> None:
    """Empty the outbox. In the mailbox every mail lies at the time at which the person would have got it."""
    for invitation in Invitation.objects.order_by("invited_at"):
        DemoMail.objects.filter(to=invitation.email).exclude(message_id__startswith="<notice-").update(
            arrived_at=invitation.invited_at
        )
    for notice in Notice.objects.filter(state=NoticeState.QUEUED).order_by("created_at", "pk"):
        papers.send(notice.pk, at=notice.created_at)
        DemoMail.objects.filter(message_id=notice.message_id).update(arrived_at=notice.created_at)
