"""The switch to Spanish is true: what families and the public read is in the catalog, on pages and in mails."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import localize

from enrollment.part_time import notices
from enrollment.part_time.actions import deciding
from enrollment.part_time.models import Outcome
from enrollment.registration.actions import WHAT_IS_TOLD, WHY_IT_IS_TOLD
from mocap_portal.foundation.accounts.models import Membership, User
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.foundation.ui import words
from providers.models import PROGRAM_CODES, Instruction
from tests.catalog import Entry, read_mo, read_po, sentences_in
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory
from tests.factories.attendance import AttendanceDayFactory
from tests.factories.directory import TermFactory
from tests.factories.full_time import ProgramApplicationFactory, ProgramEnrollmentFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import DisclosureFactory, GuardianFactory
from tests.sign_in import sign_in

ROOT = Path(settings.BASE_DIR)
CATALOG = ROOT / "mocap_portal" / "locale" / "es" / "LC_MESSAGES" / "django.po"
NOW = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)  # a Monday, noon in Missouri

# What a family or a visitor can meet. Pages of staff fall back to English where a sentence is missing.
FOR_FAMILIES = (
    "concerns/actions/filing.py",
    "concerns/actions/sending.py",
    "concerns/actions/writing.py",
    "concerns/files.py",
    "concerns/forms/public.py",
    "concerns/forms/writing.py",
    "concerns/models/concerns.py",
    "concerns/models/attachments.py",
    "concerns/notices.py",
    "concerns/questions.py",
    "concerns/responses.py",
    "concerns/story.py",
    "concerns/views/own.py",
    "concerns/views/writing.py",
    "enrollment/attendance/actions/*.py",
    "enrollment/attendance/models/*.py",
    "enrollment/attendance/notices.py",
    "enrollment/attendance/tables.py",
    "enrollment/attendance/views/letters.py",
    "enrollment/attendance/views/students.py",
    "enrollment/certification/actions/*.py",
    "enrollment/certification/forms/family.py",
    "enrollment/certification/forms/public.py",
    "enrollment/certification/models.py",
    "enrollment/certification/notices.py",
    "enrollment/certification/tables.py",
    "enrollment/certification/views/family.py",
    "enrollment/certification/views/public.py",
    "enrollment/full_time/actions/*.py",
    "enrollment/full_time/eligibility.py",
    "enrollment/full_time/forms/family.py",
    "enrollment/full_time/models/*.py",
    "enrollment/full_time/notices/*.py",
    "enrollment/full_time/services_letter.py",
    "enrollment/full_time/stations.py",
    "enrollment/full_time/tables/applications.py",
    "enrollment/full_time/views/family.py",
    "enrollment/full_time/views/services.py",
    "enrollment/full_time/views/students.py",
    "enrollment/membership/actions.py",
    "enrollment/part_time/actions/*.py",
    "enrollment/part_time/facts.py",
    "enrollment/part_time/forms/amending.py",
    "enrollment/part_time/forms/family.py",
    "enrollment/part_time/models/*.py",
    "enrollment/part_time/notices.py",
    "enrollment/part_time/private_pay.py",
    "enrollment/part_time/rules.py",
    "enrollment/part_time/timeline.py",
    "enrollment/part_time/views/amending.py",
    "enrollment/part_time/views/asking/*.py",
    "enrollment/part_time/views/family.py",
    "enrollment/part_time/views/private.py",
    "enrollment/progress/actions/downloading.py",
    "enrollment/progress/actions/importing.py",
    "enrollment/progress/notices.py",
    "enrollment/progress/tables.py",
    "enrollment/records/actions/*.py",
    "enrollment/records/models.py",
    "enrollment/records/notices.py",
    "enrollment/records/views/family.py",
    "enrollment/registration/actions/withdrawing.py",
    "enrollment/registration/forms/changes.py",
    "enrollment/registration/models/*.py",
    "enrollment/registration/notices.py",
    "enrollment/registration/views/family.py",
    "enrollment/registration/views/withdraw.py",
    "enrollment/registration/views/words.py",
    "enrollment/transfers/notices.py",
    "enrollment/transfers/tables.py",
    "mocap_portal/foundation/accounts/*.py",
    "mocap_portal/foundation/clocks/explain.py",
    "mocap_portal/foundation/clocks/why.py",
    "mocap_portal/foundation/directory/models/*.py",
    "mocap_portal/foundation/papers/*.py",
    "mocap_portal/foundation/ui/**/*.py",
    "mocap_portal/home/*.py",
    "mocap_portal/settings/base.py",
    "providers/choice.py",
    "providers/facets.py",
    "providers/filters.py",
    "providers/models/*.py",
    "providers/prices.py",
    "providers/tables/catalog.py",
    "providers/views/catalog.py",
    "providers/words.py",
    "templates/*.html",
    "templates/account/**/*.*",
    "templates/accounts/accept*.html",
    "templates/accounts/add_family_hat.html",
    "templates/accounts/invitation_refused.html",
    "templates/accounts/mail/*.txt",
    "templates/accounts/own_page.html",
    "templates/allauth/**/*.html",
    "templates/clocks/*.html",
    "templates/components/*.html",
    "templates/attendance/letter.html",
    "templates/attendance/student.html",
    "templates/certification/letters.html",
    "templates/certification/ask.html",
    "templates/certification/consent.html",
    "templates/certification/letter.html",
    "templates/certification/verify.html",
    "templates/certification/number.html",
    "templates/certification/state.html",
    "templates/full_time/*.html",
    "templates/transfers/credit.html",
    "templates/full_time/records/records.html",
    "templates/full_time/records/due.html",
    "templates/full_time/services/services.html",
    "templates/full_time/services/finding.html",
    "templates/full_time/services/agreement.html",
    "templates/full_time/family/*.html",
    "templates/concerns/public/*.html",
    "templates/home/*.html",
    "templates/mfa/**/*.html",
    "templates/papers/**/*.txt",
    "templates/part_time/family/*.html",
    "templates/part_time/letter.html",
    "templates/progress/*.html",
    "templates/providers/catalog.html",
    "templates/providers/compare.html",
    "templates/providers/course.html",
    "templates/providers/facets.html",
    "templates/providers/past_day.html",
    "templates/providers/policy_links.html",
    "templates/providers/result_count.html",
    "templates/records/family/*.html",
    "templates/registration/course.html",
    "templates/registration/extensions.html",
    "templates/registration/withdraw.html",
    "templates/state_map/public/*.html",
    "templates/uswds/**/*.html",
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w*\}|</?[a-z][^>]*>")


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return read_po(CATALOG)


# The catalog ----------------------------------------------------------------------------------------


def test_the_compiled_catalog_is_this_one(entries: list[Entry]) -> None:
    expected: dict[str | tuple[str, int], str] = {}
    for entry in entries:
        if entry.is_translated and entry.plural:
            expected |= {(entry.key, number): form for number, form in enumerate(entry.spanish)}
        elif entry.is_translated:
            expected[entry.key] = entry.spanish[0]
    expected[""] = re.sub(r"POT-Creation-Date: .*\n", "", str(expected[""]))  # left out when compiled
    assert read_mo(CATALOG.with_suffix(".mo")) == expected


def test_no_translation_is_a_guess(entries: list[Entry]) -> None:
    assert [entry.key for entry in entries if "fuzzy" in entry.flags] == []


def test_no_sentence_is_there_twice(entries: list[Entry]) -> None:
    assert len({entry.key for entry in entries}) == len(entries)


def test_translations_keep_what_is_filled_in(entries: list[Entry]) -> None:
    _header, *sentences = entries
    wrong = [
        (entry.key, form)
        for entry in sentences
        for form in entry.spanish
        if entry.is_translated and marks(form) != marks(entry.plural or entry.key)
    ]
    assert wrong == []


def test_plurals_have_both_forms(entries: list[Entry]) -> None:
    _header, *sentences = entries
    assert [entry.key for entry in sentences if len(entry.spanish) != (2 if entry.plural else 1)] == []


@pytest.mark.parametrize("pattern", FOR_FAMILIES)
def test_every_sentence_that_a_family_can_meet_is_translated(pattern: str, entries: list[Entry]) -> None:
    files = [path for path in sorted(ROOT.glob(pattern)) if path.is_file()]
    assert files
    known = {entry.key for entry in entries if entry.is_translated}
    missing = {
        key: str(path.relative_to(ROOT)) for path in files for key in sentences_in(path) if key not in known
    }
    assert missing == {}


def marks(sentence: str) -> set[str]:
    """What must be the same in both languages: values filled in, percent signs, tags."""
    return set(PLACEHOLDER.findall(sentence))


# Days, times, numbers -------------------------------------------------------------------------------


def test_days_and_times_read_right() -> None:
    with translation.override("es"):
        assert words.long_day(dt.date(2026, 12, 7)) == "lunes 7 de diciembre de 2026"
        assert words.short_day(dt.date(2026, 12, 7)) == "7 dic 2026"
        assert (
            words.moment_words(dt.datetime(2026, 12, 7, 21, 5, tzinfo=dt.UTC))
            == "7 de diciembre de 2026, 3:05 p.m. (hora del Centro)"
        )


def test_numbers_have_the_point_of_prices() -> None:
    with translation.override("es"):
        assert (localize(Decimal("0.50")), words.dollars(Decimal("1250.50"))) == ("0.50", "$1,250.50")


# Pages ----------------------------------------------------------------------------------------------


def heading(client: Client, address: str, language: str = "") -> tuple[str, str]:
    """The language that a page names, and its h1."""
    headers = {"Accept-Language": language} if language else {}
    page = client.get(address, headers=headers).content.decode()
    named, title = re.search(r'<html lang="(\w+)"', page), re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert named and title
    return named[1], title[1].strip()


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("name", "h1"),
    [
        ("home", "Cursos virtuales para los estudiantes de Missouri"),
        ("how_it_works", "Cómo funciona una solicitud de tiempo parcial"),
        ("account_login", "Iniciar sesión"),
        ("account_signup", "Abra una cuenta"),
        ("providers:catalog", "Catálogo de cursos"),
    ],
)
def test_visitors_get_the_language_of_their_browser(client: Client, name: str, h1: str) -> None:
    assert heading(client, reverse(name), language="es-MX,es;q=0.9,en;q=0.5") == ("es", h1)


@pytest.mark.django_db
def test_families_get_the_language_they_switch_to(client: Client) -> None:
    sign_in(client, MembershipFactory.create(parent=True))
    requests = reverse("part_time:requests")
    assert heading(client, requests) == ("en", "Your course requests")

    client.post(reverse("set_language"), {"language": "es", "next": requests})
    assert heading(client, requests) == ("es", "Sus solicitudes de cursos")


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_letter_is_in_english_whatever_the_decider_reads() -> None:
    line = CourseLineFactory.create()
    decider = MembershipFactory.create(counselor=True, organization=line.request.lea.organization)

    def preview() -> str:
        return deciding.preview_letter(line, by=decider, at=NOW, outcome=Outcome.DENIED)

    english = preview()
    with translation.override("es"):
        assert preview() == english


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_what_left_the_district_is_shown_in_the_language_of_the_reader(client: Client) -> None:
    hat = MembershipFactory.create(parent=True)
    student = GuardianFactory.create(user=hat.user).student
    DisclosureFactory.create(student=student, what=WHAT_IS_TOLD, why=WHY_IT_IS_TOLD)
    sign_in(client, hat)
    address = reverse("records:disclosures", args=[student.pk])
    page = client.get(address, headers={"Accept-Language": "es"}).content.decode()
    assert "<dd>Nombre, número MOSIS, fecha de nacimiento, grado, curso</dd>" in page
    assert "<dd>Inscripción en un curso que el distrito aprobó</dd>" in page


# Codes whose names DESE keeps as dated rows ------------------------------------------------------------

READ_BY_FAMILIES = (
    CodeSet.DENIAL_FACTOR,
    CodeSet.ACKNOWLEDGEMENT,
    CodeSet.REQUEST_REASON,
    CodeSet.SURVEY_REASON,
    CodeSet.ACTIVITY,
)


def read_by_families() -> list[CodeMeaning]:
    """The codes that some page shows to families: whole sets, and of the program codes those of MOCAP courses."""
    sets = Q(code_set__in=READ_BY_FAMILIES)
    programs = Q(code_set=CodeSet.PROGRAM, code__in=PROGRAM_CODES.values())
    return list(CodeMeaning.objects.on(NOW.date()).filter(sets | programs).order_by("code_set", "position"))


@pytest.mark.django_db
def test_every_code_that_families_read_is_called_something_in_spanish() -> None:
    codes = read_by_families()
    assert len(codes) == 10 + 6 + 7 + 9 + 8 + 2
    english = [
        code.code
        for code in codes
        if code.label_es in {"", code.label}
        or (code.meaning and code.meaning_es in {"", code.meaning})
        or (code.meaning_es and not code.meaning)
    ]
    assert english == []


@pytest.mark.django_db
def test_a_code_without_spanish_is_read_in_english() -> None:
    row = CodeMeaning(label="Orientation", label_es="", meaning="First days", meaning_es="Primeros días")
    with translation.override("es"):
        assert (row.local_label, row.local_meaning) == ("Orientation", "Primeros días")
    with translation.override("en"):
        assert (row.local_label, row.local_meaning) == ("Orientation", "First days")


def how_it_works(_hat: Membership) -> str:
    return reverse("how_it_works")


def courses_of_a_draft(hat: Membership) -> str:
    draft = CourseRequestFactory.create(claim__claimant=hat.user, term=TermFactory.create())
    CourseLineFactory.create(request=draft)
    return reverse("part_time:courses", args=[draft.pk])


def signing_of_a_draft(hat: Membership) -> str:
    draft = CourseRequestFactory.create(
        claim__claimant=hat.user, term=TermFactory.create(), in_person_courses=4
    )
    CourseLineFactory.create(request=draft)
    return reverse("part_time:sign", args=[draft.pk])


def change_of_a_request(hat: Membership) -> str:
    request = CourseRequestFactory.create(submitted=True, claim__claimant=hat.user, term=TermFactory.create())
    CourseLineFactory.create(request=request)
    return reverse("part_time:amend", args=[request.pk])


def survey(hat: Membership) -> str:
    application = ProgramApplicationFactory.create(claim__claimant=hat.user, term=TermFactory.create())
    return reverse("full_time:survey", args=[application.pk])


def attendance(hat: Membership) -> str:
    enrollment = ProgramEnrollmentFactory.create(enrolled=True, starts_on=dt.date(2026, 10, 1))
    GuardianFactory.create(student=enrollment.student, user=hat.user)
    kinds = CodeMeaning.objects.of(CodeSet.ACTIVITY, on=NOW.date()).values_list("code", flat=True)
    AttendanceDayFactory.create(
        enrollment=enrollment, day=dt.date(2026, 10, 29), activities=list(kinds), minutes=[5] * len(kinds)
    )
    return reverse("attendance:student", args=[enrollment.pk])


def course(_hat: Membership) -> str:
    return reverse("providers:course", args=[CourseFactory.create(instruction=Instruction.PROVIDER).pk])


def curriculum(_hat: Membership) -> str:
    return reverse(
        "providers:course", args=[CourseFactory.create(instruction=Instruction.CURRICULUM_ONLY).pk]
    )


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("page", "code_sets"),
    [
        (how_it_works, {CodeSet.DENIAL_FACTOR, CodeSet.ACKNOWLEDGEMENT}),
        (courses_of_a_draft, {CodeSet.REQUEST_REASON}),
        (change_of_a_request, {CodeSet.REQUEST_REASON}),
        (signing_of_a_draft, {CodeSet.ACKNOWLEDGEMENT}),
        (survey, {CodeSet.SURVEY_REASON}),
        (attendance, {CodeSet.ACTIVITY}),
        (course, {CodeSet.PROGRAM}),
        (curriculum, {CodeSet.PROGRAM}),
    ],
)
def test_a_page_of_families_calls_no_code_in_english(
    client: Client, page: Callable[[Membership], str], code_sets: set[CodeSet]
) -> None:
    hat = MembershipFactory.create(parent=True)
    address = page(hat)
    sign_in(client, hat)
    codes = read_by_families()

    def read_in(language: str) -> str:
        """The text of the page without what forms send and other languages are called."""
        response = client.get(address, headers={"Accept-Language": language})
        assert response.status_code == 200
        return unescape(re.sub(r"<[^>]*>", " ", response.content.decode()))

    def called(text: str, *names: str) -> set[tuple[str, str]]:
        """The codes of which one of these names stands in the text."""
        return {
            (code.code_set, code.code)
            for code in codes
            for name in names
            if (said := getattr(code, name)) and said in text
        }

    english, spanish = read_in("en"), read_in("es")
    told = called(english, "label", "meaning")
    assert {code_set for code_set, _code in told} >= code_sets  # the page does show them
    assert called(spanish, "label_es", "meaning_es") >= told
    assert called(spanish, "label", "meaning") == set()


# Mails follow the person ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_switch_is_remembered_on_the_person(client: Client) -> None:
    hat = MembershipFactory.create(parent=True)
    sign_in(client, hat).post(reverse("set_language"), {"language": "es"})
    assert User.objects.get(pk=hat.user_id).language == "es"


@pytest.mark.django_db
def test_a_language_that_the_portal_does_not_speak_is_not_remembered(client: Client) -> None:
    hat = MembershipFactory.create(parent=True)
    sign_in(client, hat).post(reverse("set_language"), {"language": "fr"})
    assert User.objects.get(pk=hat.user_id).language == "en"


@pytest.mark.django_db
def test_what_a_visitor_chose_is_remembered_at_sign_in(client: Client) -> None:
    person = MembershipFactory.create(parent=True).user
    client.post(reverse("set_language"), {"language": "es"})
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(person.pk)
    assert User.objects.get(pk=person.pk).language == "es"


@pytest.mark.django_db
def test_signing_in_without_a_choice_keeps_the_language(client: Client) -> None:
    person = MembershipFactory.create(parent=True, user__language="es").user
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(person.pk)
    assert User.objects.get(pk=person.pk).language == "es"


@pytest.mark.django_db
def test_a_family_that_signs_up_in_spanish_gets_spanish_mails(client: Client) -> None:
    answers = {
        "role": "parent",
        "name": "Ana Diaz",
        "email": "ana@example.org",
        "password1": "correct horse battery",
    }
    client.post(reverse("account_signup"), answers, headers={"Accept-Language": "es"})
    assert User.objects.get().language == "es"
    assert [message.subject for message in mail.outbox] == ["Confirme su dirección de correo electrónico"]


@pytest.mark.django_db
def test_mails_are_in_the_language_of_the_person() -> None:
    claimant = UserFactory.create(language="es")
    request = CourseRequestFactory.create(submitted=True, claim__claimant=claimant)
    notices.tell_submitted(request, at=NOW)
    notice = Notice.objects.get(user=claimant)
    assert notice.subject == f"Recibimos su solicitud de cursos {request.number}"
    assert notice.body.split("\n\n") == [
        f"Su solicitud {request.number} se firmó y se envió a {request.lea.organization.name}.",
        "El distrito tiene que responder por escrito a más tardar el 17 de noviembre de 2026.",
        "Puede ver cada paso en esta página:",
        settings.PORTAL_URL + reverse("part_time:status", args=[request.pk]),
    ]
