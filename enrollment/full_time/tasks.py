"""What happens without anybody clicking. Each may run twice, in two workers at once, or be killed in between."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from mocap_portal.foundation.shared.calendar import central_date

from . import actions, links, notices
from .models import ProgramPolicy


@shared_task
def check_policies() -> int:
    """Opens each policy of today as a stranger would; a host hears of each new problem. Returns how many it opened."""
    today = central_date(timezone.now())
    policies = list(ProgramPolicy.objects.on(today).order_by("pk").values_list("pk", "url"))
    for pk, url in policies:
        problem = links.problem_with(url)  # outside the transaction: it may take seconds
        now = timezone.now()
        with transaction.atomic():
            if actions.note_check(pk, url=url, problem=problem, at=now):
                policy = ProgramPolicy.objects.select_related("program").get(pk=pk)
                notices.tell_link_broken(policy, at=now)
    return len(policies)
