"""The notice of the right to enroll, which a district prints and hands out (duty to inform, R-143).

Laid out like a letter, as a page and as tagged PDF, in the language that is asked for.
"""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.letters import Block, LetterText
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.ui.words import long_day
from mocap_portal.home.guide import Guide


def public_address(lea: Lea) -> str:
    """The whole address of a district's public page."""
    return f"{settings.PORTAL_URL.rstrip('/')}{reverse('districts:district', args=[lea.state_district_id])}"


def compose(lea: Lea, guide: Guide, *, on: dt.date, language: str, only_in_windows: bool) -> LetterText:
    """The notice of a district in words. `guide` has the numbers that hold on this day.

    `only_in_windows`: whether the district refuses requests outside the days that it has set.
    """
    with translation.override(language):
        name = one_line(lea.organization.name)
        return LetterText(
            language=language,
            title=_("Your right to take virtual courses"),
            sender=name,
            school=_("Missouri Course Access and Virtual School Program (MOCAP)"),
            day=long_day(on),
            reference=_("State code %(code)s") % {"code": lea.state_district_id},
            page_words=_("Page"),
            blocks=tuple(_blocks(lea, guide, name=name, only_in_windows=only_in_windows)),
            signature=(name,),
        )


def _blocks(lea: Lea, guide: Guide, *, name: str, only_in_windows: bool) -> list[Block]:
    numbers = guide.numbers
    ask = (
        _("You ask %(district)s, on paper or in the portal. Its page says on which days.")
        if only_in_windows
        else _("You ask %(district)s, on paper or in the portal. You may ask on every day of the year.")
    )
    decide = ngettext(
        "The district answers in writing within %(days)d business day.",
        "The district answers in writing within %(days)d business days.",
        numbers["decision_days"],
    ) % {"days": numbers["decision_days"]}
    return [
        Block(
            "paragraph",
            text=_(
                "Under Missouri law (RSMo 161.670) you have the right to enroll your child in virtual courses of the "
                "Missouri Course Access and Virtual School Program, part-time or full-time."
            ),
        ),
        Block("heading", text=_("Part-time: some courses online")),
        Block(
            "bullets",
            items=(
                _("Your child stays a student of %(district)s and takes one or more courses online.")
                % {"district": name},
                ask % {"district": name},
                decide,
                _("A course is denied only if it is not in your child's best educational interest."),
                _("The district pays for approved courses up to a full load of %(courses)d courses at once.")
                % {"courses": numbers["full_load"]},
                _("You can appeal a denial. The letter says how."),
            ),
        ),
        Block("heading", text=_("Full-time: a virtual school")),
        Block(
            "paragraph",
            text=_(
                "You apply to the virtual program. If it takes your child, your child becomes a student of the "
                "district that runs the program. Your own district cannot refuse this."
            ),
        ),
        Block("heading", text=_("Where to ask")),
        Block("rows", rows=tuple(_contact(lea))),
        Block(
            "paragraph",
            text=_(
                "You have the right to have this notice explained to you in a language you understand, at no cost."
            ),
        ),
    ]


def _contact(lea: Lea) -> list[tuple[str, str]]:
    known = [
        (_("Contact"), lea.contact_name),
        (_("E-mail"), lea.contact_email),
        (_("Phone"), lea.contact_phone),
    ]
    rows = [(term, one_line(value)) for term, value in known if value]
    if not rows:
        rows = [(_("Contact"), _("Ask your school's counselor."))]
    return [*rows, (_("Online"), public_address(lea))]
