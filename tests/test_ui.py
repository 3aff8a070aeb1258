"""Words, menus, forms and the frame of every page, without a browser."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import django_tables2 as tables
import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import get_template
from django.test import Client, RequestFactory, override_settings
from django.urls import get_resolver
from django.utils import translation
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertHTMLEqual

from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui import marks, words
from mocap_portal.foundation.ui.context import page
from mocap_portal.foundation.ui.fields import LongSelect, MemorableDateField, PartyField
from mocap_portal.foundation.ui.forms import PortalFormHelper, Problem, problems
from mocap_portal.foundation.ui.navigation import Link, links
from mocap_portal.foundation.ui.templatetags import ui
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory
from tests.gallery.views import EveryField

MIDNIGHT_UTC = dt.datetime(2026, 12, 8, 0, 30, tzinfo=dt.UTC)  # still December 7 in Missouri


# Dates and money ----------------------------------------------------------------------------------


def test_a_day_is_written_in_missouris_time_and_in_words() -> None:
    assert words.long_day(MIDNIGHT_UTC) == "Monday, December 7, 2026"
    assert words.long_day(dt.date(2026, 12, 7)) == "Monday, December 7, 2026"
    assert words.short_day(dt.date(2026, 12, 7)) == "Dec 7, 2026"
    assert marks.day(MIDNIGHT_UTC) == '<time datetime="2026-12-07">Monday, December 7, 2026</time>'
    assert marks.short_day(MIDNIGHT_UTC) == '<time datetime="2026-12-07">Dec 7, 2026</time>'


class Shelf(PortalTable):
    title = tables.Column("Title <>")
    note = tables.TemplateColumn(
        "\n  {% if record.note %}<b>{{ record.note }}</b>{% endif %}\n", verbose_name="Note"
    )
    pages = tables.Column("Pages", attrs={"td": {"class": "portal-number"}})
    row_header = "title"


def test_a_table_is_drawn_with_what_names_each_cell_and_without_blanks_in_it() -> None:
    shelf = Shelf(
        [{"title": "a < b", "note": "c > d", "pages": 5}, {"title": "Robin", "note": "", "pages": None}]
    )
    assert re.sub(r"\s+", " ", shelf.body()) == (
        '<tr class="even" role="row">'
        '<th scope="row" role="rowheader" data-label="Title &lt;&gt;">a &lt; b</th>'
        '<td role="cell" data-label="Note"><b>c &gt; d</b></td>'
        '<td class="portal-number" role="cell" data-label="Pages">5</td></tr> '
        '<tr class="odd" role="row">'
        '<th scope="row" role="rowheader" data-label="Title &lt;&gt;">Robin</th>'
        '<td role="cell" data-label="Note"></td>'
        '<td class="portal-number" role="cell" data-label="Pages">—</td></tr>'
    )


def test_every_table_knows_how_the_portal_draws_its_rows() -> None:
    """A table of the library alone would come out empty."""
    get_resolver().url_patterns  # noqa: B018 -- imports every page, and with it every table
    found, waiting = set(), [tables.Table]
    while waiting:
        below = waiting.pop().__subclasses__()
        found.update(below)
        waiting += below
    ours = {
        kind for kind in found if kind.__module__.startswith(("mocap_portal.", "enrollment.", "providers."))
    }
    assert len(ours) > 20
    assert {kind for kind in ours if not issubclass(kind, PortalTable)} == set()


def test_a_moment_names_the_time_zone() -> None:
    assert words.moment_words(MIDNIGHT_UTC) == "December 7, 2026 at 6:30 p.m. Central time"
    assert marks.moment(dt.date(2026, 12, 7)) == marks.day(dt.date(2026, 12, 7))


def test_no_date_is_no_words() -> None:
    assert [marks.day(None), marks.short_day(None), marks.moment(None), ui.money(None)] == ["", "", "", ""]
    assert marks.by_when(None, dt.date(2026, 12, 7)) == ""


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0"),
        (Decimal("1250.00"), "$1,250"),
        (Decimal("1250.5"), "$1,250.50"),
        (Decimal("-3.10"), "$-3.10"),
    ],
)
def test_money_shows_cents_only_when_there_are_any(amount: Decimal | int, text: str) -> None:
    assert ui.money(amount) == text


# Status, pages, menu ------------------------------------------------------------------------------


def test_every_status_has_a_picture_and_its_words() -> None:
    drawn = (Path(settings.BASE_DIR) / "static" / "icons.svg").read_text()
    assert set(marks.STATUS_ICONS.values()) == set(re.findall(r'<symbol id="(\w+)"', drawn))
    text = Template("{% load ui %}{% status 'good' 'Approved' %}").render(Context())
    assert 'portal-status--good"' in text
    assert "icons.svg#check" in text
    assert text.strip().endswith("Approved</span>")


@pytest.mark.parametrize(("day", "how"), [(6, "bad|Overdue"), (7, "todo|Due today"), (8, "")])
def test_a_day_by_which_something_is_due_says_when_it_has_come(day: int, how: str) -> None:
    due = dt.date(2026, 12, day)
    expected = [marks.short_day(due), *([marks.status(*how.split("|"))] if how else [])]
    assert marks.by_when(due, dt.date(2026, 12, 7)) == " ".join(expected)


def test_a_sentence_is_filled_as_templates_fill_it() -> None:
    values = {"first": marks.short_day(MIDNIGHT_UTC), "last": "<never>"}
    template = Template("{% blocktranslate %}{{ first }} to {{ last }}{% endblocktranslate %}")
    drawn = template.render(Context(values))
    assert marks.filled("%(first)s to %(last)s", **values) == drawn
    assert "&lt;never&gt;" in drawn


def test_an_unknown_kind_of_status_is_an_error() -> None:
    with pytest.raises(KeyError):
        marks.status("green", "Approved")


def test_a_page_link_keeps_sorting_and_filters() -> None:
    request = RequestFactory().get("/courses/", {"sort": "-price", "page": "2"})
    template = Template("{% load ui %}{% page_url 3 %} {% page_url 4 'lines-page' %}")
    text = template.render(Context({"request": request}))
    assert text == "?sort=-price&amp;page=3 ?sort=-price&amp;page=2&amp;lines-page=4"


def test_page_numbers_leave_gaps() -> None:
    middle = Paginator(range(100), 5).page(10)
    assert list(ui.page_numbers(middle)) == [1, None, 9, 10, 11, None, 20]


@pytest.mark.parametrize(
    ("path", "current"), [("/", "Home"), ("/gallery/", "Parts"), ("/gallery/form/", "Form")]
)
@pytest.mark.urls("tests.gallery.urls")
def test_the_menu_marks_where_one_is(path: str, current: str) -> None:
    menu = links(
        RequestFactory().get(path), [("Home", "home"), ("Parts", "gallery"), ("Form", "gallery_form")]
    )
    assert [link.label for link in menu if link.current] == [current]
    assert menu[0] == Link("Home", "/", current == "Home")


@pytest.mark.urls("tests.gallery.urls")
def test_an_entry_may_stand_for_a_section_that_begins_elsewhere() -> None:
    sections = {"gallery_form": "gallery"}
    menu = links(
        RequestFactory().get("/gallery/"), [("Home", "home"), ("Form", "gallery_form")], sections=sections
    )
    assert menu == [Link("Home", "/", current=False), Link("Form", "/gallery/form/", current=True)]


# A date in three boxes ----------------------------------------------------------------------------


class BirthForm(forms.Form):
    born = MemorableDateField(
        label="Date of birth", earliest=dt.date(2000, 1, 1), latest=dt.date(2024, 12, 31)
    )
    left = MemorableDateField(label="Left on", required=False)


def birth(month: str, day: str, year: str) -> BirthForm:
    return BirthForm({"born_month": month, "born_day": day, "born_year": year})


def test_three_boxes_become_a_date() -> None:
    form = birth("4", " 9 ", "2011")
    assert form.errors == {}
    assert form.cleaned_data == {"born": dt.date(2011, 4, 9), "left": None}


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        (("", "", ""), "Enter the month, the day and the year."),
        (("4", "", ""), "The date is not complete. Add the day, year."),
        (("", "9", "2011"), "The date is not complete. Add the month."),
        (("4", "nine", "2011"), "Use digits only for the day and the year, for example 9 and 2011."),
        (("4", "9", "20¹1"), "Use digits only for the day and the year, for example 9 and 2011."),
        (("4", "9", "11"), "Enter the year with four digits, for example 2011."),
        (("2", "30", "2011"), "This day does not exist. Check the month and the day."),
        (("13", "1", "2011"), "This day does not exist. Check the month and the day."),
        (("1", "1", "0000"), "This day does not exist. Check the month and the day."),
        (("1", "1", "1999"), "The date must be Saturday, January 1, 2000 or later."),
        (("1", "1", "2025"), "The date must be Tuesday, December 31, 2024 or earlier."),
    ],
)
def test_each_mistake_in_a_date_has_its_sentence(boxes: tuple[str, str, str], sentence: str) -> None:
    assert birth(*boxes).errors == {"born": [sentence]}


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        ("0202", "The date must be Monday, January 1, 1900 or later."),
        ("9999", "The date must be Tuesday, December 31, 2199 or earlier."),
    ],
)
def test_a_mistyped_year_is_told_even_where_no_days_are_set(year: str, sentence: str) -> None:
    form = BirthForm({"left_month": "1", "left_day": "2", "left_year": year})
    assert form.errors["left"] == [sentence]


def test_a_date_is_shown_in_its_boxes() -> None:
    text = render_crispy_form(BirthForm(initial={"born": dt.date(2011, 4, 9)}), PortalFormHelper())
    assert '<option value="4" selected>April</option>' in text
    assert re.search(r'name="born_day" value="9"', text)
    assert re.search(r'name="born_year" value="2011"', text)


def test_a_wrong_date_is_shown_as_it_was_typed() -> None:
    text = render_crispy_form(birth("2", "30", "2011"), PortalFormHelper())
    assert '<option value="2" selected>February</option>' in text
    assert re.search(r'name="born_day" value="30"', text)


@pytest.mark.parametrize("value", [None, "", "a<b", "7"])
def test_a_long_select_is_what_djangos_own_is(value: str | None) -> None:
    choices: list[tuple[str | int, str]] = [("", "All"), ("a<b", "A < B"), (7, "Seven")]
    drawn = [
        kind(attrs={"class": "usa-select"}, choices=choices).render("subject", value, {"id": "id_subject"})
        for kind in (LongSelect, forms.Select)
    ]
    assertHTMLEqual(drawn[0], drawn[1])


@pytest.mark.django_db
def test_a_party_is_chosen_by_name_and_the_list_is_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    second, first = (LeaFactory.create(organization__name=name) for name in ("Walnut Fork", "Ash & Elm"))

    class PartyForm(forms.Form):
        lea = PartyField(
            queryset=Lea.objects.order_by("organization__name"), empty_label="Every district", required=False
        )

    with django_assert_num_queries(1):
        drawn = str(PartyForm(initial={"lea": second.pk})["lea"])
    assertHTMLEqual(
        drawn,
        f'''<select name="lea" id="id_lea"><option value="">Every district</option>
        <option value="{first.pk}">Ash &amp; Elm</option>
        <option value="{second.pk}" selected>Walnut Fork</option></select>''',
    )
    form = PartyForm({"lea": str(second.pk)})
    assert form.is_valid()
    assert form.cleaned_data["lea"] == second
    assert not PartyForm({"lea": "0"}).is_valid()


# Forms --------------------------------------------------------------------------------------------


def test_problems_come_in_the_order_of_the_questions_and_lead_to_the_first_box() -> None:
    form = EveryField({"name": "twice", "born_month": "2", "email": "nobody", "token": "x"})
    assert problems(form) == [
        Problem("This request was sent before.", ""),
        Problem("Your e-mail address: Enter a valid email address.", "id_email"),
        Problem("Date of birth: The date is not complete. Add the day, year.", "id_born_0"),
        Problem("Grade: This field is required.", "id_grade"),
        Problem("When: This field is required.", "id_term_0"),
        Problem("Why this course: This field is required.", "id_why_0"),
        Problem("Price of one semester: This field is required.", "id_price"),
        Problem("What I wrote is true: This field is required.", "id_truth"),
    ]


def test_an_unbound_form_has_no_problems() -> None:
    assert problems(EveryField()) == []


@pytest.mark.parametrize(("language", "kind"), [("en", "usa-file-input"), ("es", "portal-file-input")])
def test_a_box_for_a_file_speaks_no_english_to_others(language: str, kind: str) -> None:
    """The one that USWDS makes of `usa-file-input` says "Drag file here" in every language."""
    with translation.override(language):
        assert f'class="{kind}"' in ui.widget(EveryField()["paper"])


@pytest.mark.parametrize("data", [None, {}])
def test_everything_a_box_points_to_is_on_the_page(data: dict[str, str] | None) -> None:
    text = render_crispy_form(EveryField(data))
    ids = re.findall(r'\bid="([^"]+)"', text)
    pointers = [name for value in re.findall(r'aria-describedby="([^"]+)"', text) for name in value.split()]
    targets = [*pointers, *re.findall(r'\bfor="([^"]+)"', text), *re.findall(r'href="#([^"]+)"', text)]
    assert sorted(ids) == sorted(set(ids))
    assert set(targets) - set(ids) == set()
    assert text.count('aria-invalid="true"') == (0 if data is None else 12)


def test_required_is_said_in_words_and_the_browser_does_not_check() -> None:
    text = render_crispy_form(EveryField())
    assert text.count("(required)") == 8
    assert re.search(r"<form[^>]* novalidate", text)
    assert 'enctype="multipart/form-data"' in text


def test_buttons_carry_nothing_of_bootstrap() -> None:
    text = render_crispy_form(EveryField())
    assert re.search(r'<button type="submit" class="usa-button ?">Send the request</button>', text)
    assert '<a class="usa-button usa-button--outline" href="/gallery/">Cancel</a>' in text
    assert not re.search(r'class="[^"]*\bbtn', text)


def test_a_choice_is_escaped() -> None:
    class Choice(forms.Form):
        one = forms.ChoiceField(label="<One>", choices=[("a", "<b>")], widget=forms.RadioSelect)

    text = render_crispy_form(Choice(), PortalFormHelper())
    assert "&lt;One&gt;" in text
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


# The frame of every page --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
@pytest.mark.urls("tests.gallery.urls")
def test_pages_for_broken_requests_need_nothing(name: str) -> None:
    text = get_template(name).render()
    assert "<h1>" in text
    assert "<form" not in text


def test_a_request_that_failed_early_has_no_hat() -> None:
    context = page(HttpRequest())
    assert context["hat"] is None
    assert len(context["hats"]) == 0
    assert context["nav"] == ()


@pytest.mark.django_db
@pytest.mark.urls("tests.gallery.urls")
class TestHeader:
    def test_a_visitor_may_sign_in_and_change_the_language(self, client: Client) -> None:
        text = client.get("/gallery/form/").content.decode()
        assert ">Sign in</a>" in text
        assert 'name="language" value="es" lang="es">Español</button>' in text
        assert "Working as" not in text
        assert "Sign out" not in text

    def test_one_hat_is_named_and_not_offered_for_change(self, client: Client) -> None:
        hat = MembershipFactory.create(parent=True)
        client.force_login(hat.user)
        text = client.get("/gallery/form/").content.decode()
        assert f"Working as {hat}" in text
        assert 'name="hat"' not in text
        assert "Sign out" in text

    def test_active_hats_are_offered_for_change_and_the_worn_one_is_marked(self, client: Client) -> None:
        parent = MembershipFactory.create(parent=True)
        student = MembershipFactory.create(adult_student=True, user=parent.user)
        MembershipFactory.create(student_on_own=True, user=parent.user, ended=True)
        MembershipFactory.create(parent=True)
        client.force_login(parent.user)
        response = client.get("/gallery/form/")
        worn = response.wsgi_request.hat  # type: ignore[attr-defined]
        switch = response.content.decode().partition('name="hat"')[2].partition("</select>")[0]
        offered = re.findall(r'<option value="(\d+)"( selected)?>', switch)
        assert [(int(pk), bool(mark)) for pk, mark in offered] == [
            (parent.pk, worn == parent),
            (student.pk, worn == student),
        ]

    @pytest.mark.parametrize("demo", [True, False])
    def test_the_demo_says_that_it_is_one(self, client: Client, demo: bool) -> None:
        with override_settings(DEMO=demo):
            text = client.get("/gallery/form/").content.decode()
        assert ("Every person, school and request in it is invented." in text) is demo

    def test_a_page_with_errors_says_so_first_in_its_title(self, client: Client) -> None:
        assert "<title>Ask for a course |" in client.get("/gallery/form/").content.decode()
        text = client.post("/gallery/form/", {"name": ""}).content.decode()
        assert "<title>Error: Ask for a course |" in text

    def test_the_language_of_the_page_is_declared(self, client: Client) -> None:
        with translation.override(None):
            text = client.get("/gallery/form/", headers={"accept-language": "es"}).content.decode()
        assert '<html lang="es">' in text
