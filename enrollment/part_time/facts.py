"""The facts of a decision letter, gathered from the rows it is about. Reads only."""

import datetime as dt
from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import (
    AppealLadder,
    CodeMeaning,
    LeaPolicy,
    LegalKey,
    LegalValue,
)
from mocap_portal.foundation.papers.letters import AppealRoute, DecisionFacts
from mocap_portal.foundation.shared.calendar import central_date

from .models import CourseLine

# What districts write in, whatever the decider reads. The letter itself offers help in other languages.
LETTER_LANGUAGE = "en"


def approval(line: CourseLine, *, by: Membership, at: dt.datetime, register_by: dt.date) -> DecisionFacts:
    confirm_days = LegalValue.objects.whole(LegalKey.CONFIRM_DAYS, on=central_date(at))
    with translation.override(LETTER_LANGUAGE):
        return _decision(line, by=by, at=at, register_by=register_by, confirm_days=confirm_days)


def denial(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    factors: Sequence[str],
    explanation: str,
    would_make_it_a_yes: str,
) -> DecisionFacts:
    with translation.override(LETTER_LANGUAGE):
        return _decision(
            line,
            by=by,
            at=at,
            factors=tuple(factors),
            explanation=explanation,
            would_make_it_a_yes=would_make_it_a_yes,
            appeal=appeal_route(line.request.lea_id, on=central_date(at)),
        )


def factor_words(factor: CodeMeaning) -> str:
    """A factor of a denial as the decider ticks it and the family reads it."""
    return f"{factor.label}. {factor.meaning}" if factor.meaning else factor.label


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


def _decision(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    factors: tuple[str, ...] = (),
    explanation: str = "",
    would_make_it_a_yes: str = "",
    appeal: AppealRoute | None = None,
    register_by: dt.date | None = None,
    confirm_days: int | None = None,
) -> DecisionFacts:
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
        explanation=explanation,
        in_person_considered=True,
        factors=factors,
        would_make_it_a_yes=would_make_it_a_yes,
        appeal=appeal,
        register_by=register_by,
        confirm_days=confirm_days,
    )
