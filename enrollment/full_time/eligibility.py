"""Whether a program takes an application for a child on a day: the law's questions and the program's own (R-49).

Reads only. What is asked beyond these (the papers, the semester before) never refuses by itself.
"""

import dataclasses
import datetime as dt

from django.utils.translation import gettext_lazy as _

from enrollment.part_time.findings import Findings, prior_semester
from enrollment.part_time.rules import Answer, Finding, of_every_student
from enrollment.records.models import Claim
from mocap_portal.foundation.directory.models import LeaPolicy, LegalKey, LegalValue, SchoolYear, Term
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.words import long_day

from .models import AdmissionWindow, EnrollmentState, Program, ProgramApplication, ProgramEnrollment

# A program admits a student; it approves and denies no courses.
SEMESTER_SENTENCES = {
    Answer.NOT_MET: _(
        "This alone refuses nobody: weigh it only as far as it tells what is best for the student."
    ),
    Answer.NOT_ASKED: _("The family was not asked. This refuses nobody."),
}


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


def semester_before(application: ProgramApplication) -> Findings:
    """The finding about the semester before, as it stood on the day the application was sent, with the policy of the
    host's district; both empty where the state does not ask (D-02). It refuses nobody by itself (R-03)."""
    assert application.submitted_at is not None  # nobody reviews a draft
    sent_on = central_date(application.submitted_at)
    switch = LegalValue.objects.on(sent_on).filter(key=LegalKey.PRIOR_SEMESTER).first()
    answers = [
        dataclasses.replace(finding, sentence=SEMESTER_SENTENCES.get(finding.answer, finding.sentence))
        for finding in prior_semester(application.prior_semester, switch)
    ]
    policies = LeaPolicy.objects.on(sent_on).filter(lea=application.program.host_id)
    policy = policies.first() if answers else None
    return Findings(answers, policy.prior_semester_text if policy else "", window_text="", window=None)


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
