"""Lists of hats and invitations."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

DAY = "{% load ui %}{{ value|short_day }}"


class HatTable(tables.Table):
    """Who has which role, since when. Rows: Membership with its user and organization."""

    caption = _("People and their roles")
    row_header = "name"

    name = tables.Column(accessor="user__name", verbose_name=_("Name"))
    email = tables.Column(accessor="user__email", verbose_name=_("E-mail"))
    role = tables.Column(accessor="get_role_display", order_by="role", verbose_name=_("Role"))
    organization = tables.Column(accessor="organization__name", verbose_name=_("Organization"))
    started_at = tables.TemplateColumn(DAY, verbose_name=_("Since"))
    change = tables.TemplateColumn(
        template_name="accounts/hat_links.html", verbose_name=_("Change"), orderable=False, empty_values=()
    )

    class Meta:
        empty_text = _("Nobody has a role here yet.")


class InvitationTable(tables.Table):
    """Invitations without an answer. Rows: Invitation with its organization and `is_expired`."""

    caption = _("Invitations without an answer")
    row_header = "email"

    email = tables.Column(verbose_name=_("E-mail"))
    role = tables.Column(accessor="get_role_display", order_by="role", verbose_name=_("Role"))
    organization = tables.Column(accessor="organization__name", verbose_name=_("Organization"))
    expires_at = tables.TemplateColumn(template_name="accounts/expiry.html", verbose_name=_("Open until"))
    change = tables.TemplateColumn(
        template_name="accounts/invitation_buttons.html",
        verbose_name=_("Change"),
        orderable=False,
        empty_values=(),
    )

    class Meta:
        empty_text = _("No invitation is waiting.")
