"""The catalog is the courses that hold on a day, of providers who may teach on that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Self, cast

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import connection, models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Concat, Lower, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Provider, Term, TermCode
from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked

from .authorizations import Authorization, AuthorizationQuerySet
from .availability import Availability, AvailabilityState


class Structure(models.TextChoices):
    A = "A", _("Semester A")
    B = "B", _("Semester B")
    FULL_YEAR = "FY", _("Full year")


class Instruction(models.TextChoices):
    PROVIDER = "provider", _("Taught by the provider's teacher")
    CURRICULUM_ONLY = "curriculum_only", _("Curriculum only: your district's teacher teaches it")


class Assurance(models.TextChoices):
    DESE = "DESE", _("Assured by DESE")
    LEA = "LEA", _("Approved by a district")
    NOT_APPLICABLE = "N/A", _("Not applicable")


class Timing(models.TextChoices):
    """Whether the class meets at set hours; empty where the provider has not told."""

    SYNCHRONOUS = "synchronous", _("Live sessions at set times (synchronous)")
    ASYNCHRONOUS = "asynchronous", _("At any time of the day (asynchronous)")


# A course that is curriculum only is taught by the district's own teacher.
PROGRAM_CODES = {Instruction.PROVIDER: "50", Instruction.CURRICULUM_ONLY: "52"}

SHORTEST_GUESS = 4  # letters: of shorter words too many are alike
LEAST_LIKENESS = 0.3  # of 1: one wrong letter in a word of five is let through
NEARLY_AS_LIKE = 0.1  # words this much less like than the likeliest are meant too
MOST_WORDS = 8  # of a search; more narrow nothing any more
SHORTEST_CODE = 3  # characters: English 10 is not every course whose code begins with 10


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word in lower case, and the ids of the providers whose name has it."""

    text: str
    providers: tuple[int, ...]

    @classmethod
    def of(cls, text: str, names: Mapping[int, str]) -> Spelling:
        text = text.lower()
        return cls(text, tuple(pk for pk, name in names.items() if text in name.lower()))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a search. A mistyped one has the spellings it may mean, the likeliest first, or none."""

    spellings: tuple[Spelling, ...]


class CourseQuerySet(DatedQuerySet["Course"]):
    """Courses. Its methods name columns only, so they hold for the rows of history too (shared.history.as_of)."""

    def on_offer(self, *, starting: dt.date, authorizations: AuthorizationQuerySet | None = None) -> Self:
        """What a family may choose for a start on this day: listed, and its provider authorized (R-10, R-93).

        `authorizations`: those in force on that day; those of today's rows unless others are given.
        """
        if authorizations is None:
            authorizations = Authorization.objects.in_force(starting)
        return self.on(starting).filter(Exists(authorizations.filter(provider=OuterRef("provider"))))

    def open_in(self, term: Term) -> Self:
        """Without those that their provider has closed, or that are full, in this term."""
        taken = Availability.objects.filter(course=OuterRef("id"), term=term)
        return self.exclude(Exists(taken.exclude(state=AvailabilityState.OPEN)))

    def matching(self, words: str) -> Self:
        """The courses that have each of these words in their title, subject, codes or provider's name.

        A word that stands nowhere is taken for a typing error, and the courses with a word like it are found. The
        best come first in `ranked`. It asks the database about the words at once, before the courses.
        """
        return self.having(self.understand(words))

    def understand(
        self, words: str, *, vocabulary: Callable[[], Collection[str]] | None = None
    ) -> list[Word]:
        """What each word means among these courses: a query for the names of providers, one for each word in no name.

        `vocabulary`: gives the words a mistyped one is compared with, if there is any; else they are gathered anew.
        """
        texts = words.split()[:MOST_WORDS]
        if not texts:
            return []
        names = dict(Provider.objects.values_list("pk", "organization__name"))
        understood = []
        for text in texts:
            word = Word((Spelling.of(text, names),))
            if is_guessable(text) and not word.spellings[0].providers and not self.having([word]).exists():
                known = vocabulary() if vocabulary else self.vocabulary()
                word = Word(tuple(Spelling.of(like, names) for like in words_like(text, known)))
            understood.append(word)
        return understood

    def vocabulary(self) -> list[str]:
        """The words in the titles, subjects and providers' names of these courses that a mistyped word may mean."""
        text = models.TextField()
        words = Func(F("search_text"), Value(" "), function="string_to_array", output_field=ArrayField(text))
        word = Func(words, function="unnest", output_field=text)
        found = self.order_by().values_list(word, flat=True).distinct()
        names = Provider.objects.values_list("organization__name", flat=True)
        everything = {*found, *(word for name in names for word in name.lower().split())}
        plain = {word.strip(".,:;!?()“”\"'") for word in everything}
        return sorted(word for word in plain if is_guessable(word))

    def having(self, words: Iterable[Word]) -> Self:
        """The courses that have each of these words."""
        found = self
        for word in words:
            if not word.spellings:
                return found.none()
            found = found.filter(reduce(or_, map(_has, word.spellings)))
        return found

    def ranked(self, words: Iterable[Word]) -> Self:
        """The same courses: those with the words in their title first, then the others, each by the alphabet.

        Of a mistyped word the likeliest meaning comes first.
        """
        rank: Any = None
        for word in words:
            found = [
                When(**{f"{column}__contains": spelling.text}, then=Value(2 * place + offset))
                for place, spelling in enumerate(word.spellings)
                for offset, column in enumerate(("lower_title", "search_text"))
            ]
            step = Case(*found, default=Value(2 * len(word.spellings)))
            rank = step if rank is None else rank + step
        if rank is None:
            return self.order_by(Lower("title"), "id")
        return self.alias(lower_title=Lower("title")).order_by(rank, "lower_title", "id")

    def for_grade(self, grade: int) -> Self:
        return self.filter(grade_low__lte=grade, grade_high__gte=grade)

    def taken_in(self, term_code: str) -> Self:
        """Whole-year courses fill the year; A and B halves fit either semester."""
        whole_year = Q(structure=Structure.FULL_YEAR)
        return self.filter(whole_year if term_code == TermCode.YL else ~whole_year)


def is_guessable(word: str) -> bool:
    """Whether a word may be mistyped: codes and numbers are meant as they are."""
    return len(word) >= SHORTEST_GUESS and word.isalpha()


def words_like(word: str, vocabulary: Collection[str]) -> list[str]:
    """The words that are most like this one, by their groups of three letters (pg_trgm), the likeliest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, similarity(word, %(word)s) AS likeness FROM unnest(%(known)s::text[]) AS word "
            "WHERE similarity(word, %(word)s) >= %(least)s ORDER BY likeness DESC, word",
            {"word": word.lower(), "known": list(vocabulary), "least": LEAST_LIKENESS},
        )
        found = cursor.fetchall()
    return [known for known, likeness in found if likeness >= found[0][1] - NEARLY_AS_LIKE]


def _has(word: Spelling) -> Q:
    # Each part has an index and none asks another table, so that the planner can use them together.
    found = Q(search_text__contains=word.text)
    if word.providers:
        found |= Q(provider__in=word.providers)
    if len(word.text) >= SHORTEST_CODE:
        found |= Q(provider_course_code__istartswith=word.text) | Q(state_course_code__startswith=word.text)
    return found


class CourseFacts:
    """What a course says of itself, today's row and a row of its history alike. Use `id`, not `pk`, of either."""

    id: int
    title: str
    structure: str
    instruction: str
    price_semester: Decimal | None
    price_year: Decimal | None

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("providers:course", args=[self.id])

    @property
    def price(self) -> Decimal:
        """Dollars for the course as it is taken: the year of a full-year course, the semester of an A or B course."""
        price = self.price_year if self.structure == Structure.FULL_YEAR else self.price_semester
        return cast("Decimal", price)  # course_has_the_price_of_its_structure

    @property
    def program_code(self) -> str:
        """The code under which districts report it in core data."""
        return PROGRAM_CODES[Instruction(self.instruction)]


@tracked(like=CourseFacts)
class Course(CourseFacts, models.Model):
    """A course as the catalog shows it for a span of days. A change of price or text is a new row.

    Grades: 0 is kindergarten. Prices in dollars. `weekly_minutes` None: the state's usual time (weekly_time.py).
    Each assurance has who gave it (`…_by`: the district or reviewer) and when (`…_on`), where that was told.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="courses")
    provider_course_code = models.CharField(max_length=40)
    title = models.CharField(max_length=150)
    state_course_code = models.CharField(max_length=10)
    subject = models.CharField(max_length=60)
    grade_low = models.PositiveSmallIntegerField()
    grade_high = models.PositiveSmallIntegerField()
    structure = models.CharField(max_length=2, choices=Structure.choices)
    credits = models.DecimalField(max_digits=3, decimal_places=2)
    instruction = models.CharField(max_length=15, choices=Instruction.choices)
    price_semester = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    price_year = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    ap = models.BooleanField(default=False)
    college_board_approved = models.BooleanField(default=False)
    state_assessed = models.BooleanField(default=False, help_text=_("Ends with a test of the state"))
    lea_offered = models.BooleanField(
        default=False, help_text=_("A district's own course that meets RSMo 162.1250")
    )
    timing = models.CharField(max_length=12, choices=Timing.choices, blank=True)
    weekly_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    prerequisites = models.CharField(max_length=300, blank=True)
    assurance_data_security = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_data_security_by = models.CharField(max_length=120, blank=True)
    assurance_data_security_on = models.DateField(null=True, blank=True)
    assurance_educator = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_educator_by = models.CharField(max_length=120, blank=True)
    assurance_educator_on = models.DateField(null=True, blank=True)
    assurance_standards = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_standards_by = models.CharField(max_length=120, blank=True)
    assurance_standards_on = models.DateField(null=True, blank=True)
    assurance_accessibility = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_accessibility_by = models.CharField(max_length=120, blank=True)
    assurance_accessibility_on = models.DateField(null=True, blank=True)
    assurance_ap = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_ap_by = models.CharField(max_length=120, blank=True)
    assurance_ap_on = models.DateField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    search_text = models.GeneratedField(
        expression=Lower(Concat("title", Value(" "), "subject")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("course_starts_before_it_ends"),
            one_at_a_time(
                "one_listing_of_a_course_at_a_time", same=["provider", "provider_course_code", "structure"]
            ),
            models.CheckConstraint(
                name="course_grades_in_order", condition=Q(grade_low__lte=F("grade_high"), grade_high__lte=12)
            ),
            models.CheckConstraint(
                name="ap_needs_college_board", condition=Q(ap=False) | Q(college_board_approved=True)
            ),
            models.CheckConstraint(
                name="course_has_the_price_of_its_structure",
                condition=Q(structure="FY", price_year__isnull=False)
                | (~Q(structure="FY") & Q(price_semester__isnull=False)),
            ),
            models.CheckConstraint(name="course_earns_credit", condition=Q(credits__gt=0)),
            models.CheckConstraint(
                name="state_tested_courses_are_aligned",
                condition=Q(state_assessed=False) | ~Q(assurance_standards="N/A"),
            ),
            models.CheckConstraint(
                name="course_takes_some_time",
                condition=Q(weekly_minutes__isnull=True) | Q(weekly_minutes__gt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "title"], name="course_by_subject_and_title"),
            models.Index(Lower("title"), "id", name="course_by_title"),
            GinIndex(OpClass("search_text", "gin_trgm_ops"), name="course_by_words"),
            models.Index(
                OpClass(Upper("provider_course_code"), "text_pattern_ops"), name="course_by_own_code"
            ),
            models.Index(OpClass("state_course_code", "varchar_pattern_ops"), name="course_by_state_code"),
        ]
