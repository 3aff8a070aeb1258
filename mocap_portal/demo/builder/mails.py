"""Sends the mails that building wrote, each at the time of what it tells."""

from django.db.models import Q

from mocap_portal.demo.models import DemoMail
from mocap_portal.foundation.accounts.models import Invitation
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import Notice, NoticeState

AT_A_TIME = 500


def deliver() -> None:
    """Empty the outbox. In the mailbox every mail lies at the time at which the person would have got it."""
    invited = dict(Invitation.objects.order_by("invited_at").values_list("email", "invited_at"))
    arrived = {}
    for notice in Notice.objects.filter(state=NoticeState.QUEUED).order_by("created_at", "pk"):
        papers.send(notice.pk, at=notice.created_at)
        arrived[notice.message_id] = notice.created_at
    mails = []
    for mail in DemoMail.objects.filter(
        Q(message_id__in=arrived) | Q(to__in=invited) & ~Q(message_id__startswith="<notice-")
    ):
        mail.arrived_at = arrived.get(mail.message_id) or invited[mail.to]
        mails.append(mail)
    DemoMail.objects.bulk_update(mails, ["arrived_at"], batch_size=AT_A_TIME)
