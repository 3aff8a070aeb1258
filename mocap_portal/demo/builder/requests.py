"""Children and requests in every state, dated so that they are in it today."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrollment.part_time import actions as part_time
from enrollment.part_time.models import CourseLine, CourseRequest
from enrollment.records import actions as records
from enrollment.records.models import Claim, PriorSemester, Relationship
from enrollment.registration import actions as registration
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts import actions as accounts
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue, School, Term
from mocap_portal.foundation.shared.calendar import central_date
from providers.models import Course

from .catalog import LANTERN, PRAIRIE, course
from .people import hat_of
from .places import COMPASS_POINT, HARROW_SPRINGS, WALNUT_FORK, lea
from .times import ONE_DAY, business_day, closed_days, noon, term_to_ask_for

WRITING_TAKES = dt.timedelta(minutes=20)  # from the first page of a request to the signature


@dataclass(frozen=True)
class Child:
    """A child as a family types it: of this age on the day of building, with a birthday in a month, on a day of it."""

    first_name: str
    last_name: str
    age: int
    birthday: tuple[int, int]
    grade: int
    school: str  # its code inside the district


class Stage:
    """One district as seen on the day of building: its days, its term, and shorthands for what people do."""

    def __init__(self, district: str, *, at: dt.datetime) -> None:
        self.district = district
        self.at = at
        self.today = central_date(at)
        self.term: Term = term_to_ask_for(self.today)
        self.closed = closed_days(lea(district).pk)
        self.decision_days = LegalValue.objects.whole(LegalKey.DECISION_DAYS, on=self.today)

    def day(self, count: int) -> dt.date:
        """The business day `count` from today, before today for a negative count."""
        return business_day(self.today, count, self.closed)

    def on(self, count: int) -> dt.datetime:
        """Noon of that day."""
        return noon(self.day(count))

    def sent_to_be_due(self, count: int) -> dt.datetime:
        """When a request was sent that is due on the business day `count` from today."""
        return noon(business_day(self.day(count), -self.decision_days, self.closed))

    def born(self, child: Child) -> dt.date:
        """The birth date that makes the child as old as it is."""
        had_birthday = (self.today.month, self.today.day) >= child.birthday
        return dt.date(self.today.year - child.age - (not had_birthday), *child.birthday)

    def school(self, child: Child) -> School:
        return School.objects.get(lea__state_district_id=self.district, state_school_id=child.school)

    # A family -----------------------------------------------------------------------------------------

    def claim(
        self,
        email: str,
        child: Child,
        *,
        at: dt.datetime,
        relationship: Relationship = Relationship.MOTHER,
        role: Role | None = None,
    ) -> Claim:
        """A family types a child, and the district sees it."""
        claim = records.add_claim(
            by=hat_of(email, role),
            relationship=relationship,
            first_name=child.first_name,
            last_name=child.last_name,
            birth_date=self.born(child),
            grade=child.grade,
            school=self.school(child),
            at=at,
        )
        records.send_claim(claim)
        return claim

    def draft(
        self,
        claim: Claim,
        courses: Sequence[Course],
        *,
        at: dt.datetime,
        in_person: int = 4,
        told: Mapping[int, part_time.Told] | None = None,
    ) -> CourseRequest:
        """A family chooses courses and leaves it at that."""
        request = part_time.start_request(claim.pk, by=family_of(claim), term_id=self.term.pk, at=at)
        part_time.choose_courses(
            request.pk,
            course_ids=[course.pk for course in courses],
            in_person_courses=in_person,
            told=told,
            at=at,
        )
        return request

    def send(
        self,
        claim: Claim,
        courses: Sequence[Course],
        *,
        at: dt.datetime,
        has_iep_or_504: bool = False,
        in_person: int = 4,
        told: Mapping[int, part_time.Told] | None = None,
    ) -> CourseRequest:
        """A family signs and sends a request at this moment."""
        request = self.draft(claim, courses, at=at - WRITING_TAKES, in_person=in_person, told=told)
        statements = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=central_date(at))
        return part_time.submit(
            request.pk,
            by=family_of(claim),
            signed_name=claim.asked_by,
            acknowledged=list(statements.values_list("pk", flat=True)),
            has_iep_or_504=has_iep_or_504,
            prior_semester=PriorSemester.ATTENDED,
            at=at,
        )

    # The district and the provider ------------------------------------------------------------------------

    def open(self, request: CourseRequest, *, by: Membership, at: dt.datetime) -> None:
        part_time.mark_opened(request.pk, by=by, at=at)

    def approve(self, request: CourseRequest, position: int, *, by: Membership, at: dt.datetime) -> None:
        part_time.approve(line_of(request, position).pk, by=by, at=at, in_person_considered=True)

    def deny(
        self,
        request: CourseRequest,
        position: int,
        *,
        by: Membership,
        at: dt.datetime,
        factor: str,
        explanation: str,
        would_make_it_a_yes: str,
    ) -> None:
        factors = CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=central_date(at)).filter(code=factor)
        part_time.deny(
            line_of(request, position).pk,
            by=by,
            at=at,
            factor_ids=[row.pk for row in factors],
            explanation=explanation,
            would_make_it_a_yes=would_make_it_a_yes,
            in_person_considered=True,
        )

    def register(
        self, request: CourseRequest, position: int, *, by: Membership, at: dt.datetime
    ) -> RosterLine:
        return registration.register(line_of(request, position).pk, by=by, at=at)


def build_requests(at: dt.datetime) -> None:
    walnut_fork = Stage(WALNUT_FORK, at=at)
    _two_parents_and_two_children(walnut_fork)
    _the_inbox(walnut_fork)
    _one_child_entered_twice(walnut_fork)
    _students_who_ask_themselves(walnut_fork)
    _a_counselors_own_child(walnut_fork)
    _where_the_principal_decides(Stage(HARROW_SPRINGS, at=at))
    _at_the_charter_school(Stage(COMPASS_POINT, at=at))
    _what_administrators_have_to_do(walnut_fork)


def _two_parents_and_two_children(stage: Stage) -> None:
    """Robin's courses are decided, one each way; both parents are confirmed. Casey's request was sent an hour ago."""
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    robin = Child("Robin", "Whitlock", age=15, birthday=(3, 9), grade=10, school="1050")
    casey = Child("Casey", "Whitlock", age=13, birthday=(8, 21), grade=8, school="3000")

    claim = stage.claim("dana.whitlock@family.example", robin, at=stage.on(-9))
    request = stage.send(claim, [course(LANTERN, "LNG-930"), course(LANTERN, "MAT-1040")], at=stage.on(-8))
    stage.open(request, by=counselor, at=stage.on(-7))
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-7), mosis_id="9910000101")
    claim.refresh_from_db()
    second = stage.claim(
        "elena.whitlock@family.example", robin, at=stage.on(-6), relationship=Relationship.GUARDIAN
    )
    records.confirm_claim(second.pk, by=counselor, at=stage.on(-5), student_id=claim.student_id)
    stage.approve(request, 1, by=counselor, at=stage.on(-1))
    stage.deny(
        request,
        2,
        by=counselor,
        at=stage.on(-1),
        factor="prerequisite",
        explanation="AP Statistics builds on Algebra II, which Robin has not taken yet. Starting without it would "
        "put the grade and the credit at risk.",
        would_make_it_a_yes="Algebra II with a grade of C or better. It can be taken online as well.",
    )
    stage.draft(claim, [course(PRAIRIE, "ART-960")], at=stage.at - 2 * ONE_DAY)

    hour = dt.timedelta(hours=1)
    claim = stage.claim("dana.whitlock@family.example", casey, at=stage.at - 2 * hour)
    stage.send(claim, [course(LANTERN, "MAT-640")], at=stage.at - hour)
    stage.claim(
        "elena.whitlock@family.example",
        casey,
        at=stage.at - dt.timedelta(minutes=30),
        relationship=Relationship.GUARDIAN,
    )


def _the_inbox(stage: Stage) -> None:
    """Opened; due tomorrow; overdue; paused by the IEP team; and a child whom the school does not know."""
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    team = hat_of("tomas.rey@walnutfork.example")

    tyler = Child("Tyler", "Bell", age=16, birthday=(5, 2), grade=11, school="1050")
    claim = stage.claim(
        "marcus.bell@family.example", tyler, at=stage.on(-3), relationship=Relationship.FATHER
    )
    request = stage.send(claim, [course(LANTERN, "SCI-1010")], at=stage.on(-3))
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-2), mosis_id="9910000102")
    stage.open(request, by=counselor, at=stage.on(-2))

    mia = Child("Mia", "Bell", age=8, birthday=(9, 14), grade=3, school="4020")
    claim = stage.claim("marcus.bell@family.example", mia, at=stage.on(-3), relationship=Relationship.FATHER)
    records.refuse_claim(
        claim.pk,
        by=counselor,
        at=stage.on(-2),
        reason="No child of this name goes to Walnut Fork Elementary. Is it another school?",
    )

    luis = Child("Luis", "Delgado", age=17, birthday=(1, 30), grade=12, school="1050")
    sent = stage.sent_to_be_due(1)
    claim = stage.claim("rosa.delgado@family.example", luis, at=sent)
    request = stage.send(claim, [course(LANTERN, "SOC-980"), course(PRAIRIE, "ENG-980")], at=sent)
    records.confirm_claim(claim.pk, by=counselor, at=sent + ONE_DAY, mosis_id="9910000103")
    stage.open(request, by=counselor, at=sent + ONE_DAY)

    anna = Child("Anna", "Novak", age=15, birthday=(6, 11), grade=10, school="1050")
    sent = stage.sent_to_be_due(-2)
    claim = stage.claim("peter.novak@family.example", anna, at=sent, relationship=Relationship.FATHER)
    stage.send(claim, [course(LANTERN, "SCI-950")], at=sent)

    chidi = Child("Chidi", "Obi", age=14, birthday=(4, 25), grade=9, school="1050")
    claim = stage.claim("amara.obi@family.example", chidi, at=stage.on(-7))
    request = stage.send(claim, [course(LANTERN, "BUS-980")], at=stage.on(-7), has_iep_or_504=True)
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-6), mosis_id="9910000104")
    stage.open(request, by=counselor, at=stage.on(-6))
    part_time.pause_for_team(
        request.pk,
        by=team,
        at=stage.on(-4),
        reason="The IEP team meets about the help that the student gets in an online course.",
    )


def _one_child_entered_twice(stage: Stage) -> None:
    """Two parents, two spellings, two records: the MOSIS ID will show that they are one student."""
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    coordinator = hat_of("nadia.petrov@walnutfork.example")
    sent = stage.sent_to_be_due(5)
    hana = Child("Hana", "Tanaka", age=14, birthday=(10, 3), grade=9, school="1050")
    claim = stage.claim("yuki.tanaka@family.example", hana, at=sent)
    request = stage.send(claim, [course(LANTERN, "BUS-990"), course(LANTERN, "LNG-650")], at=sent)
    stage.open(request, by=counselor, at=sent + ONE_DAY)
    records.confirm_claim(claim.pk, by=counselor, at=sent + ONE_DAY, mosis_id="9910000105")
    hanna = Child("Hanna", "Tanaka", age=14, birthday=(10, 3), grade=9, school="1050")
    claim = stage.claim("ken.tanaka@family.example", hanna, at=stage.on(-4), relationship=Relationship.FATHER)
    stage.send(claim, [course(PRAIRIE, "HPE-930")], at=stage.on(-4))
    records.confirm_claim(claim.pk, by=coordinator, at=stage.on(-3))


def _students_who_ask_themselves(stage: Stage) -> None:
    """Jordan, of age, waits for the provider; Sky, homeless and without a parent, is confirmed."""
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    coordinator = hat_of("nadia.petrov@walnutfork.example")
    provider = hat_of("amir.haddad@lanternhill.example")

    jordan = Child("Jordan", "Peavey", age=18, birthday=(2, 17), grade=12, school="1050")
    claim = stage.claim(
        "jordan.peavey@student.example", jordan, at=stage.on(-7), relationship=Relationship.SELF
    )
    request = stage.send(claim, [course(LANTERN, "MAT-1000")], at=stage.on(-7))
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-6), mosis_id="9910000106")
    stage.open(request, by=counselor, at=stage.on(-6))
    stage.approve(request, 1, by=counselor, at=stage.on(-3))
    stage.register(request, 1, by=coordinator, at=stage.on(-2))

    sky = Child("Sky", "Marlowe", age=16, birthday=(7, 8), grade=11, school="1050")
    claim = stage.claim("sky.marlowe@student.example", sky, at=stage.on(-14), relationship=Relationship.SELF)
    request = stage.send(claim, [course(LANTERN, "CAR-930")], at=stage.on(-14))
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-13), mosis_id="9910000107")
    stage.open(request, by=counselor, at=stage.on(-13))
    stage.approve(request, 1, by=counselor, at=stage.on(-9))
    roster_line = stage.register(request, 1, by=coordinator, at=stage.on(-8))
    teacher = registration.add_teacher(
        by=provider,
        name="Carol Vance",
        certificate_number="MO-0418233",
        certificate_kind="Career continuous professional",
        valid_from=stage.day(-400),
        valid_to=stage.today + 900 * ONE_DAY,
    )
    registration.confirm(
        roster_line.pk,
        by=provider,
        at=stage.on(-6),
        starts_on=max(stage.term.starts_on, stage.day(3)),
        section="MT-2",
        teacher_id=teacher.pk,
    )


def _a_counselors_own_child(stage: Stage) -> None:
    """Helen asks for her daughter: a colleague has to answer."""
    coordinator = hat_of("nadia.petrov@walnutfork.example")
    nora = Child("Nora", "Okafor", age=15, birthday=(11, 5), grade=10, school="1050")
    claim = stage.claim("helen.okafor@walnutfork.example", nora, at=stage.on(-2), role=Role.PARENT)
    stage.send(claim, [course(LANTERN, "ENG-990")], at=stage.on(-2))
    records.confirm_claim(claim.pk, by=coordinator, at=stage.on(-1), mosis_id="9910000108")


def _where_the_principal_decides(stage: Stage) -> None:
    """One overdue, one opened, and one approved that lacks a data agreement with its provider."""
    counselor = hat_of("ben.carver@harrowsprings.example", Role.COUNSELOR)
    decider = hat_of("ruth.lindqvist@harrowsprings.example")

    lena = Child("Lena", "Farouk", age=17, birthday=(3, 28), grade=12, school="1075")
    sent = stage.sent_to_be_due(-1)
    claim = stage.claim("omar.farouk@family.example", lena, at=sent, relationship=Relationship.FATHER)
    request = stage.send(claim, [course(LANTERN, "SOC-990")], at=sent)
    stage.open(request, by=counselor, at=sent + ONE_DAY)

    eli = Child("Eli", "Sawyer", age=16, birthday=(12, 12), grade=11, school="1050")
    claim = stage.claim("gwen.sawyer@family.example", eli, at=stage.on(-6))
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-5), mosis_id="9920000201")
    request = stage.send(claim, [course(PRAIRIE, "SOC-990"), course(LANTERN, "BUS-990")], at=stage.on(-5))
    stage.open(request, by=counselor, at=stage.on(-4))
    stage.approve(request, 1, by=decider, at=stage.on(-1))


def _at_the_charter_school(stage: Stage) -> None:
    """A denial whose appeal stays at the school, and a new request."""
    counselor = hat_of("ines.calder@compasspoint.example", Role.COUNSELOR)
    leo = Child("Leo", "Rossi", age=14, birthday=(5, 19), grade=9, school="1910")
    claim = stage.claim("bianca.rossi@family.example", leo, at=stage.on(-6))
    request = stage.send(claim, [course(PRAIRIE, "SCI-940")], at=stage.on(-6))
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-5), mosis_id="9950000301")
    stage.open(request, by=counselor, at=stage.on(-5))
    stage.deny(
        request,
        1,
        by=counselor,
        at=stage.on(-2),
        factor="in_person_better",
        explanation="Leo asked for more time in the laboratory. The physical science class at the school has it three "
        "times a week, and a seat is free.",
        would_make_it_a_yes="A schedule that leaves no room for the class at the school.",
    )
    stage.send(claim, [course(PRAIRIE, "HPE-930")], at=stage.at - dt.timedelta(hours=3))


def _what_administrators_have_to_do(stage: Stage) -> None:
    """An invitation that nobody has answered, and a closure that DESE has to confirm."""
    administrator = hat_of("frances.doyle@walnutfork.example")
    accounts.invite(
        email="new.counselor@walnutfork.example",
        role=Role.COUNSELOR,
        organization_id=lea(stage.district).pk,
        by=administrator,
        at=stage.on(-2),
    )
    day = clocks.close_day(
        lea_id=lea(stage.district).pk,
        date=stage.day(1),
        reason="Ice storm",
        source="Notice of the superintendent",
        at=stage.at - dt.timedelta(minutes=20),
    )
    clocks.ask_emergency(day.pk, at=stage.at - dt.timedelta(minutes=15))


def family_of(claim: Claim) -> Membership:
    """The family hat of whoever typed the claim."""
    family_roles = [Role.PARENT, Role.ADULT_STUDENT, Role.STUDENT_ON_OWN]
    return Membership.objects.active().get(user=claim.claimant_id, role__in=family_roles)


def line_of(request: CourseRequest, position: int) -> CourseLine:
    return request.lines.get(position=position)
