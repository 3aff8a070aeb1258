"""Forms about accounts and people. Sign-up extends allauth's form; the others clean what one action takes."""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.shared.names import NameField

from . import actions
from .models import ADMIN_ROLES_ELSEWHERE, FAMILY_ROLES, Membership, Role, User


def choices(roles: Iterable[Role]) -> list[tuple[str, Any]]:
    """These roles as choices of a field, in the order in which Role names them."""
    wanted = frozenset(roles)
    return [(role.value, role.label) for role in Role if role in wanted]


class FamilyRoleForm(forms.Form):
    """Which family hat: no other role can come out of it."""

    role = forms.ChoiceField(label=_("Who are you?"), choices=choices(FAMILY_ROLES), widget=forms.RadioSelect)


class SignUpForm(SignupForm):
    """How families register themselves. Staff are invited."""

    role = forms.ChoiceField(label=_("Who are you?"), choices=choices(FAMILY_ROLES), widget=forms.RadioSelect)
    name = NameField(
        label=_("Your first and last name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    field_order = ["role", "name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("You sign in with it, and we write to it.")

    def save(self, request: HttpRequest) -> User:
        """An account and its family hat, or neither."""
        with transaction.atomic():
            user: User = super().save(request)
            actions.register_family(
                user.pk,
                name=self.cleaned_data["name"],
                language=get_language(),
                role=self.cleaned_data["role"],
                at=timezone.now(),
            )
        return user


class SignInForm(LoginForm):
    """allauth's form, after which the language chosen in this browser is the person's: their mails follow it."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen in dict(settings.LANGUAGES):
            actions.change_language(self.user.pk, language=chosen)
        return response


class DetailsForm(forms.Form):
    """What people may change about themselves."""

    name = NameField(
        label=_("Your first and last name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language of pages and mails"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class InvitationForm(forms.Form):
    """Invites somebody to one of the roles that an administrator gives in their own organization."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = choices(roles)  # type: ignore[attr-defined]


class AdministratorForm(InvitationForm):
    """Invites the first administrator of a district, charter or provider."""

    organization = forms.ModelChoiceField(
        label=_("Organization"), queryset=Organization.objects.none(), empty_label=_("Choose")
    )
    field_order = ["organization", "role", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, roles=ADMIN_ROLES_ELSEWHERE, **kwargs)
        has_administrators = Q(lea__isnull=False) | Q(provider__isnull=False)
        self.fields["organization"].queryset = (  # type: ignore[attr-defined]
            Organization.objects.filter(has_administrators).order_by("name")
        )


class NewPersonForm(forms.Form):
    """What an invited person without an account tells us. The address comes from the invitation."""

    name = NameField(
        label=_("Your first and last name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters. A sentence that only you know works well."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                get_adapter().clean_password(password, user=person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ApiTokenForm(forms.Form):
    """A token for a program: what for, and how long."""

    name = NameField(
        label=_("What is it for?"),
        help_text=_("The name of the program that uses it, such as “nightly export”."),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("How long does it work?"),
        help_text=_("A new one can be made at any time, before the old one ends."),
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (180, _("180 days")),
            (365, _("A year")),
        ],
        coerce=int,
        initial=180,
    )


class ReviewForm(forms.Form):
    """Which roles stay: one question per hat, nothing chosen beforehand, each may wait. One's own role stays."""

    def __init__(
        self, *args: Any, hats: Iterable[Membership], own: int, kept: Iterable[int] = (), **kwargs: Any
    ) -> None:
        """`kept`: the keys of the hats that were chosen to stay before."""
        super().__init__(*args, **kwargs)
        answered = frozenset(kept)
        for hat in hats:
            answers = [("keep", _("Keep")), ("remove", _("Remove"))]
            self.fields[self.name_of(hat)] = forms.ChoiceField(
                label=_("%(name)s, %(role)s") % {"name": hat.user, "role": hat.get_role_display()},
                choices=answers[:1] if hat.pk == own else answers,
                widget=forms.RadioSelect,
                required=False,
                initial="keep" if hat.pk in answered else None,
            )

    @staticmethod
    def name_of(hat: Membership) -> str:
        return f"hat-{hat.pk}"

    def answer_of(self, hat: Membership) -> forms.BoundField:
        return self[self.name_of(hat)]

    @property
    def keep(self) -> dict[int, bool]:
        """By hat what was chosen. Only after full_clean()."""
        return {
            int(name.removeprefix("hat-")): answer == "keep"
            for name, answer in self.cleaned_data.items()
            if answer
        }
