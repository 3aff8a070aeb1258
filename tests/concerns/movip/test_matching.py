"""Who in the archive may be meant: names then and now, spellings, short forms, a turned birth date. Never chosen."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.movip.matching import MOST_PEOPLE, Reason, Terms, likeness, parts, plain, suggestions, turned
from concerns.movip.models import ChosenRow
from tests.factories.movip import ArchiveRowFactory

BORN = dt.date(1993, 4, 12)


def terms(last: str, first: str, born: dt.date = BORN) -> Terms:
    return Terms(tuple(last.split(",")), tuple(first.split(",")), born)


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("García-Peña", "garciapena"),
        ("O'Donnelly", "odonnelly"),
        ("O’Donnelly", "odonnelly"),
        ("Nguyễn", "nguyen"),
        ("Løvstad", "lovstad"),
        ("STRAẞER", "strasser"),
        ("Van der Merwe", "vandermerwe"),
        ("St. James", "stjames"),
        ("Łukasz", "lukasz"),
        ("𝕊mith", "smith"),  # from a page on which it was set to look like print
        ("李", "李"),
        ("--", ""),
    ],
)
def test_names_are_compared_without_what_differs_in_writing(name: str, compared: str) -> None:
    assert plain(name) == compared


@given(st.text(max_size=30))
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert plain(plain(name)) == plain(name)


def test_parts_of_a_name() -> None:
    assert parts("García-Peña") == ("garciapena", "garcia", "pena")
    assert parts("Van der Merwe") == ("vandermerwe", "van", "der", "merwe")
    assert parts("O'Donnelly") == ("odonnelly",)
    assert parts("Li") == ("li",)


def test_a_day_turned_around() -> None:
    assert turned(dt.date(1993, 4, 12)) == dt.date(1993, 12, 4)
    assert turned(dt.date(1993, 4, 13)) is None
    assert turned(dt.date(1993, 4, 4)) is None


@pytest.mark.parametrize(
    ("asked", "last", "first", "born", "reasons"),
    [
        (
            terms("Ashgrove", "Wilhelmina"), "Ashgrove", "Wilhelmina", BORN,
            [Reason.BIRTH_DATE, Reason.LAST_NAME, Reason.FIRST_NAME],
        ),
        (  # the maiden name, when the name now is asked for as well
            terms("Hartley,Ashgrove", "Wilhelmina"), "Ashgrove", "Wilhelmina", BORN,
            [Reason.BIRTH_DATE, Reason.LAST_NAME, Reason.FIRST_NAME],
        ),
        (  # the maiden name is unknown: first name and birth date
            terms("Hartley", "Wilhelmina"), "Ashgrove", "Wilhelmina", BORN,
            [Reason.BIRTH_DATE, Reason.FIRST_NAME],
        ),
        (
            terms("Garcia", "Maria"), "García-Peña", "María José", BORN,
            [Reason.BIRTH_DATE, Reason.PART_OF_LAST_NAME, Reason.FIRST_NAME],
        ),
        (
            terms("Garcia Pena", "Maria Jose"), "García-Peña", "María José", BORN,
            [Reason.BIRTH_DATE, Reason.LAST_NAME, Reason.FIRST_NAME],
        ),
        (
            terms("Katsenberg", "Liz"), "Katzenberg", "Elizabeth", BORN,
            [Reason.BIRTH_DATE, Reason.LAST_NAME_ALIKE, Reason.NICKNAME],
        ),
        (
            terms("Smith", "Jon"), "Smith", "John", dt.date(1993, 12, 4),
            [Reason.BIRTH_DATE_TURNED, Reason.LAST_NAME, Reason.NICKNAME],
        ),
        (
            terms("Petrovsky", "Katarina"), "Petrovsky", "Catarina", dt.date(1993, 4, 13),
            [Reason.LAST_NAME, Reason.BIRTH_DATE_NEAR, Reason.FIRST_NAME_ALIKE],
        ),
        (
            terms("Wilhelmina", "Ashgrove"), "Ashgrove", "Wilhelmina", BORN,
            [Reason.BIRTH_DATE, Reason.NAMES_TURNED],
        ),
        (
            terms("Quintanilla", "Lupe"), "Quintanilla", "Guadalupe", dt.date(1988, 1, 1),
            [Reason.LAST_NAME, Reason.NICKNAME],
        ),
        (
            terms("Quintanilla", "G"), "Quintanilla", "Guadalupe", BORN,
            [Reason.BIRTH_DATE, Reason.LAST_NAME],
        ),
        # Too little to suggest anybody
        (terms("Ashgrove", "Barnaby"), "Ashgrove", "Wilhelmina", dt.date(1980, 1, 1), []),
        (terms("Hartley", "Wilhelmina"), "Ashgrove", "Wilhelmina", dt.date(1980, 1, 1), []),
        (terms("Hartley", "Barnaby"), "Ashgrove", "Wilhelmina", BORN, []),
        (terms("Hartley", "Wilhelmina"), "Ashgrove", "Wilhelmina", dt.date(1993, 4, 13), []),
    ],
)  # fmt: skip
def test_why_somebody_may_be_meant(
    asked: Terms, last: str, first: str, born: dt.date, reasons: list[Reason]
) -> None:
    found = likeness(asked, last, first, born)
    if Reason.INITIAL not in reasons:
        found = tuple(reason for reason in found if reason != Reason.INITIAL)
    assert sorted(found) == sorted(reasons)


def test_terms_are_kept_and_read_back() -> None:
    asked = terms("García-Peña,Smith", "María José")
    assert Terms.from_json(asked.to_json()) == asked


@pytest.mark.django_db
def test_the_likeliest_stands_first_and_nobody_is_chosen() -> None:
    for last, first, born in [
        ("Smith", "John", dt.date(1993, 8, 3)),
        ("Smyth", "Jon", dt.date(1993, 3, 8)),
        ("Smith", "John", dt.date(1993, 3, 8)),
        ("Smith", "John", dt.date(1960, 1, 1)),
        ("Jones", "John", dt.date(1975, 6, 6)),
        ("Ashgrove", "Wilhelmina", BORN),
    ]:
        ArchiveRowFactory.create(former_last_name=last, former_first_name=first, birth_date=born)
    found = suggestions(terms("Smith", "John", dt.date(1993, 3, 8)))
    assert [(one.last_name, one.birth_date.isoformat(), one.weight) for one in found] == [
        ("Smith", "1993-03-08", 100),
        ("Smyth", "1993-03-08", 87),
        ("Smith", "1993-08-03", 85),
        ("Smith", "1960-01-01", 50),
    ]
    assert not ChosenRow.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("last", "first", "asked"),
    [
        ("García-Peña", "María José", terms("Garcia", "Maria")),
        ("García-Peña", "María José", terms("Peña", "Maria", dt.date(1993, 12, 4))),
        ("O'Donnelly", "Siobhan", terms("ODonnelly", "Siobhan", dt.date(1970, 1, 1))),
        ("Nguyễn", "Thị Mai", terms("Nguyen", "Mai", dt.date(1970, 1, 1))),
        ("Katzenberg", "Elizabeth", terms("Katsenberg", "Beth")),
        ("Katzenberg", "Elizabeth", terms("Miller", "Elizabeth")),
        ("Brandvold", "William", terms("Brandvold", "Bill", dt.date(1970, 1, 1))),
        ("Elizabeth", "Katzenberg", terms("Katzenberg", "Elizabeth", dt.date(1993, 4, 13))),
        ("Tremaine-Cole", "Jasper", terms("Cole", "Jasper", dt.date(1993, 4, 13))),
    ],
)
def test_the_database_finds_what_the_judge_would_suggest(last: str, first: str, asked: Terms) -> None:
    row = ArchiveRowFactory.create(former_last_name=last, former_first_name=first, birth_date=BORN)
    ArchiveRowFactory.create(former_last_name="Zubrowski", former_first_name="Ottoline")
    assert [one.rows for one in suggestions(asked)] == [(row,)]


@pytest.mark.django_db
def test_no_more_people_than_one_can_look_at() -> None:
    for number in range(MOST_PEOPLE + 5):
        ArchiveRowFactory.create(birth_date=BORN + dt.timedelta(days=366 * number))
    found = suggestions(terms("Ashgrove", "Wilhelmina"))
    assert (len(found), found[0].birth_date) == (MOST_PEOPLE, BORN)


@pytest.mark.django_db
def test_the_courses_of_a_person_stand_in_their_order() -> None:
    later = ArchiveRowFactory.create(school_year=2011, term="Fall")
    first = ArchiveRowFactory.create(school_year=2010, term="Fall")
    spring = ArchiveRowFactory.create(school_year=2010, term="Spring")
    assert suggestions(terms("Ashgrove", "Wilhelmina"))[0].rows == (first, spring, later)
