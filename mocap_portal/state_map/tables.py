"""Lists of the state's map."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

DAY = "{% load ui %}{{ value|short_day }}"
LAST_DAY = (
    "{% load ui %}{% if value %}{{ value|short_day }}{% else %}{% translate 'until changed' %}{% endif %}"
)
NUMBER = {"th": {"class": "portal-number"}, "td": {"class": "portal-number"}}


def plain(number: Decimal) -> str:
    """The number without the zeros that the column's width adds: 7145, 0.14."""
    return f"{number.normalize():f}"


class LegalValueTable(PortalTable):
    """What holds today. Rows: LegalValue."""

    caption = _("Legal values that hold today")
    row_header = "key"

    key = tables.Column(
        accessor="get_key_display",
        orderable=False,
        verbose_name=_("Value"),
        linkify=("state_map:legal_value", {"key": tables.A("key")}),
    )
    number = tables.Column(verbose_name=_("Number"), orderable=False, attrs=NUMBER)
    valid_from = TemplateColumn(DAY, orderable=False, verbose_name=_("Since"))
    source = tables.Column(verbose_name=_("Source"), orderable=False)

    def render_number(self, value: Decimal) -> str:
        return plain(value)


class SpanTable(PortalTable):
    """History of a dated row, the newest first."""

    row_header = "valid_from"

    valid_from = TemplateColumn(DAY, orderable=False, verbose_name=_("From"))
    valid_to = TemplateColumn(LAST_DAY, orderable=False, verbose_name=_("To"))


class LegalValueHistory(SpanTable):
    """Rows: LegalValue of one key."""

    caption = _("Every value, the newest first")

    number = tables.Column(verbose_name=_("Number"), orderable=False, attrs=NUMBER)
    source = tables.Column(verbose_name=_("Source"), orderable=False)
    note = tables.Column(verbose_name=_("Note"), orderable=False)

    def render_number(self, value: Decimal) -> str:
        return plain(value)


class CodeSetTable(PortalTable):
    """The sets of codes. Rows: dicts with code_set (a CodeSet), label and count."""

    caption = _("Sets of codes")
    row_header = "label"

    label = tables.Column(
        verbose_name=_("Set"),
        orderable=False,
        linkify=("state_map:code_set", {"code_set": tables.A("code_set")}),
    )
    count = tables.Column(verbose_name=_("Codes today"), orderable=False, attrs=NUMBER)


class CodeTable(PortalTable):
    """The codes of one set that hold today. Rows: CodeMeaning."""

    caption = _("Codes that hold today")
    row_header = "label"

    code = tables.Column(verbose_name=_("Code"), orderable=False)
    label = tables.Column(
        verbose_name=_("Name"),
        orderable=False,
        linkify=("state_map:code", {"code_set": tables.A("code_set"), "code": tables.A("code")}),
    )
    label_es = tables.Column(verbose_name=_("Name in Spanish"), orderable=False)
    meaning = tables.Column(verbose_name=_("Meaning"), orderable=False)

    class Meta(PortalTable.Meta):
        empty_text = _("No code of this set holds today. An administrator can bring a CSV file.")


class CodeChangeTable(PortalTable):
    """What a file changes. Rows: dicts with what, code, now and then."""

    caption = _("What changes")
    row_header = "code"

    what = tables.Column(verbose_name=_("Change"), orderable=False)
    code = tables.Column(verbose_name=_("Code"), orderable=False)
    now = tables.Column(verbose_name=_("Now"), orderable=False)
    then = tables.Column(verbose_name=_("Then"), orderable=False)

    class Meta(PortalTable.Meta):
        empty_text = _("The file says what the set says already.")


class CodeHistory(SpanTable):
    """Rows: CodeMeaning of one code."""

    caption = _("Every meaning, the newest first")

    label = tables.Column(verbose_name=_("Name"), orderable=False)
    label_es = tables.Column(verbose_name=_("Name in Spanish"), orderable=False)
    meaning = tables.Column(verbose_name=_("Meaning"), orderable=False)
    meaning_es = tables.Column(verbose_name=_("Meaning in Spanish"), orderable=False)
    source = tables.Column(verbose_name=_("Source"), orderable=False)


class TermTable(PortalTable):
    """Terms by year. Rows: Term with its school_year."""

    caption = _("Terms and their usual dates")
    row_header = "term"

    term = tables.Column(accessor="get_code_display", orderable=False, verbose_name=_("Term"))
    school_year = tables.Column(orderable=False, verbose_name=_("School year"))
    starts_on = TemplateColumn(DAY, orderable=False, verbose_name=_("First day"))
    ends_on = TemplateColumn(DAY, orderable=False, verbose_name=_("Last day"))
    change = TemplateColumn(
        template_name="state_map/term_links.html", verbose_name=_("Change"), orderable=False, empty_values=()
    )


class ClosedDayTable(PortalTable):
    """Rows: ClosedDay with its lea and organization."""

    row_header = "date"

    date = TemplateColumn(DAY, verbose_name=_("Day"), orderable=False)
    reason = tables.Column(verbose_name=_("Reason"), orderable=False)
    lea = tables.Column(
        accessor="lea__organization__name",
        verbose_name=_("Closed for"),
        orderable=False,
        default=_("The whole state"),
    )
    emergency = TemplateColumn(
        template_name="state_map/emergency.html",
        verbose_name=_("Emergency"),
        orderable=False,
        empty_values=(),
    )
    change = TemplateColumn(
        template_name="state_map/closed_day_links.html",
        verbose_name=_("Change"),
        orderable=False,
        empty_values=(),
    )

    def __init__(self, *args: Any, caption: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caption = caption

    class Meta:
        empty_text = _("No closed days.")


class PolicyHistory(SpanTable):
    """Rows: LeaPolicy of one LEA."""

    caption = _("Every policy, the newest first")

    decision_by = tables.Column(
        accessor="get_decision_by_display", orderable=False, verbose_name=_("Who decides")
    )
    appeal_ladder = tables.Column(
        accessor="get_appeal_ladder_display", orderable=False, verbose_name=_("Appeal")
    )
    source = tables.Column(orderable=False, verbose_name=_("Source"))

    class Meta:
        empty_text = _("No policy is entered yet.")


class DistrictTable(PortalTable):
    """Districts to choose from. Rows: Lea with its organization."""

    name = tables.Column(
        accessor="organization__name",
        linkify=("districts:district", [tables.A("state_district_id")]),
        verbose_name=_("District or charter school"),
    )
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"))
    state_district_id = tables.Column(verbose_name=_("State code"))

    caption = _("Districts and charter schools")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No district fits. Check the spelling, or type only a part of the name.")


class IncompleteTable(PortalTable):
    """Districts whose page lacks something. Rows: Lea with its organization and `bounces`."""

    name = tables.Column(
        accessor="organization__name",
        linkify=("districts:district", [tables.A("state_district_id")]),
        verbose_name=_("District or charter school"),
    )
    missing = TemplateColumn(
        template_name="state_map/missing.html", verbose_name=_("What is missing"), empty_values=()
    )
    contact = TemplateColumn(
        '{{ record.contact_name|default:"–" }}{% if record.contact_email %}<br>{{ record.contact_email }}{% endif %}',
        verbose_name=_("MOCAP contact"),
        empty_values=(),
    )

    caption = _("Districts whose page is incomplete")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Every district's page is complete.")
