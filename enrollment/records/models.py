"""A child's identity.

What a family typed is a `Claim`, its own row. The district confirms it and links it to one `Student`; from then on
the person who claimed is a `Guardian` (or the student). Until then a claim shows only what that family typed.
"""

import datetime as dt
from collections.abc import Collection
from typing import Self

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mocap_portal.foundation.accounts.models import Membership, User
from mocap_portal.foundation.directory.models import Lea, Organization, School
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.history import tracked

from .age import of_age

mosis_id_format = RegexValidator(r"^[0-9]{10}\Z", _("A MOSIS ID has ten digits, leading zeros included."))


class StudentQuerySet(models.QuerySet["Student"]):
    def current(self) -> Self:
        """Students that were not merged into another."""
        return self.filter(merged_into__isnull=True)

    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see the students of their own LEA; families see theirs; nobody else sees any (R-134)."""
        if hat.is_lea:
            return self.current().filter(lea=hat.organization_id)
        if hat.is_family:
            return self.current().filter(
                guardians__in=Guardian.objects.with_access().filter(user=hat.user_id)
            )
        return self.none()


@tracked()
class Student(models.Model):
    """A student as the district knows them. Grade: 0 is kindergarten."""

    mosis_id = models.CharField(
        _("MOSIS ID"), max_length=10, unique=True, null=True, blank=True, validators=[mosis_id_format]
    )
    first_name = models.CharField(_("first name"), max_length=60)
    last_name = models.CharField(_("last name"), max_length=60)
    birth_date = models.DateField(_("birth date"))
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="students")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="students")
    grade = models.PositiveSmallIntegerField(validators=[MaxValueValidator(12)])
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from"
    )

    objects = StudentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mosis_id_has_ten_digits",
                condition=Q(mosis_id__isnull=True) | Q(mosis_id__regex=r"^\d{10}$"),
            ),
            models.CheckConstraint(
                name="a_merged_student_gives_up_the_mosis_id",
                condition=Q(merged_into__isnull=True) | Q(mosis_id__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["lea", "last_name", "first_name"], name="student_by_lea_and_name"),
            # A list by name of students from anywhere walks along it and stops at the end of its page.
            models.Index(fields=["last_name", "first_name"], name="student_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Relationship(models.TextChoices):
    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    GUARDIAN = "guardian", _("Legal guardian")
    OTHER = "other", _("Other person who cares for the child")
    SELF = "self", _("I am the student")


class Enrollment(models.TextChoices):
    PUBLIC = "public", _("Full time in a public school or charter school")
    HOME = "home", _("Home school")
    PRIVATE = "private", _("Private school")


class PriorSemester(models.TextChoices):
    """Whether the student went to a Missouri public school in the semester before (D-02). A finding, never a denial."""

    ATTENDED = "attended", _("Yes, in a Missouri public school or charter school")
    EXCEPTION = "exception", _("No, because of a documented medical or psychological condition")
    NOT_ATTENDED = "not_attended", _("No")


class ClaimState(models.TextChoices):
    UNSENT = "unsent", _("Not sent yet")
    TYPED = "typed", _("Waiting for the district")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Not confirmed")


def same_child(path: str = "") -> Q:
    """In a subquery: the row behind `path` has the name and the birth date of the outer one."""
    return Q(
        **{
            f"{path}first_name__iexact": OuterRef("first_name"),
            f"{path}last_name__iexact": OuterRef("last_name"),
            f"{path}birth_date": OuterRef("birth_date"),
        }
    )


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, hat: Membership) -> Self:
        """A family sees the claims it typed, and once they are confirmed those about a child whose guardian it is.

        Of a child who is of age only the child, and a parent with a recorded basis, see any (R-132).
        LEA staff see the claims that were sent to their LEA.
        """
        if hat.is_lea:
            return self.filter(school__lea=hat.organization_id).exclude(state=ClaimState.UNSENT)
        if hat.is_family:
            mine = Guardian.objects.with_access().filter(user=hat.user_id)
            typed = Q(claimant=hat.user_id) & ~Q(state=ClaimState.CONFIRMED)
            return self.filter(
                (typed & (~of_age("birth_date", on=_today()) | Q(relationship=Relationship.SELF)))
                | (typed & Exists(mine.exclude(adult_basis="").filter(same_child("student__"))))
                | Q(state=ClaimState.CONFIRMED, student__in=mine.values("student"))
            )
        return self.none()

    def about_own_child_of(self, user_id: int) -> Self:
        """Claims about a child of this person's own: nobody reviews or decides these for themselves.

        Also those of the other parent, from the moment they are sent: the same name and birth date as a child that
        this person told of, or is family of.
        """
        family = Guardian.objects.filter(user=user_id)
        told = Claim.objects.filter(same_child(), claimant=user_id)
        known = family.filter(same_child("student__"))
        # A union, each part of which begins at the few rows of this person. One condition with all of them would look
        # at every claim there is, on every page of the inbox.
        own = Claim.objects.filter(claimant=user_id).values("pk")
        return self.filter(
            pk__in=own.union(
                *(
                    Claim.objects.filter(condition).values("pk")
                    for condition in (Q(student__in=family.values("student")), Exists(told), Exists(known))
                )
            )
        )

    def is_own_child(self, claim_id: int, *, of: int) -> bool:
        """Whether this claim is about a child of the person `of` (R-134)."""
        return self.about_own_child_of(of).filter(pk=claim_id).exists()

    def family_among(self, claim: "Claim", people: Collection[int]) -> set[int]:
        """Of many people, by primary key, those of whom `is_own_child` is true, in one query."""
        child = {"birth_date": claim.birth_date}
        child |= {f"{name}__iexact": getattr(claim, name) for name in ("first_name", "last_name")}
        known = Q(**{f"student__{name}": value for name, value in child.items()})
        if claim.student_id is not None:
            known |= Q(student=claim.student_id)
        told = Claim.objects.filter(**child, claimant__in=people).values_list("claimant")
        family = Guardian.objects.filter(known, user__in=people).values_list("user")
        return {key for (key,) in told.union(family)}


@tracked()
class Claim(models.Model):
    """What a family typed about a child; the family's alone until it sends it to the district.

    Links to a Student once the district confirms it. What staff entered for a family without an account has no
    claimant, but says who asked and how to reach them.
    """

    claimant = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="claims")
    asker_name = models.CharField(max_length=120, blank=True)
    asker_email = models.EmailField(blank=True)
    asker_phone = models.CharField(max_length=30, blank=True)
    asker_address = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    relationship = models.CharField(max_length=10, choices=Relationship.choices)
    first_name = models.CharField(_("first name"), max_length=60)
    last_name = models.CharField(_("last name"), max_length=60)
    birth_date = models.DateField(_("birth date"))
    grade = models.PositiveSmallIntegerField(_("grade"), validators=[MaxValueValidator(12)])
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="claims")
    enrollment = models.CharField(max_length=8, choices=Enrollment.choices, default=Enrollment.PUBLIC)
    missouri_resident = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ClaimState.choices, default=ClaimState.UNSENT)
    student = models.ForeignKey(
        Student, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    refusal = models.CharField(max_length=300, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claimant", "first_name", "last_name", "birth_date", "school"],
                name="a_family_claims_a_child_once",
            ),
            models.CheckConstraint(
                name="a_claim_says_who_asked",
                condition=Q(claimant__isnull=False, entered_by__isnull=True)
                | (Q(claimant__isnull=True, entered_by__isnull=False) & ~Q(asker_name="")),
            ),
            models.CheckConstraint(
                name="confirmed_claims_have_a_student",
                condition=Q(state="confirmed", student__isnull=False)
                | (~Q(state="confirmed") & Q(student__isnull=True)),
            ),
            models.CheckConstraint(
                name="judged_claims_name_their_judge",
                condition=Q(state__in=["unsent", "typed"], judged_at__isnull=True, judged_by__isnull=True)
                | (~Q(state__in=["unsent", "typed"]) & Q(judged_at__isnull=False, judged_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="refused_claims_say_why", condition=~Q(state="refused") | ~Q(refusal="")
            ),
        ]
        indexes = [
            models.Index(fields=["school", "state"], name="claim_by_school_and_state"),
            models.Index(fields=["birth_date"], name="claim_by_birth_date"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def asked_by(self) -> str:
        """Who asked, by name."""
        return self.claimant.name if self.claimant else self.asker_name

    @property
    def how_to_reach(self) -> list[str]:
        """E-mail, phone and address of whoever asked, as far as they are known."""
        if self.claimant:
            known = [self.claimant.email, self.claimant.phone]
        else:
            known = [self.asker_email, self.asker_phone, self.asker_address]
        return [line for line in known if line]


class GuardianQuerySet(models.QuerySet["Guardian"]):
    def active(self) -> Self:
        """Not ended. Whether its person may still read the record, says `with_access`."""
        return self.filter(ended_on__isnull=True)

    def with_access(self, *, on: dt.date | None = None) -> Self:
        """Those whose person may read the student's record on a day, today when none is given (R-132).

        From the day on which the student is of age these are the student and parents with a recorded basis. Rows are
        ended by a task in the night after it; a page must not wait for that, and what a hat may see is asked in many
        places that know of no day. So this is the one query that looks at the clock.
        """
        grown = of_age("student__birth_date", on=on or _today())
        return self.active().filter(~grown | Q(relationship=Relationship.SELF) | ~Q(adult_basis=""))

    def outgrown(self, *, on: dt.date) -> Self:
        """Parents' rows of students who are of age on this day, without a basis and not ended yet."""
        grown = of_age("student__birth_date", on=on)
        return self.active().filter(grown, adult_basis="").exclude(relationship=Relationship.SELF)

    def taken_from(self, users: Collection[int], students: Collection[int]) -> "list[Guardian]":
        """The rights that a district ended, for a court document or as a mistake, and has not given back (R-133).

        Of each of these people in each of these students' records the last word, with who said it. Active rows come
        after ended ones; what a merge of records ended, nobody said.
        """
        rows = self.filter(user__in=users, student__in=students).exclude(end_basis=IS_GUARDIAN_OF_KEPT)
        rows = rows.select_related("user", "student", "ended_by__user")
        said = rows.order_by(F("ended_on").asc(nulls_last=True), "pk")
        last = {(row.user_id, row.student_id): row for row in said}
        return [row for row in last.values() if row.is_taken_away]


class AdultBasis(models.TextChoices):
    """Why a parent may read the record of a student who is of age."""

    CONSENT = "consent", _("The student has agreed in writing")
    DEPENDENT = "dependent", _("The student is the parent's dependent for income tax (34 CFR 99.31(a)(8))")


# `end_basis` of rights that nobody took away: a parent's that are outgrown, and those of a record that was merged.
OF_AGE = gettext_noop("The student is of age (34 CFR 99.5).")
IS_GUARDIAN_OF_KEPT = gettext_noop("Merged: the person is a guardian of the kept record.")


def _today() -> dt.date:
    return central_date(timezone.now())


@tracked()
class Guardian(models.Model):
    """This person has a parent's rights in this student's record, or is the student (R-133)."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="guardians")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="guardianships")
    relationship = models.CharField(max_length=10, choices=Relationship.choices)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    end_basis = models.CharField(max_length=200, blank=True)
    ended_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    adult_basis = models.CharField(
        max_length=9,
        choices=AdultBasis.choices,
        blank=True,
        help_text=_("Why a parent may still read the record when the student is of age (R-132)"),
    )
    adult_basis_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    adult_basis_at = models.DateTimeField(null=True, blank=True)
    given_back_because = models.CharField(
        max_length=200, blank=True, help_text=_("Why rights that a district had ended are given back (R-133)")
    )
    given_back_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = GuardianQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "user"],
                condition=Q(ended_on__isnull=True),
                name="a_person_is_guardian_of_a_student_once",
            ),
            models.CheckConstraint(
                name="an_ended_guardianship_says_why", condition=Q(ended_on__isnull=True) | ~Q(end_basis="")
            ),
            models.CheckConstraint(
                name="a_basis_says_who_recorded_it",
                condition=Q(adult_basis="") | Q(adult_basis_by__isnull=False, adult_basis_at__isnull=False),
            ),
            models.CheckConstraint(
                name="rights_that_are_given_back_say_why_and_by_whom",
                condition=Q(given_back_because="", given_back_by__isnull=True)
                | (~Q(given_back_because="") & Q(given_back_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.student_id}"

    @property
    def is_outgrown(self) -> bool:
        """Ended because the student is of age: a basis can bring the rights back."""
        return self.end_basis == OF_AGE

    @property
    def is_taken_away(self) -> bool:
        """Ended by a district's word: only its word gives the rights back."""
        return self.ended_on is not None and self.end_basis not in {OF_AGE, IS_GUARDIAN_OF_KEPT}


class PlanKind(models.TextChoices):
    ILP = "ilp", _("Individual learning plan (ILP)")
    ICAP = "icap", _("Individual career and academic plan (ICAP)")


@tracked()
class LearningPlan(models.Model):
    """Where the district keeps a student's learning plan: needed for more than two courses at once (R-08)."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="learning_plans")
    kind = models.CharField(max_length=4, choices=PlanKind.choices)
    reference = models.CharField(max_length=200, help_text=_("Where the plan is kept"))
    made_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="a_plan_can_be_found", condition=~Q(reference=""))]

    def __str__(self) -> str:
        return f"{self.kind} of {self.student_id}"


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def visible_to(self, hat: Membership) -> Self:
        """Families read the log of their own student (R-131); LEA staff that of their LEA's students."""
        return self.filter(student__in=Student.objects.visible_to(hat))


@tracked()
class Disclosure(models.Model):
    """What left the district about a student: who got it, what, why, when (R-130). Never deleted."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="disclosures")
    at = models.DateTimeField()
    recipient = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    disclosed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=300)
    why = models.CharField(max_length=300)

    objects = DisclosureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.student_id} to {self.recipient_id}"


@tracked()
class Move(models.Model):
    """A student's LEA of record changed from one day on. Only ever added."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="moves")
    from_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+")
    from_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    to_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+")
    to_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    moved_on = models.DateField(help_text=_("First day with the new LEA"))
    why = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_move_leads_elsewhere", condition=~Q(from_school=F("to_school"))),
            models.CheckConstraint(name="a_move_says_why", condition=~Q(why="")),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} to {self.to_lea_id} on {self.moved_on}"
