"""The Python side of our crispy pack (templates/uswds): form defaults and the linked list of problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, LayoutObject, Row, Submit
from django import forms
from django.forms import BaseForm, BoundField, MultiWidget
from django.forms.widgets import ChoiceWidget
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from .fields import MemorableDateField

SAVE = gettext_lazy("Save")


class PortalFormHelper(FormHelper):
    """What every form here has: POST, our submit button, the list of problems on top, a way back.

    A form builds its own at every look, because crispy writes into layouts while it draws them:

    >>> class NoteForm(forms.Form):
    ...     @property
    ...     def helper(self):
    ...         return PortalFormHelper(submit=_("Send the note"))
    """

    form_class = "usa-form portal-form"

    def __init__(
        self,
        *layout: str | LayoutObject,
        submit: str | Promise | None = SAVE,
        method: str = "post",
        cancel_url: str = "",
    ) -> None:
        """`layout`: names of fields and layout objects, all fields when empty. `submit`: the words on the button,
        None for no button. `cancel_url`: where "Cancel" leads; no such link when it is empty.
        """
        super().__init__()
        self.form_method = method
        self.cancel_url = cancel_url
        if layout:
            self.layout = Layout(*layout)
        if submit is not None:
            self.add_input(Submit("", submit))


class StepForm(forms.Form):
    """A form about one step: `submit` says what its button does, `cancel_url` leads back to where it was opened."""

    submit: Any = SAVE

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=self.submit, cancel_url=self.cancel_url)

    def bound(self, name: str, *, earliest: dt.date, latest: dt.date) -> None:
        """Says between which days a date lies."""
        field = self.fields[name]
        assert isinstance(field, MemorableDateField)
        field.earliest, field.latest = earliest, latest


class FilterFormHelper(PortalFormHelper):
    """Filters side by side, sent by GET: what one looks at stands in the address."""

    form_class = "portal-filters"

    def __init__(self, *names: str) -> None:
        """`names`: the fields of the filter form, in their order."""
        super().__init__(Row(*(Column(name) for name in names)), submit=gettext_lazy("Show"), method="get")

    def apply_at_once(self, address: str, *, typed: str, ticked: str = "") -> None:
        """Where scripts run, the page's `#results` follow each choice, and the words while they are typed.

        `address`: of the page (foundation/ui/fragments.py). `typed`, `ticked`: the names of the fields with words and
        with a box. Not whatever changes: to leave the box of words would draw the list anew, and take away the ticks
        that were set in it since.
        """
        changes = [f"input changed delay:300ms from:#id_{typed}", "change from:(.portal-filters select)"]
        changes += [f"change from:#id_{ticked}"] if ticked else []
        self.attrs = {
            "hx-get": address,
            "hx-target": "#results",
            "hx-swap": "outerHTML",
            "hx-trigger": ", ".join([*changes, "submit"]),
            "hx-replace-url": "true",
            "hx-sync": "this:replace",
        }


class Together:
    """Several forms of one page as one for the list of problems, in their order."""

    def __init__(self, *forms: BaseForm) -> None:
        self.forms = forms

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self.forms)

    def non_field_errors(self) -> list[str]:
        return [str(error) for form in self.forms for error in form.non_field_errors()]

    def __iter__(self) -> Iterator[BoundField]:
        return chain.from_iterable(self.forms)


@dataclass(frozen=True)
class Problem:
    """One line of the error summary: a sentence, and the id of the box it leads to, empty when there is none."""

    sentence: str
    target: str


def problems(form: BaseForm) -> list[Problem]:
    """What is wrong with a form, in the order of its fields, the form's own errors first. Empty while it is unbound."""
    found = [Problem(str(message), "") for message in form.non_field_errors()]
    for field in form:
        for message in field.errors:
            sentence = gettext("%(label)s: %(problem)s") % {
                "label": str(field.label).rstrip(".?"),
                "problem": message,
            }
            found.append(Problem(sentence, "" if field.is_hidden else first_box(field)))
    return found


def first_box(field: BoundField) -> str:
    """The id of the first box of a field. Groups have none for the whole: Django numbers their boxes from 0."""
    box = field.auto_id or ""
    if box and isinstance(field.field.widget, MultiWidget):
        return f"{box}_0"
    if box and isinstance(field.field.widget, ChoiceWidget) and field.use_fieldset:
        return f"{box}_0"
    return box
