"""Lists of hats and invitations."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

DAY = "{% load ui %}{{ value|short_day }}"


class HatTable(PortalTable):
    """Who has which role, since when. Rows: Membership with its user and organization."""

    caption = _("People and their roles")
    row_header = "name"

    name = tables.Column(accessor="user__name", verbose_name=_("Name"))
    email = tables.Column(accessor="user__email", verbose_name=_("E-mail"))
    role = tables.Column(accessor="get_role_display", order_by="role", verbose_name=_("Role"))
    organization = tables.Column(accessor="organization__name", verbose_name=_("Organization"))
    started_at = TemplateColumn(DAY, verbose_name=_("Since"))
    change = TemplateColumn(
        template_name="accounts/hat_links.html", verbose_name=_("Change"), orderable=False, empty_values=()
    )

    class Meta(PortalTable.Meta):
        empty_text = _("Nobody has a role here yet.")


class InvitationTable(PortalTable):
    """Invitations without an answer. Rows: Invitation with its organization and `is_expired`."""

    caption = _("Invitations without an answer")
    row_header = "email"

    email = tables.Column(verbose_name=_("E-mail"))
    role = tables.Column(accessor="get_role_display", order_by="role", verbose_name=_("Role"))
    organization = tables.Column(accessor="organization__name", verbose_name=_("Organization"))
    expires_at = TemplateColumn(template_name="accounts/expiry.html", verbose_name=_("Open until"))
    change = TemplateColumn(
        template_name="accounts/invitation_buttons.html",
        verbose_name=_("Change"),
        orderable=False,
        empty_values=(),
    )

    class Meta(PortalTable.Meta):
        empty_text = _("No invitation is waiting.")


class ApiTokenTable(PortalTable):
    """Tokens of programs, revoked ones too. Rows: ApiToken with its hat, the hat's user and organization."""

    caption = _("Tokens")
    row_header = "name"

    name = tables.Column(verbose_name=_("Name"))
    organization = tables.Column(accessor="hat__organization__name", verbose_name=_("Provider"))
    made_by = tables.Column(accessor="hat__user__name", verbose_name=_("Made by"))
    made_at = TemplateColumn(DAY, verbose_name=_("Made"))
    expires_at = TemplateColumn(DAY, verbose_name=_("Works until"))
    last_used_at = TemplateColumn(
        '{% load ui %}{% if value %}{{ value|moment }}{% else %}{% translate "Never" %}{% endif %}',
        verbose_name=_("Last used"),
        empty_values=(),
    )
    state = TemplateColumn(
        template_name="accounts/api_token_state.html", verbose_name=_("State"), empty_values=()
    )

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("There is no token.")


class AnswerTable(PortalTable):
    """The hats of a yearly review. Rows: Membership with its user, organization and `answer`, a field of ReviewForm."""

    caption = _("Roles to look at")
    row_header = "name"

    name = tables.Column(accessor="user__name", verbose_name=_("Name"))
    email = tables.Column(accessor="user__email", verbose_name=_("E-mail"))
    role = tables.Column(accessor="get_role_display", verbose_name=_("Role"))
    organization = tables.Column(accessor="organization__name", verbose_name=_("Organization"))
    started_at = TemplateColumn(DAY, verbose_name=_("Since"))
    last_login = TemplateColumn(
        '{% load ui %}{% if value %}{{ value|short_day }}{% else %}{% translate "Never" %}{% endif %}',
        accessor="user__last_login",
        verbose_name=_("Last sign-in"),
        empty_values=(),
    )
    answer = TemplateColumn(
        template_name="accounts/review_answer.html", verbose_name=_("Does this role stay?"), empty_values=()
    )

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No role to look at.")


class ReviewTable(PortalTable):
    """Who has answered the yearly review. Rows: AccessReview with its organization, `asked` and `is_late`."""

    caption = _("Who has answered")
    row_header = "organization"

    organization = tables.Column(verbose_name=_("Organization"))
    role = tables.Column(accessor="get_role_display", verbose_name=_("Asked of"))
    asked = TemplateColumn(
        '{% if value %}{{ value }}{% else %}{% translate "Nobody can answer: invite an administrator" %}{% endif %}',
        verbose_name=_("Administrators"),
        empty_values=(),
    )
    due_on = TemplateColumn(DAY, verbose_name=_("Answer by"))
    state = TemplateColumn(
        template_name="accounts/review_state.html", verbose_name=_("State"), empty_values=()
    )

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nobody was asked yet.")
