"""Pages that show each component and a form of every kind of field, clean and with errors."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import django_tables2 as tables
from crispy_forms.bootstrap import InlineRadios, PrependedText
from crispy_forms.layout import Column, Field, Fieldset, Row
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django_tables2 import RequestConfig

from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import FilterFormHelper, PortalFormHelper
from mocap_portal.foundation.ui.navigation import links

PAGES = Path(__file__).parent


class CourseTable(PortalTable):
    title = tables.Column("Course")
    provider = tables.Column("Provider")
    price = tables.Column("Price", attrs={"th": {"class": "portal-number"}, "td": {"class": "portal-number"}})

    caption = "Courses you can ask for"
    row_header = "title"


class FindCourse(forms.Form):
    title = forms.CharField(label="Title", required=False)
    provider = forms.ChoiceField(
        label="Provider", required=False, choices=[("", "Any"), ("g", "Gateway Online")]
    )

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("title", "provider")


class EveryField(forms.Form):
    name = forms.CharField(label="Student's full name", help_text="As it is written at school.")
    email = forms.EmailField(label="Your e-mail address")
    born = MemorableDateField(
        label="Date of birth", help_text="For example April 9 2011.", latest=dt.date(2026, 12, 31)
    )
    grade = forms.ChoiceField(label="Grade", choices=[("", "Choose"), ("9", "9"), ("10", "10")])
    term = forms.ChoiceField(
        label="When", choices=[("S1", "Fall"), ("S2", "Spring")], widget=forms.RadioSelect
    )
    why = forms.MultipleChoiceField(
        label="Why this course",
        help_text="Check all that fit.",
        choices=[("offer", "Our school does not offer it"), ("time", "It does not fit the timetable")],
        widget=forms.CheckboxSelectMultiple,
    )
    price = forms.DecimalField(label="Price of one semester", min_value=1)
    note = forms.CharField(label="Anything else", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    paper = forms.FileField(label="A paper from your doctor", required=False, help_text="PDF, up to 10 MB.")
    truth = forms.BooleanField(
        label="What I wrote is true", help_text="We can't take the request without this."
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def helper(self) -> PortalFormHelper:
        when = InlineRadios("term")
        price = PrependedText("price", "$")
        return PortalFormHelper(
            Fieldset("The student", "name", "email", "born", Row(Column("grade"), Column("note"))),
            Fieldset("The course", when, "why", price, Field("paper"), "truth", "token"),
            submit="Send the request",
            cancel_url="/gallery/",
        )

    def clean(self) -> dict[str, Any]:
        if self.data.get("name") == "twice":
            raise forms.ValidationError("This request was sent before.")
        return self.cleaned_data


class Line(forms.Form):
    course = forms.CharField(label="Course")
    credits = forms.DecimalField(label="Credits")


def draw(request: HttpRequest, page: str, **context: object) -> HttpResponse:
    template = engines["django"].from_string((PAGES / page).read_text())
    nav = links(request, [("Home", "home"), ("Parts", "gallery"), ("Form", "gallery_form")])
    return HttpResponse(template.render({"nav": nav, **context}, request))


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    for level in (messages.INFO, messages.SUCCESS, messages.WARNING, messages.ERROR):
        messages.add_message(request, level, "One sentence about what just happened.")
    rows = [
        {"title": f"Course {n:03}", "provider": "Gateway Online", "price": Decimal(400 + n)}
        for n in range(120)
    ]
    table = CourseTable(rows)
    RequestConfig(request, paginate={"per_page": 4}).configure(table)
    return draw(
        request,
        "gallery.html",
        find=FindCourse(request.GET or None),
        table=table,
        empty=CourseTable([], empty_text="No course fits yet."),
        statuses=[
            ("good", "Approved"),
            ("bad", "Denied"),
            ("waiting", "With the counselor"),
            ("todo", "Waits for you"),
            ("info", "New"),
            ("off", "Withdrawn"),
        ],
        summary=[
            {"term": "Student", "value": "Sam Rivera", "url": "#", "action": "Change"},
            {"term": "School", "value": "Ridge High School\nPine County R-I"},
        ],
        timeline=[
            {
                "what": "The request was sent",
                "when": dt.datetime(2026, 11, 9, 21, 5, tzinfo=dt.UTC),
                "who": "Parent or guardian",
                "more": "Two courses.",
                "state": "done",
            },
            {
                "what": "The counselor decides",
                "when": dt.date(2026, 11, 24),
                "who": "Counselor",
                "more": "",
                "state": "now",
            },
            {"what": "The district registers", "when": None, "who": "District", "more": "", "state": "next"},
        ],
        day=dt.date(2026, 12, 7),
    )


@login_not_required
def form_page(request: HttpRequest) -> HttpResponse:
    form = EveryField(request.POST or None, request.FILES or None)
    return draw(request, "form.html", form=form)


@login_not_required
def formset_page(request: HttpRequest) -> HttpResponse:
    formset = forms.formset_factory(Line, extra=2)(request.POST or None)
    helper = PortalFormHelper(submit="Save the lines")
    helper.template = "uswds/table_inline_formset.html"
    return draw(request, "formset.html", formset=formset, helper=helper)


@login_not_required
def confirm(request: HttpRequest) -> HttpResponse:
    return draw(request, "confirm.html")
