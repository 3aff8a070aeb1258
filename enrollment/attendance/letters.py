"""The letters about engagement: to the family, and to the resident district."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.full_time.models import Program, ProgramEnrollment
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.letters import Block, LetterText
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.ui.words import long_day

from .models import Flag, FlagReason


def engagement_notice(
    flag: Flag, *, by: Membership, day: dt.date, policy_url: str, language: str
) -> LetterText:
    """What was missed, what the policy says, what the family can do (R-56)."""
    with translation.override(language):
        return _letter(
            _("Notice: no activity in the program")
            if flag.reason == FlagReason.INACTIVE
            else _("Notice: far behind in the program"),
            flag.enrollment,
            by=by,
            day=day,
            blocks=_notice(flag, policy_url),
        )


def disenrollment(
    enrollment: ProgramEnrollment, *, by: Membership, day: dt.date, on: dt.date, why: str, language: str
) -> LetterText:
    """That it ends, why, what comes next, and how the host is asked to look again: never the resident district
    (R-71)."""
    with translation.override(language):
        return _letter(
            _("Disenrollment from the program"),
            enrollment,
            by=by,
            day=day,
            blocks=_disenrolled(enrollment, on, why),
        )


def to_the_district(
    enrollment: ProgramEnrollment, *, by: Membership, day: dt.date, on: dt.date, why: str, due_on: dt.date
) -> LetterText:
    """The written notice to the resident district, and what it owes the family (R-58, R-59)."""
    with translation.override("en"):
        return _letter(
            _("A student of your district was disenrolled"),
            enrollment,
            by=by,
            day=day,
            blocks=_district(enrollment, on, why, due_on),
        )


def _letter(
    title: str, enrollment: ProgramEnrollment, *, by: Membership, day: dt.date, blocks: Iterable[Block]
) -> LetterText:
    program = enrollment.program
    host = one_line(program.host.organization.name)
    return LetterText(
        language=translation.get_language() or "en",
        title=title,
        sender=host,
        school=one_line(program.name),
        day=long_day(day),
        reference=enrollment.application.number,
        page_words=_("Page"),
        blocks=(*blocks, *_questions(program)),
        signature=(one_line(by.user.name), one_line(program.name), host),
    )


def _notice(flag: Flag, policy_url: str) -> Iterator[Block]:
    enrollment = flag.enrollment
    names = {"student": str(enrollment.student), "program": enrollment.program.name}
    yield _paragraph(_("We write because %(student)s has not been engaged in %(program)s.") % names)
    yield Block("heading", text=_("What we see"))
    if flag.reason == FlagReason.INACTIVE:
        days = enrollment.program.inactive_days
        yield _paragraph(
            ngettext(
                "No activity was recorded for %(days)d school day.",
                "No activity was recorded for %(days)d school days in a row.",
                days,
            )
            % {"days": days}
        )
    else:
        yield _paragraph(
            _("In the last weeks %(recorded)d of %(planned)d planned minutes were recorded.")
            % {"recorded": flag.recorded, "planned": flag.planned}
        )
    if flag.last_active:
        yield _paragraph(_("Last activity: %(day)s") % {"day": long_day(flag.last_active)})
    yield Block("heading", text=_("What you can do"))
    yield Block(
        "steps",
        items=(
            _("Have %(student)s log in or turn in work.") % names,
            _(
                "Tell us if something is in the way: illness, a move, a device or internet that does not work."
            ),
            _("Answer when we call you. We will look for a way to help."),
        ),
    )
    if policy_url:
        yield Block("heading", text=_("What can follow"))
        yield _paragraph(
            _(
                "If nothing changes after this notice and our help, the program's policy applies. It can end in "
                "disenrollment. You can read it here: %(url)s"
            )
            % {"url": policy_url}
        )


def _disenrolled(enrollment: ProgramEnrollment, on: dt.date, why: str) -> Iterator[Block]:
    names = {
        "student": str(enrollment.student),
        "program": enrollment.program.name,
        "day": long_day(on),
        "district": enrollment.resident_lea.organization.name,
    }
    yield _paragraph(_("%(student)s is disenrolled from %(program)s. The last day is %(day)s.") % names)
    yield Block("heading", text=_("Why"))
    yield from _typed(why)
    yield Block("heading", text=_("What happens next"))
    yield _paragraph(
        _(
            "We told %(district)s, where you live, on the same day. It sends you a list of schools and programs to "
            "choose from, and enrolls %(student)s."
        )
        % names
    )
    yield Block("heading", text=_("If you disagree"))
    yield _paragraph(_("Ask the program, not your district, to look at this decision again:"))
    yield from _typed(enrollment.program.review_process)


def _district(enrollment: ProgramEnrollment, on: dt.date, why: str, due_on: dt.date) -> Iterator[Block]:
    names = {
        "student": str(enrollment.student),
        "program": enrollment.program.name,
        "day": long_day(on),
        "due": long_day(due_on),
    }
    yield _paragraph(
        _(
            "%(student)s, who lives in your district, was disenrolled from %(program)s. The last day is %(day)s."
        )
        % names
    )
    yield Block("heading", text=_("Why"))
    yield from _typed(why)
    yield Block("heading", text=_("What your district does now"))
    yield Block(
        "steps",
        items=(
            _("Send the family a list of options by %(due)s.") % names,
            _("Record what the family chooses."),
            _("Enroll the student, and record the first day."),
        ),
    )


def _questions(program: Program) -> Iterator[Block]:
    yield Block("heading", text=_("Questions"))
    contact = ", ".join(
        one_line(text) for text in (program.contact_name, program.contact_phone, program.contact_email)
    )
    yield _paragraph(_("Ask the program: %(contact)s.") % {"contact": contact})


def _paragraph(text: str) -> Block:
    return Block("paragraph", text=one_line(text))


def _typed(text: str) -> Iterator[Block]:
    return (Block("paragraph", text=one_line(line)) for line in text.splitlines() if line.strip())
