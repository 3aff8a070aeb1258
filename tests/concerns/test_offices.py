"""The right office and the questions that follow a category: both languages, sources, and codes that exist."""

import datetime as dt
import re

import pytest
from django.utils import translation

from concerns.models import Concern
from concerns.offices import Office, office_of, offices
from concerns.questions import Kind, questions, questions_of, told
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet

ON = dt.date(2026, 11, 9)


@pytest.mark.django_db
def test_every_group_of_categories_has_an_office_and_every_office_a_group() -> None:
    categories = CodeMeaning.objects.of(CodeSet.CONCERN_CATEGORY, on=ON)
    groups = set(categories.exclude(group="").values_list("group", flat=True))
    assert {office.group for office in offices() if office.holds(ON)} == groups
    assert groups == {"appeal", "special_education", "discrimination", "safety"}


@pytest.mark.parametrize("office", offices(), ids=lambda office: office.group)
def test_an_office_is_there_in_both_languages_with_its_source(office: Office) -> None:
    assert all([office.title, office.title_es, office.source, *office.steps, *office.steps_es])
    assert len(office.steps) == len(office.steps_es)
    assert office.title != office.title_es
    for line in office.contacts:
        assert line.name
        assert line.name_es
        assert re.fullmatch(r"(1-)?[0-9]{3}-[0-9]{3}-[0-9]{4}|988", line.phone)
        assert not line.url or line.url.startswith("https://")


def test_an_office_holds_for_its_days_only() -> None:
    office = Office("g", "t", "t", (), (), (), dt.date(2026, 1, 1), "s", valid_to=dt.date(2026, 6, 30))
    days = [dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 1)]
    assert [office.holds(day) for day in days] == [False, True, True, False]
    assert office_of("safety", on=dt.date(2020, 1, 1)) is None
    assert office_of("", on=ON) is None


def test_the_office_is_read_in_the_language_of_the_page() -> None:
    office = office_of("safety", on=ON)
    assert office
    assert office.first
    assert office.contacts[0].phone == "1-800-392-3738"
    assert "911" in office.local_title
    with translation.override("es"):
        assert office.local_title == "Si un niño o una niña está en peligro ahora, llame al 911."
        assert office.contacts[0].local_name.startswith("Línea de Missouri")


@pytest.mark.django_db
def test_every_question_follows_a_category_and_is_there_in_both_languages() -> None:
    codes = set(CodeMeaning.objects.of(CodeSet.CONCERN_CATEGORY, on=ON).values_list("code", flat=True))
    assert {question.category for question in questions()} == codes - {"other"}
    names = [(question.category, question.name) for question in questions()]
    assert len(names) == len(set(names))
    boxes = {field.name for field in Concern._meta.get_fields()}
    for question in questions():
        assert question.label != question.label_es
        assert f"answer_{question.name}" not in boxes
        assert bool(question.choices) == (question.kind == Kind.CHOICE)
        for code, words, words_es in question.choices:
            assert code
            assert words
            assert words_es


def test_answers_are_read_in_the_language_of_the_page() -> None:
    answers = {"asked_on": "2026-10-01", "asked_how": "paper"}
    assert [question.name for question in questions_of("no_decision")] == ["asked_on", "asked_how"]
    assert told("no_decision", answers) == [
        ("When was the course or program asked for?", "Thursday, October 1, 2026"),
        ("How was it asked for?", "On paper or by email"),
    ]
    with translation.override("es"):
        assert told("no_decision", answers) == [
            ("¿Cuándo se pidió el curso o el programa?", "jueves 1 de octubre de 2026"),
            ("¿Cómo se pidió?", "En papel o por correo electrónico"),
        ]
    assert told("safety", {"called": False}) == [("Have you called the hotline or 911?", "No")]
    assert told("denial", {"letter": "", "unknown": "x"}) == []
    assert told("no_decision", {"asked_how": "gone"}) == [("How was it asked for?", "gone")]
