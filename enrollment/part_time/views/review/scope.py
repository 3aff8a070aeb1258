"""What a hat may look at, and which roles do what here."""

import datetime as dt

from django.db.models import Prefetch, QuerySet

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import LeaPolicy

from ...models import CourseLine, CourseRequest, CourseRequestQuerySet, Recommendation
from ...rules import deciding_roles

REGISTERING_ROLES = (Role.COUNSELOR, Role.COORDINATOR)  # of those who open the page of a request
PAUSING_ROLES = (Role.COUNSELOR, Role.COORDINATOR, Role.SPECIAL_EDUCATION)
TEAM_ROLES = (Role.COORDINATOR, Role.SPECIAL_EDUCATION)  # who says what the team found

ADVICE = Prefetch("recommendations", Recommendation.objects.select_related("by__user"))


def requests_for(hat: Membership) -> CourseRequestQuerySet:
    """An LEA's reviewers see what they may review, the state office all that was sent."""
    if hat.is_dese:
        return CourseRequest.objects.visible_to(hat)
    return CourseRequest.objects.reviewable_by(hat)


def lines_to_decide(hat: Membership) -> QuerySet[CourseLine]:
    return CourseLine.objects.reviewable_by(hat).select_related(
        "course__provider__organization",
        "reason",
        "request__claim__school",
        "request__lea__organization",
        "request__term__school_year",
        "request__clock",
    )


def roles_that_decide(lea_id: int, *, on: dt.date) -> frozenset[Role]:
    return deciding_roles(LeaPolicy.objects.on(on).filter(lea=lea_id).first())
