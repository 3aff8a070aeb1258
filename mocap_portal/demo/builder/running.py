"""Courses that run: who asked in time, was registered and confirmed, and began. Harrow Springs left three out."""

import datetime as dt
from dataclasses import dataclass

from enrollment.part_time.models import CourseLine, CourseRequest
from enrollment.records import actions as records
from enrollment.registration import actions as registration
from enrollment.registration.models import RosterLine, Teacher
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Term, TermCode
from providers.models import Course

from .catalog import LANTERN, course
from .people import hat_of
from .places import HARROW_SPRINGS, WALNUT_FORK
from .requests import Child, Stage
from .times import ONE_DAY, business_day, noon

ASKED_BEFORE = 15  # business days before its first day a course that runs was asked for


@dataclass(frozen=True, slots=True)
class Staff:
    """Who does what in a district, by e-mail, and whom the provider gives it: name and certificate of a teacher."""

    district: str
    counselor: str
    decider: tuple[str, Role]
    coordinator: str
    teacher: tuple[str, str]


OF_WALNUT_FORK = Staff(
    WALNUT_FORK,
    "helen.okafor@walnutfork.example",
    ("helen.okafor@walnutfork.example", Role.COUNSELOR),
    "nadia.petrov@walnutfork.example",
    ("Miriam Stone", "MO-0733901"),
)
OF_HARROW_SPRINGS = Staff(
    HARROW_SPRINGS,
    "ben.carver@harrowsprings.example",
    ("ruth.lindqvist@harrowsprings.example", Role.DECIDER),
    "ben.carver@harrowsprings.example",
    ("Edith Lowell", "MO-0551207"),
)
# The district's October has none of these courses: most likely one setting of its system.
LEFT_OUT = (
    (
        "lucia.marin@family.example",
        Child("Rafael", "Marin", 15, (4, 11), 10, "1050"),
        "BUS-980",
        "9920000211",
    ),
    (
        "omar.farouk@family.example",
        Child("Samira", "Farouk", 16, (8, 30), 11, "1075"),
        "SOC-980",
        "9920000212",
    ),
    ("gwen.sawyer@family.example", Child("Theo", "Sawyer", 17, (2, 19), 12, "1050"), "CAR-930", "9920000213"),
)


def build_running(at: dt.datetime) -> None:
    stage = Running(OF_HARROW_SPRINGS, at=at)
    for email, child, code, mosis_id in LEFT_OUT:
        stage.began(stage.seat(email, child, course(LANTERN, code), mosis_id=mosis_id))


@dataclass
class Seat:
    """A student in a course that began: its request, its line on the roster."""

    request: CourseRequest
    roster_line: RosterLine

    @property
    def line(self) -> CourseLine:
        return CourseLine.objects.get(pk=self.roster_line.line_id)


class Running(Stage):
    """The district in the term that runs, or ran last: who asked in time, was registered, confirmed, and began."""

    def __init__(self, staff: Staff, *, at: dt.datetime) -> None:
        super().__init__(staff.district, at=at)
        self.term: Term = _term_of(self.today)
        newest = min(self.day(-25), self.term.ends_on - 45 * ONE_DAY)
        self.first_day = max(self.term.starts_on, newest)
        self.counselor = hat_of(staff.counselor, Role.COUNSELOR)
        self.decider = hat_of(*staff.decider)
        self.coordinator = hat_of(staff.coordinator, Role.COORDINATOR)
        self.provider: Membership = hat_of("amir.haddad@lanternhill.example")
        self.teacher = self.hire(*staff.teacher, until=self.today + 700 * ONE_DAY)

    def hire(self, name: str, number: str, *, until: dt.date) -> Teacher:
        return registration.add_teacher(
            by=self.provider,
            name=name,
            certificate_number=number,
            certificate_kind="Career continuous professional",
            valid_from=self.first_day - 400 * ONE_DAY,
            valid_to=until,
        )

    def before(self, count: int) -> dt.datetime:
        """Noon, so many business days before the first day."""
        return noon(business_day(self.first_day, -count, self.closed))

    def seat(
        self, email: str, child: Child, wanted: Course, *, mosis_id: str, teacher: Teacher | None = None
    ) -> Seat:
        """From the asking to the provider's answer, for a course that begins on the first day."""
        claim = self.claim(email, child, at=self.before(ASKED_BEFORE))
        request = self.send(claim, [wanted], at=self.before(ASKED_BEFORE))
        records.confirm_claim(
            claim.pk, by=self.counselor, at=self.before(ASKED_BEFORE - 1), mosis_id=mosis_id
        )
        self.open(request, by=self.counselor, at=self.before(ASKED_BEFORE - 1))
        self.approve(request, 1, by=self.decider, at=self.before(ASKED_BEFORE - 5))
        roster_line = self.register(request, 1, by=self.coordinator, at=self.before(ASKED_BEFORE - 7))
        return self._confirmed(request, roster_line, teacher or self.teacher)

    def _confirmed(self, request: CourseRequest, roster_line: RosterLine, teacher: Teacher) -> Seat:
        registration.confirm(
            roster_line.pk,
            by=self.provider,
            at=self.before(ASKED_BEFORE - 9),
            starts_on=self.first_day,
            section="LH-7",
            teacher_id=teacher.pk,
        )
        return Seat(request, roster_line)

    def began(self, seat: Seat) -> Seat:
        registration.start(seat.line.pk, at=noon(self.first_day), on=self.first_day)
        return seat


def _term_of(day: dt.date) -> Term:
    """The semester that runs on this day, or ran last."""
    semesters = Term.objects.filter(code__in=[TermCode.S1, TermCode.S2], starts_on__lte=day - 5 * ONE_DAY)
    return semesters.order_by("-starts_on")[0]
