"""Lists of claims, students and what left the district about them."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

from .models import Student

SHORT_DAY = "{% load ui %}{{ value|short_day }}"


class ClaimTable(PortalTable):
    """Rows: Claim with its school and claimant."""

    name = tables.Column(
        accessor="full_name", linkify=("records:claim", [tables.A("pk")]), verbose_name=_("Student")
    )
    birth_date = TemplateColumn(SHORT_DAY, verbose_name=_("Birth date"))
    school = tables.Column(verbose_name=_("School"))
    claimant = tables.Column(accessor="asked_by", verbose_name=_("Typed by"))
    created_at = TemplateColumn(SHORT_DAY, verbose_name=_("Since"))

    caption = _("Children that families told of")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nobody waits to be confirmed.")


class StudentTable(PortalTable):
    """Rows: Student with its school."""

    name = tables.Column(
        accessor="pk", linkify=("records:student", [tables.A("pk")]), verbose_name=_("Student")
    )
    birth_date = TemplateColumn(SHORT_DAY, verbose_name=_("Birth date"))
    grade = tables.Column(verbose_name=_("Grade"))
    school = tables.Column(verbose_name=_("School"))
    mosis_id = tables.Column(verbose_name=_("MOSIS ID"), default=_("Not known yet"))

    caption = _("Students found")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student of your district has this name or MOSIS ID.")

    def render_name(self, record: Student) -> str:
        return str(record)


class ComparisonTable(PortalTable):
    """What a family typed, or a student's record, beside others. Rows: views.staff.Compared."""

    who = tables.Column(verbose_name=_("Record"))
    name = tables.Column(verbose_name=_("Name"))
    birth_date = TemplateColumn(SHORT_DAY, verbose_name=_("Birth date"))
    grade = tables.Column(verbose_name=_("Grade"))
    school = tables.Column(verbose_name=_("School"))
    mosis_id = tables.Column(verbose_name=_("MOSIS ID"))
    family = tables.Column(verbose_name=_("Family"))
    difference = tables.Column(verbose_name=_("What differs"))

    caption = _("Side by side")
    row_header = "who"

    class Meta(PortalTable.Meta):
        orderable = False
        default = "–"


class GuardianTable(PortalTable):
    """Rows: Guardian with its person."""

    name = tables.Column(accessor="user__name", verbose_name=_("Name"))
    relationship = tables.Column(accessor="get_relationship_display", verbose_name=_("Relationship"))
    email = tables.Column(accessor="user__email", verbose_name=_("E-mail"))
    started_on = TemplateColumn(SHORT_DAY, verbose_name=_("Since"))
    ended_on = TemplateColumn('{% load ui %}{{ value|short_day|default:"–" }}', verbose_name=_("Ended"))
    rights = TemplateColumn(template_name="records/staff/rights.html", verbose_name=_("Why"), empty_values=())
    change = TemplateColumn(
        template_name="records/staff/rights_links.html", verbose_name=_("Change"), empty_values=()
    )

    caption = _("Who has a parent's rights")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No parent, guardian or student of age is confirmed.")


class DisclosureTable(PortalTable):
    """Rows: Disclosure with its recipient and who disclosed."""

    at = TemplateColumn("{% load ui %}{{ value|moment }}", verbose_name=_("When"))
    recipient = tables.Column(verbose_name=_("To whom"))
    what = TemplateColumn("{% translate value %}", verbose_name=_("What"))
    why = TemplateColumn("{% translate value %}", verbose_name=_("Why"))
    by = tables.Column(accessor="disclosed_by__user__name", verbose_name=_("By whom"))

    caption = _("What left the district about the student")
    row_header = "at"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nothing left the district yet.")


class LearningPlanTable(PortalTable):
    """Rows: LearningPlan with who recorded it."""

    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"))
    made_on = TemplateColumn(SHORT_DAY, verbose_name=_("Made on"))
    reference = tables.Column(verbose_name=_("Where it is kept"))
    by = tables.Column(accessor="recorded_by__user__name", verbose_name=_("Entered by"))

    caption = _("Learning plans on file")
    row_header = "kind"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("None is on file. More than two virtual courses at once need one.")
