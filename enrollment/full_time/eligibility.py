"""Whether a program takes an application for a child on a day: the law's questions and the program's own (R-49).

Reads only. What is asked beyond these (the papers, the semester before) never refuses by itself.
"""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from enrollment.part_time.rules import Answer, Finding, of_every_student
from enrollment.records.models import Claim
from mocap_portal.foundation.directory.models import SchoolYear, Term
from mocap_portal.foundation.ui.words import long_day

from .models import AdmissionWindow, EnrollmentState, Program, ProgramEnrollment


def questions(claim: Claim, program: Program, term: Term, *, on: dt.date) -> list[Finding]:
    """Each question with its answer on this day. An application with one that is not met is not taken."""
    return [
        *of_every_student(claim, on=on),
        Finding(
            "R-49",
            _("In a grade of the program"),
            Answer.of(program.grades_low <= claim.grade <= program.grades_high),
            _("This program does not have the grade of this student. Look for another program."),
            source=program.name,
        ),
        _window(program, term, on=on),
        _again(claim, program, term),
    ]


def _window(program: Program, term: Term, *, on: dt.date) -> Finding:
    window = AdmissionWindow.objects.filter(program=program, term=term).first()
    sentence = (
        _("The program takes applications for this term from %(first)s to %(last)s. Your draft stays.")
        % {"first": long_day(window.opens_on), "last": long_day(window.closes_on)}
        if window
        else ""
    )
    is_open = window is None or window.opens_on <= on <= window.closes_on
    question = _("Inside the program's dates for this term")
    return Finding("R-49", question, Answer.of(is_open), sentence, source=program.name)


def _again(claim: Claim, program: Program, term: Term) -> Finding:
    """Disenrolled by this program in the school year of the term: not before the next one (R-60)."""
    year: SchoolYear = term.school_year
    ended = ProgramEnrollment.objects.filter(
        program=program,
        state=EnrollmentState.DISENROLLED,
        ended_on__gte=year.starts_on,
        ended_on__lte=year.ends_on,
    )
    if claim.student_id is not None:
        ended = ended.filter(student=claim.student_id)
    else:  # nobody has said yet who this child is: the same name and birth date
        ended = ended.filter(
            student__first_name__iexact=claim.first_name,
            student__last_name__iexact=claim.last_name,
            student__birth_date=claim.birth_date,
        )
    return Finding(
        "R-60",
        _("Not disenrolled by this program in the same school year"),
        Answer.of(not ended.exists()),
        _("This program ended the student's enrollment in this school year. Apply for the next one."),
        source="RSMo 161.670.4(4)",
    )
