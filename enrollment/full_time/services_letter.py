"""The education services plan and collaborative agreement in words: before it is signed on a page, then as a letter.

One text for both districts and the family (R-47). Reads only.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from enrollment.part_time.facts import LETTER_LANGUAGE, dispute_route
from mocap_portal.foundation.papers.letters import Block, LetterText
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.ui.words import long_day, moment_words

from .models import Body, Service, ServicesAgreement, ServicesFinding, Side


def facts(agreement: ServicesAgreement) -> dict[str, Any]:
    """What the letter was made from, as plain JSON values."""
    finding = _finding(agreement)
    return {
        "application": agreement.application.number,
        "version": agreement.version,
        "host": agreement.application.program.host.organization.name,
        "resident_district": resident_district(agreement),
        "finding": finding.number,
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
        "place": agreement.place,
        "money": agreement.money,
        "host_does": agreement.host_does,
        "resident_does": agreement.resident_does,
        "change": agreement.change,
        "services": [
            {
                "what": service.what,
                "minutes_a_week": service.minutes_a_week,
                "served_by": service.served_by,
                "paid_by": service.paid_by,
                "body": service.body,
                "place": service.place,
                "starts_on": service.starts_on.isoformat(),
                "ends_on": service.ends_on.isoformat(),
            }
            for service in _services(agreement)
        ],
        "signatures": {
            side.value: {
                "name": getattr(agreement, f"{side.value}_signed_name"),
                "at": signed_at.isoformat() if signed_at else None,
            }
            for side in Side
            for signed_at in [getattr(agreement, f"{side.value}_signed_at")]
        },
    }


def compose(agreement: ServicesAgreement, *, on: dt.date) -> LetterText:
    """The plan in English, as both districts sign it. `on`: the day it is dated, and whose dispute route it prints."""
    application = agreement.application
    with translation.override(LETTER_LANGUAGE):
        return LetterText(
            language=LETTER_LANGUAGE,
            title=_("Education services plan and collaborative agreement"),
            sender=one_line(application.program.host.organization.name),
            school=one_line(application.program.name),
            day=long_day(on),
            reference=_("Application %(number)s, version %(version)d")
            % {"number": application.number, "version": agreement.version},
            page_words=_("Page"),
            blocks=tuple(
                block for block in _blocks(agreement, on=on) if block.text or block.items or block.rows
            ),
            signature=tuple(
                one_line(name)
                for name in (agreement.host_signed_name, agreement.resident_signed_name)
                if name
            ),
        )


def who(body: str, service: Service, agreement: ServicesAgreement) -> str:
    """Who serves or pays, by name."""
    application = agreement.application
    return {
        Body.HOST: application.program.host.organization.name,
        Body.RESIDENT: resident_district(agreement),
        Body.OTHER: service.body,
    }[Body(body)]


def resident_district(agreement: ServicesAgreement) -> str:
    """The name of the district that signed; where the signature is missing, of the one that would sign now."""
    signed_by = agreement.resident_signed_by
    if signed_by is not None and signed_by.organization is not None:
        return signed_by.organization.name
    return agreement.application.current_resident_lea.organization.name


def _blocks(agreement: ServicesAgreement, *, on: dt.date) -> Iterator[Block]:
    application, finding = agreement.application, _finding(agreement)
    names = {
        "host": application.program.host.organization.name,
        "resident": resident_district(agreement),
    }
    yield _paragraph(
        _("%(host)s and %(resident)s agree how they serve this student, who does what, where, and who pays.")
        % names
    )
    if agreement.change:
        yield _heading(_("Why the agreement changes"))
        yield from _typed(agreement.change)
    yield _heading(_("For whom and when"))
    yield _rows(
        (_("Student"), application.claim.full_name),
        (_("Program"), application.program.name),
        (_("Host of the program"), names["host"]),
        (_("Resident district"), names["resident"]),
        (_("First day"), long_day(agreement.starts_on)),
        (_("Last day"), long_day(agreement.ends_on)),
        (_("Place"), agreement.place),
    )
    yield _heading(_("What the team found"))
    yield _rows(
        (_("Finding"), str(finding.get_outcome_display())),
        (_("The team met on"), long_day(finding.met_on)),
    )
    yield from _typed(finding.finding)
    if finding.accommodations:
        yield _heading(_("Accommodations"))
        yield from _typed(finding.accommodations)
    yield _heading(_("Services"))
    for service in _services(agreement):
        yield _paragraph(service.what)
        yield _rows(
            (_("Minutes a week"), str(service.minutes_a_week)),
            (_("Given by"), who(service.served_by, service, agreement)),
            (_("Where"), service.place),
            (_("First day"), long_day(service.starts_on)),
            (_("Last day"), long_day(service.ends_on)),
            (_("Paid by"), who(service.paid_by, service, agreement)),
        )
    for title, words in (
        (_("What the host does"), agreement.host_does),
        (_("What the resident district does"), agreement.resident_does),
        (_("Money"), agreement.money),
    ):
        yield _heading(title)
        yield from _typed(words)
    yield _heading(_("Signatures"))
    yield _rows(*((names[side.value], signature_words(agreement, side)) for side in Side))
    yield from _objection(on=on)
    yield _heading(_("Questions"))
    program = application.program
    contact = ", ".join(filter(None, (program.contact_name, program.contact_phone, program.contact_email)))
    yield _paragraph(_("Ask the program: %(contact)s.") % {"contact": contact})


def signature_words(agreement: ServicesAgreement, side: Side) -> str:
    """Who signed for a side and when, in the reader's language."""
    signed_at = getattr(agreement, f"{side.value}_signed_at")
    if signed_at is None:
        return _("Not signed yet")
    name = getattr(agreement, f"{side.value}_signed_name")
    return _("%(name)s, %(moment)s") % {"name": name, "moment": moment_words(signed_at)}


def _objection(*, on: dt.date) -> Iterator[Block]:
    """The family's way is that of special education, and not the school board (R-27)."""
    route = dispute_route(on=on)
    yield _heading(_("If you disagree"))
    yield _paragraph(route.title)
    yield Block("steps", items=tuple(one_line(step) for step in route.steps))


def _finding(agreement: ServicesAgreement) -> ServicesFinding:
    """The finding that the agreement rests on: the newest one of its application."""
    finding = ServicesFinding.objects.standing(agreement.application_id)
    assert finding is not None  # an agreement is drafted after one
    return finding


def _services(agreement: ServicesAgreement) -> list[Service]:
    return list(agreement.services.order_by("pk"))


def _heading(text: str) -> Block:
    return Block("heading", text=text)


def _paragraph(text: str) -> Block:
    return Block("paragraph", text=one_line(text))


def _typed(text: str) -> Iterator[Block]:
    """What a person typed: each line a paragraph."""
    return (_paragraph(line) for line in text.splitlines())


def _rows(*rows: tuple[str, str]) -> Block:
    return Block("rows", rows=tuple((term, one_line(value)) for term, value in rows))
