"""Whether a course still takes students in a term."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Term
from mocap_portal.foundation.shared.history import tracked


class AvailabilityState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    FULL = "full", _("Full")


WHY_NOT: dict[str, str | Promise] = {
    AvailabilityState.CLOSED: _(
        "The provider does not offer this course in this term. Choose another term or course."
    ),
    AvailabilityState.FULL: _("This course is full in this term. Choose another term or course."),
}


class AvailabilityQuerySet(models.QuerySet["Availability"]):
    def why_not(self, course_id: int, term: Term) -> str | Promise:
        """Why a course can't be chosen for a term: one sentence, empty when it can (no row means open)."""
        row = self.filter(course=course_id, term=term).first()
        return WHY_NOT.get(row.state, "") if row else ""


@tracked()
class Availability(models.Model):
    """What the provider says about one course in one term. A course without a row is open."""

    course = models.ForeignKey("Course", on_delete=models.CASCADE, related_name="availabilities")
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=6, choices=AvailabilityState.choices)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "term"], name="one_availability_per_term")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.term_id} {self.state}"
