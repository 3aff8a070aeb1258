"""The facts of a decision letter, gathered from the rows it is about. Reads only."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import (
    AppealLadder,
    CodeMeaning,
    CodeSet,
    LeaPolicy,
    LegalKey,
    LegalValue,
    NoLegalValue,
)
from mocap_portal.foundation.papers.letters import AppealRoute, DecisionFacts, Replaced, WhoPays
from mocap_portal.foundation.shared.calendar import central_date

from .models import Basis, CourseLine, CourseRequest, Decision, Outcome

# What districts write in, whatever the decider reads. The letter itself offers help in other languages.
LETTER_LANGUAGE = "en"
SPECIAL_EDUCATION = "special_education"  # the code of its dispute route


def approval(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    register_by: dt.date | None,
    in_person_options: str = "",
    replaced: Replaced | None = None,
) -> DecisionFacts:
    """`register_by` is None where the family pays and registers its child itself."""
    confirm_days = LegalValue.objects.whole(LegalKey.CONFIRM_DAYS, on=central_date(at))
    with translation.override(LETTER_LANGUAGE):
        return _decision(
            line,
            by=by,
            at=at,
            in_person_options=in_person_options,
            replaced=replaced,
            who_pays=_who_pays(line),
            register_by=register_by,
            confirm_days=confirm_days,
        )


def denial(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    factors: Sequence[str],
    explanation: str,
    would_make_it_a_yes: str,
    in_person_options: str = "",
    replaced: Replaced | None = None,
) -> DecisionFacts:
    with translation.override(LETTER_LANGUAGE):
        return _decision(
            line,
            by=by,
            at=at,
            in_person_options=in_person_options,
            replaced=replaced,
            factors=tuple(factors),
            explanation=explanation,
            would_make_it_a_yes=would_make_it_a_yes,
            appeal=way_to_object(line.request, on=central_date(at)),
        )


def replaced(decision: Decision | None, reason: str) -> Replaced | None:
    """Which decision a new letter replaces, and why; None for a first decision."""
    if decision is None:
        return None
    return Replaced(
        day=central_date(decision.decided_at),
        approved=decision.outcome == Outcome.APPROVED,
        has_letter=decision.letter_id is not None,
        reason=reason.strip(),
    )


def _who_pays(line: CourseLine) -> WhoPays:
    """Above a full load an approval says that the district pays, for it need not (R-07)."""
    if line.is_private:
        return WhoPays.FAMILY
    return WhoPays.AGREED if line.basis in {Basis.ASKED, Basis.AGREED} else WhoPays.DISTRICT


def factor_words(factor: CodeMeaning) -> str:
    """A factor of a denial as the decider ticks it and the family reads it."""
    return f"{factor.label}. {factor.meaning}" if factor.meaning else factor.label


def way_to_object(request: CourseRequest, *, on: dt.date) -> AppealRoute:
    """What a denial prints: with an IEP or 504 plan the way of special education (R-27), else the district's ladder."""
    return dispute_route(on=on) if request.has_iep_or_504 else appeal_route(request.lea_id, on=on)


def dispute_route(*, on: dt.date) -> AppealRoute:
    """The way of special education, from the state's dated row. Raises NoLegalValue where none holds."""
    row = CodeMeaning.objects.of(CodeSet.DISPUTE_ROUTE, on=on).filter(code=SPECIAL_EDUCATION).first()
    if row is None:
        raise NoLegalValue(f"No {CodeSet.DISPUTE_ROUTE.value} of {SPECIAL_EDUCATION} holds on {on}.")
    return AppealRoute(
        title=row.label, steps=tuple(row.meaning.splitlines()), instructions="", is_dispute=True
    )


def appeal_route(lea_id: int, *, on: dt.date) -> AppealRoute:
    """The ladder that the district has chosen, as its letters print it (R-62, D-03)."""
    policy = LeaPolicy.objects.on(on).filter(lea=lea_id).first()
    instructions = policy.appeal_instructions if policy else ""
    if policy is not None and policy.appeal_ladder == AppealLadder.LOCAL:
        return AppealRoute(
            title=_("Your district hears this appeal in the same way as any appeal about a course."),
            steps=(
                _("Write to your district that you appeal, and why."),
                _("Your district answers you in writing under its own course-appeal policy."),
            ),
            instructions=instructions,
        )
    board = LegalValue.objects.whole(LegalKey.BOARD_APPEAL_DAYS, on=on)
    state = LegalValue.objects.whole(LegalKey.STATE_APPEAL_DAYS, on=on)
    return AppealRoute(
        title=_("Your appeal goes to the school board, and after that to the state office (DESE)."),
        steps=(
            _(
                "Write to your school board that you appeal, and why. The district writes down its reasons too."
            ),
            ngettext(
                "The board hears both sides. It answers in writing within %(days)d calendar day of its meeting.",
                "The board hears both sides. It answers in writing within %(days)d calendar days of its meeting.",
                board,
            )
            % {"days": board},
            ngettext(
                "If the board says no, you may appeal to DESE. DESE gives a final answer within %(days)d "
                "calendar day.",
                "If the board says no, you may appeal to DESE. DESE gives a final answer within %(days)d "
                "calendar days.",
                state,
            )
            % {"days": state},
        ),
        instructions=instructions,
    )


def _decision(line: CourseLine, *, by: Membership, at: dt.datetime, **said: Any) -> DecisionFacts:
    """`said` is what this decision says: fields of DecisionFacts."""
    request, lea = line.request, line.request.lea
    return DecisionFacts(
        day=central_date(at),
        request_number=request.number,
        student=request.claim.full_name,
        school=request.claim.school.name,
        district=lea.organization.name,
        course=line.course.title,
        provider=line.course.provider.organization.name,
        term=str(request.term),
        decided_by=by.user.name,
        decided_as=str(Role(by.role).label),
        contact_name=lea.contact_name,
        contact_email=lea.contact_email,
        contact_phone=lea.contact_phone,
        in_person_considered=True,
        **said,
    )
