"""Tags for pages (dates, money, status, page numbers) and for the form pack in templates/uswds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, FileInput, Form, Select, Textarea
from django.forms.boundfield import BoundWidget
from django.template.context import RequestContext
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mocap_portal.foundation.ui import marks, words
from mocap_portal.foundation.ui.forms import Problem
from mocap_portal.foundation.ui.forms import problems as form_problems

register = template.Library()

register.filter(marks.day)
register.filter(marks.short_day)
register.filter(marks.moment)
register.simple_tag(marks.status)
register.simple_tag(marks.by_when)


@register.filter
def money(amount: Decimal | int | None) -> str:
    """$1,250 or $1,250.50; nothing for None."""
    return "" if amount is None else words.dollars(amount)


@register.simple_tag(takes_context=True)
def page_url(context: RequestContext, number: int, field: str = "") -> str:
    """This address with another page number; sorting and filters stay."""
    parts = context["request"].GET.copy()
    parts[field or "page"] = str(number)
    return f"?{parts.urlencode()}"


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[int | None]:
    """The numbers to offer: first, last, the current one and its neighbors. None stands for a gap."""
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        yield number if isinstance(number, int) else None


# The form pack -----------------------------------------------------------------------------------


@register.filter
def problems(form: Form) -> list[Problem]:
    """The lines of the error summary; see foundation/ui/forms.py."""
    return form_problems(form)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The box for the answer, with the classes USWDS wants and the attributes Django sets."""
    kind = field.field.widget
    kind.attrs.pop("placeholder", None)  # it goes away while one types; hints stay
    if isinstance(kind, CheckboxInput):
        name = "usa-checkbox__input"
    elif isinstance(kind, Select):
        name = "usa-select"
    elif isinstance(kind, Textarea):
        name = "usa-textarea"
    elif isinstance(kind, FileInput):
        # The box of USWDS speaks English alone; the browser's own speaks the language of whoever sits before it.
        name = "usa-file-input" if get_language() == "en" else "portal-file-input"
    else:
        name = "usa-input"
    own = kind.attrs.get("class", "")
    wrong = f"{name}--error" if field.errors else ""
    return field.as_widget(attrs={"class": " ".join(filter(None, (name, wrong, own)))})


@register.simple_tag
def choice_input(choice: BoundWidget) -> SafeString:
    """One radio button or checkbox of a group, without its label."""
    kind = "radio" if choice.data["type"] == "radio" else "checkbox"
    own = choice.data["attrs"].get("class", "")
    choice.data["attrs"]["class"] = f"usa-{kind}__input {own}".strip()
    return choice.tag()


@register.filter
def parts(field: BoundField) -> list[dict[str, Any]]:
    """The boxes of an answer in several parts. The widget names them in `part_labels`: (name, label) in order."""
    container = field.field.widget
    attrs = field.build_widget_attrs({"id": field.auto_id})
    wrong = " usa-input--error" if field.errors else ""
    context = container.get_context(field.html_name, field.value(), attrs)["widget"]
    boxes = []
    for (name, label), child, data in zip(
        container.part_labels, container.widgets, context["subwidgets"], strict=True
    ):
        data["attrs"]["class"] = ("usa-select" if isinstance(child, Select) else "usa-input") + wrong
        html = BoundWidget(child, data, field.form.renderer).tag()
        boxes.append({"name": name, "label": label, "id": data["attrs"]["id"], "html": html})
    return boxes


@register.filter
def own_classes(classes: str) -> str:
    """What is left of a crispy button's classes without the Bootstrap ones that crispy hard-codes."""
    return " ".join(name for name in classes.split() if not name.startswith("btn"))
