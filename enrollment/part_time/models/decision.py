"""What the district thinks and decides about a line, and what its IEP or 504 team found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning
from mocap_portal.foundation.papers.models import Document, Letter
from mocap_portal.foundation.shared.history import tracked
from providers.models import Course

from .line import CourseLine
from .request import CourseRequest


class Outcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    DENIED = "denied", _("Denied")


class DecisionChannel(models.TextChoices):
    PORTAL = "portal", _("Decided here")
    PAPER = "paper", _("Decided on paper and entered later")


@tracked()
class Decision(models.Model):
    """A decision on a line, with its letter. Never edited (R-26): a mistaken one is superseded by another, and stays.

    Of a decision on paper, `decided_by` is who entered it and `decided_by_name` who decided; its paper is a scan, or
    where the paper is kept.
    """

    line = models.ForeignKey(CourseLine, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    channel = models.CharField(max_length=6, choices=DecisionChannel.choices, default=DecisionChannel.PORTAL)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField()
    in_person_considered = models.BooleanField()
    in_person_options = models.TextField(blank=True, help_text=_("Which ones, in words (R-23)"))
    explanation = models.TextField(blank=True)
    would_make_it_a_yes = models.TextField(blank=True)
    other_factor = models.CharField(max_length=200, blank=True)
    letter = models.OneToOneField(
        Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="decision"
    )
    scan = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        help_text=_("One paper may decide several courses"),
    )
    paper_reference = models.CharField(max_length=200, blank=True, help_text=_("Where the paper is kept"))
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    superseding_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="in_person_options_were_considered",
                condition=Q(in_person_considered=True) | Q(channel="paper"),
            ),
            models.CheckConstraint(
                name="a_denial_is_explained", condition=Q(outcome="approved") | ~Q(explanation="")
            ),
            models.CheckConstraint(
                name="a_decision_is_in_writing",
                condition=Q(channel="portal", letter__isnull=False)
                | (
                    Q(channel="paper", letter__isnull=True)
                    & ~Q(decided_by_name="")
                    & (Q(scan__isnull=False) | ~Q(paper_reference=""))
                ),
            ),
            models.CheckConstraint(
                name="a_superseding_decision_says_why",
                condition=Q(supersedes__isnull=True, superseding_reason="")
                | (Q(supersedes__isnull=False) & ~Q(superseding_reason="")),
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(supersedes__isnull=True), name="a_line_is_decided_first_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.outcome}"


@tracked()
class DecisionFactor(models.Model):
    """A listed factor that a denial rests on (R-21). Price, vendor and local program are not listed (R-22)."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="factors")
    factor = models.ForeignKey(CodeMeaning, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "factor"], name="a_factor_is_named_once")]

    def __str__(self) -> str:
        return str(self.factor_id)


class Advice(models.TextChoices):
    FOR = "for", _("For the course")
    AGAINST = "against", _("Against the course")
    OPEN = "open", _("No view either way")


@tracked()
class Recommendation(models.Model):
    """What a counselor advises about a line: consultation (R-20). Only ever added; the newest counts.

    `course` is the one that stood on the line then: advice about a course that the family exchanged counts no more.
    """

    line = models.ForeignKey(CourseLine, on_delete=models.CASCADE, related_name="recommendations")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    advice = models.CharField(max_length=7, choices=Advice.choices)
    words = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_recommendation_is_explained", condition=~Q(words="")),
            models.UniqueConstraint(fields=["line", "by", "at"], name="a_recommendation_is_given_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.advice}"


def standing_advice(line: CourseLine) -> list[Recommendation]:
    """The last word of each counselor about the course that stands on the line now, the newest first.

    One query, none when `recommendations` were fetched before.
    """
    newest: dict[int, Recommendation] = {}
    for given in sorted(line.recommendations.all(), key=lambda given: (given.at, given.pk), reverse=True):
        if given.course_id == line.course_id:
            newest.setdefault(given.by_id, given)
    return list(newest.values())


class TeamOutcome(models.TextChoices):
    SUITS = "suits", _("The virtual course can meet the student's plan")
    SUITS_WITH_HELP = "suits_with_help", _("It can, with the help that the team describes")
    DOES_NOT_SUIT = "does_not_suit", _("It cannot meet the student's plan")


@tracked()
class TeamReview(models.Model):
    """What the IEP or 504 team found about a request, and when; it ends the pause (R-17, R-27)."""

    request = models.ForeignKey(CourseRequest, on_delete=models.CASCADE, related_name="team_reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    met_on = models.DateField()
    outcome = models.CharField(max_length=15, choices=TeamOutcome.choices)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "at"], name="a_team_answers_once"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.outcome}"
