"""What the rules ask of a request that was sent, each answer with its source. Reads only; nothing here decides."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.records.models import PriorSemester
from mocap_portal.foundation.directory.models import LeaPolicy, LegalKey, LegalValue, RequestWindow
from mocap_portal.foundation.shared.calendar import central_date

from .models import CourseRequest, TeamReview
from .rules import Answer, Finding, eligibility

PRIOR_SEMESTER_ANSWERS = {
    PriorSemester.ATTENDED: Answer.MET,
    PriorSemester.EXCEPTION: Answer.EXCEPTION,
    PriorSemester.NOT_ATTENDED: Answer.NOT_MET,
    "": Answer.NOT_ASKED,
}


@dataclass(frozen=True)
class Findings:
    """The answers as they stood on the day the request was sent, and what the district prints about its dates.

    `policy_text` is the district's policy on the prior semester, empty where the finding is switched off.
    """

    answers: list[Finding]
    policy_text: str
    window_text: str
    window: RequestWindow | None


def findings(request: CourseRequest) -> Findings:
    """What the rules ask of `request`, whose claim and lines are loaded."""
    assert request.submitted_at is not None  # nobody reviews a draft
    sent_on = central_date(request.submitted_at)
    policy = LeaPolicy.objects.on(sent_on).filter(lea=request.lea_id).first()
    rows = LegalValue.objects.on(sent_on).filter(key__in=[LegalKey.FULL_LOAD, LegalKey.PRIOR_SEMESTER])
    values = {row.key: row for row in rows}
    prior = prior_semester(request.prior_semester, values.get(LegalKey.PRIOR_SEMESTER))
    return Findings(
        answers=[
            *eligibility(request.claim, on=sent_on),
            _full_load(request, values[LegalKey.FULL_LOAD]),
            *prior,
        ],
        policy_text=policy.prior_semester_text if policy and prior else "",
        window_text=policy.window_text if policy else "",
        window=RequestWindow.objects.filter(lea=request.lea_id, term=request.term_id).first(),
    )


def newest_team_review(request: CourseRequest) -> TeamReview | None:
    """What the IEP or 504 team found last: for the decider and for the family (R-17, R-27)."""
    return request.team_reviews.select_related("by__user").order_by("-at", "-pk").first()


def _full_load(request: CourseRequest, full_load: LegalValue) -> Finding:
    over = sum(line.over_full_load for line in request.lines.all())
    return Finding(
        "R-07",
        _("Within a full load of %(count)d courses") % {"count": int(full_load.number)},
        Answer.of(over == 0),
        ngettext(
            "%(over)d course lies above a full load: the district need not pay for it.",
            "%(over)d courses lie above a full load: the district need not pay for them.",
            over,
        )
        % {"over": over},
        source=full_load.source,
    )


def prior_semester(said: str, switch: LegalValue | None) -> list[Finding]:
    """The finding of D-02 about what a family said, while the state has it switched on.

    It is told and never denies by itself (R-03).
    """
    if switch is None or switch.number != 1:
        return []
    answer = PRIOR_SEMESTER_ANSWERS[said]
    sentence = {
        Answer.MET: "",
        Answer.EXCEPTION: _(
            "A documented medical or psychological condition clears it. Ask for the paper if you need to see it."
        ),
        Answer.NOT_MET: _(
            "This alone denies no course: weigh it only as far as it tells what is best for the student."
        ),
        Answer.NOT_ASKED: _("The family was not asked. This denies no course."),
    }[answer]
    question = _("In a Missouri public school in the semester before")
    rule = "R-04" if answer is Answer.EXCEPTION else "R-03"
    return [Finding(rule, question, answer, sentence, source=switch.source, note=switch.note)]
