"""Requests and courses in states that the first ones are not in: changed, taken back, decided anew, running, over."""

import datetime as dt
from decimal import Decimal

from enrollment.part_time import actions as part_time
from enrollment.part_time.models import (
    Advice,
    Basis,
    Channel,
    Outcome,
    TeamOutcome,
)
from enrollment.records import actions as records
from enrollment.records.models import PriorSemester, Relationship
from enrollment.registration import actions as registration
from enrollment.registration.models import Party, Result
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet

from .catalog import LANTERN, course
from .people import hat_of
from .places import HARROW_SPRINGS, WALNUT_FORK
from .requests import Child, Stage, family_of, line_of
from .running import OF_WALNUT_FORK, Running, Seat
from .times import ONE_DAY, business_day, noon


def build_further(at: dt.datetime) -> None:
    stage = Stage(WALNUT_FORK, at=at)
    _corrected(stage)
    _taken_back(stage)
    _decided_anew(stage)
    _the_team_is_done(stage)
    _the_family_pays(stage)
    _asked_twice(stage)
    _by_phone_and_on_paper(stage)
    _advised(Stage(HARROW_SPRINGS, at=at))
    _courses_that_ran(Running(OF_WALNUT_FORK, at=at))


# Before the course --------------------------------------------------------------------------------


def _corrected(stage: Stage) -> None:
    """The family has corrected what it sent: the district sees what stood there before."""
    maya = Child("Maya", "Hammond", age=16, birthday=(2, 3), grade=11, school="1050")
    claim = stage.claim("iris.hammond@family.example", maya, at=stage.on(-2))
    request = stage.send(claim, [course(LANTERN, "ENG-1000")], at=stage.on(-2))
    line = line_of(request, 1)
    part_time.amend(
        request.pk,
        by=family_of(claim),
        at=stage.on(-1),
        signed_name=claim.asked_by,
        in_person_courses=6,
        has_iep_or_504=False,
        prior_semester="attended",
        note="Maya works in the afternoon from January on.",
        told={line.course_id: part_time.Told(reason_id=_reason(stage, "schedule"), basis=Basis.ASKED)},
    )


def _taken_back(stage: Stage) -> None:
    """Taken back before anybody decided."""
    noah = Child("Noah", "Hammond", age=14, birthday=(6, 1), grade=9, school="1050")
    claim = stage.claim("iris.hammond@family.example", noah, at=stage.on(-5))
    request = stage.send(claim, [course(LANTERN, "SCI-980")], at=stage.on(-5))
    registration.withdraw(
        request.pk,
        by=family_of(claim),
        at=stage.on(-3),
        line_ids=[line_of(request, 1).pk],
        reason="The school has found a seat in the classroom.",
    )


def _decided_anew(stage: Stage) -> None:
    """Denied by mistake, then approved: both letters are there."""
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    zoe = Child("Zoe", "Lindahl", age=17, birthday=(9, 2), grade=12, school="1050")
    claim = stage.claim("carl.lindahl@family.example", zoe, at=stage.on(-6), relationship=Relationship.FATHER)
    request = stage.send(claim, [course(LANTERN, "MAT-980")], at=stage.on(-6))
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-5), mosis_id="9910000111")
    stage.open(request, by=counselor, at=stage.on(-5))
    stage.deny(
        request,
        1,
        by=counselor,
        at=stage.on(-3),
        factor="prerequisite",
        explanation="Trigonometry builds on Algebra II. The transcript that we have shows no grade for it yet.",
        would_make_it_a_yes="A passing grade in Algebra II.",
    )
    decision_id = line_of(request, 1).decision_id
    assert decision_id is not None  # it was just denied
    part_time.supersede(
        decision_id,
        by=counselor,
        at=stage.on(-2),
        outcome=Outcome.APPROVED,
        reason="The grade in Algebra II was there; it had been filed under the summer school.",
        in_person_considered=True,
        in_person_options="The class at the school is full.",
    )


def _the_team_is_done(stage: Stage) -> None:
    """The IEP team has answered; the clock runs again."""
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    team = hat_of("tomas.rey@walnutfork.example")
    owen = Child("Owen", "Lindahl", age=15, birthday=(4, 4), grade=10, school="1050")
    claim = stage.claim(
        "carl.lindahl@family.example", owen, at=stage.on(-6), relationship=Relationship.FATHER
    )
    request = stage.send(claim, [course(LANTERN, "SOC-980")], at=stage.on(-6), has_iep_or_504=True)
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-5), mosis_id="9910000112")
    stage.open(request, by=counselor, at=stage.on(-5))
    part_time.pause_for_team(request.pk, by=team, at=stage.on(-4), reason="The team looks at reading aids.")
    part_time.resume_after_team(
        request.pk,
        by=team,
        at=stage.on(-1),
        met_on=stage.day(-1),
        outcome=TeamOutcome.SUITS_WITH_HELP,
        words="With text that is read aloud, and a call by the resource teacher every week.",
    )


def _the_family_pays(stage: Stage) -> None:
    """A course above a full load, which the family pays itself, is approved."""
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    ivy = Child("Ivy", "Ostrow", age=16, birthday=(12, 1), grade=11, school="1050")
    claim = stage.claim("paula.ostrow@family.example", ivy, at=stage.on(-6))
    wanted = course(LANTERN, "SCI-1000")
    told = {wanted.pk: part_time.Told(reason_id=_reason(stage, "not_offered"), basis=Basis.PRIVATE)}
    request = stage.send(claim, [wanted], at=stage.on(-6), in_person=6, told=told)
    records.confirm_claim(claim.pk, by=counselor, at=stage.on(-5), mosis_id="9910000113")
    stage.open(request, by=counselor, at=stage.on(-5))
    stage.approve(request, 1, by=counselor, at=stage.on(-4))


def _asked_twice(stage: Stage) -> None:
    """Both parents ask for the same course: the district sees that it is one."""
    max_ = Child("Max", "Ostrow", age=13, birthday=(1, 15), grade=8, school="3000")
    for email, relationship, days in [
        ("paula.ostrow@family.example", Relationship.MOTHER, -2),
        ("jon.ostrow@family.example", Relationship.FATHER, -1),
    ]:
        claim = stage.claim(email, max_, at=stage.on(days), relationship=relationship)
        stage.send(claim, [course(LANTERN, "MAT-640")], at=stage.on(days))


def _by_phone_and_on_paper(stage: Stage) -> None:
    """A grandfather without an account called for his two grandchildren. One of the decisions was made on paper."""
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    asker = records.Asker(name="Amos Birch", relationship=Relationship.GUARDIAN, phone="573-555-0148")
    statements = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=stage.today)
    asked = {}
    for name, code in [("Lena", "MAT-980"), ("Otis", "SCI-990")]:
        child = Child(name, "Birch", age=15, birthday=(10, 20), grade=10, school="1050")
        asked[name] = part_time.enter_request(
            records.Child(
                first_name=child.first_name,
                last_name=child.last_name,
                birth_date=stage.born(child),
                grade=child.grade,
                school_id=stage.school(child).pk,
            ),
            asker,
            part_time.Asked(
                channel=Channel.PHONE,
                came_on=stage.day(-4),
                term_id=stage.term.pk,
                courses=[part_time.AskedCourse(course(LANTERN, code).pk)],
                in_person_courses=4,
                signed_name=asker.name,
                has_iep_or_504=False,
                prior_semester=PriorSemester.ATTENDED,
            ),
            by=counselor,
            at=stage.on(-4),
            acknowledged=list(statements.values_list("pk", flat=True)),
        )
    part_time.record_paper_decision(
        asked["Otis"].pk,
        [part_time.PaperOutcome(line_of(asked["Otis"], 1).pk, Outcome.APPROVED)],
        part_time.Paper(
            decided_on=stage.day(-2),
            decided_by_name="Helen Okafor, counselor",
            reference="Folder of the counseling office, Birch",
            in_person_considered=True,
        ),
        by=counselor,
        at=stage.on(-1),
    )


def _advised(stage: Stage) -> None:
    """Where the principal decides, the counselor has given advice."""
    counselor = hat_of("ben.carver@harrowsprings.example", Role.COUNSELOR)
    tess = Child("Tess", "Marin", age=17, birthday=(3, 3), grade=12, school="1050")
    claim = stage.claim("lucia.marin@family.example", tess, at=stage.on(-3))
    request = stage.send(claim, [course(LANTERN, "ENG-1010")], at=stage.on(-3))
    stage.open(request, by=counselor, at=stage.on(-2))
    part_time.recommend(
        line_of(request, 1).pk,
        by=counselor,
        at=stage.on(-1),
        advice=Advice.FOR,
        words="Tess finished two online courses on time and asks for help when she needs it.",
    )


# Courses that run or ran --------------------------------------------------------------------------


def _courses_that_ran(stage: Running) -> None:
    family = "edna.pruitt@family.example"
    children = [
        ("Abel", "9910000121", "BUS-980"),
        ("Bea", "9910000122", "BUS-1000"),
        ("Cole", "9910000123", "ENG-980"),
        ("Dora", "9910000124", "SCI-990"),
        ("Emil", "9910000125", "SOC-980"),
        ("Faye", "9910000126", "CAR-930"),
    ]
    runs, finished, completed, withdrawn, removed, exchanged = (
        stage.began(
            stage.seat(
                family,
                Child(name, "Pruitt", age=15, birthday=(month, 7), grade=10, school="1050"),
                course(LANTERN, code),
                mosis_id=mosis_id,
            )
        )
        for month, (name, mosis_id, code) in enumerate(children, start=1)
    )
    _extended(stage, runs)
    _how_it_ended(stage, finished, Result.COMPLETED, 100, "B+")
    _how_it_ended(stage, completed, Result.COMPLETED, 100, "A")
    registration.confirm_result(
        completed.line.pk, by=stage.coordinator, at=stage.at, credit_earned=Decimal("0.50")
    )
    registration.withdraw(
        withdrawn.request.pk,
        by=family_of(withdrawn.request.claim),
        at=stage.on(-1),
        line_ids=[withdrawn.line.pk],
        last_day=max(stage.day(-1), stage.first_day),
        reason="We move to another state.",
    )
    registration.remove(
        removed.roster_line.pk,
        by=stage.coordinator,
        at=stage.on(-1),
        on=max(stage.day(-1), stage.first_day),
        reason="The course has no subtitles yet, and the student cannot follow the lessons without them.",
    )
    _exchanged(stage, exchanged)
    _could_not_start(stage)


def _extended(stage: Running, seat: Seat) -> None:
    line = seat.line
    assert line.ends_on is not None  # the provider has confirmed it
    registration.extend(
        seat.roster_line.pk,
        by=stage.coordinator,
        at=stage.on(-2),
        ends_on=line.ends_on + 14 * ONE_DAY,
        reason="Two weeks in hospital.",
        agreed_by=Party.PROVIDER,
        agreed_name="Amir Haddad, Lantern Hill Online",
    )


def _how_it_ended(stage: Running, seat: Seat, result: Result, percent: int, grade: str) -> None:
    registration.finish(
        seat.roster_line.pk,
        by=stage.provider,
        at=stage.on(-1),
        on=max(stage.day(-1), stage.first_day),
        result=result,
        percent_complete=percent,
        final_grade=grade,
    )


def _exchanged(stage: Running, seat: Seat) -> None:
    """Soon after its first day another course of the same provider took its place; it waits to be registered."""
    soon = business_day(stage.first_day, 3, stage.closed)
    registration.swap(
        seat.line.pk,
        by=stage.counselor,
        at=min(noon(soon), stage.at),
        course_id=course(LANTERN, "MAT-1020").pk,
        reason="The level was too easy.",
        asked_by=Party.FAMILY,
        asked_name="Edna Pruitt",
        in_person_considered=True,
    )


def _could_not_start(stage: Running) -> None:
    """The first day came, and the teacher's certificate had run out: the course waits."""
    expired = stage.hire("Gus Tremaine", "MO-0120044", until=stage.first_day - ONE_DAY)
    gina = Child("Gina", "Pruitt", age=16, birthday=(7, 7), grade=11, school="1050")
    stage.seat(
        "edna.pruitt@family.example", gina, course(LANTERN, "MAT-960"), mosis_id="9910000127", teacher=expired
    )


def _reason(stage: Stage, code: str) -> int:
    reasons = CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=stage.today)
    return reasons.get(code=code).pk
