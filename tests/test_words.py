"""Every sentence that code shows to a person goes through gettext; test_templates.py asks the same of templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CODE = ("mocap_portal", "providers", "enrollment", "coredata", "concerns")

# What only operators and programmers read: commands, health, what an error says in the log, data that stays English.
NOT_FOR_PEOPLE = {
    "migrations",
    "management",
    "command",
    "demo",
    "bench",
    "planting",
    "settings",
    "__main__.py",
} | {
    "calendar.py",
    "catalogue.py",
    "embedded.py",
    "health.py",
    "rules.py",
    "vendor.py",
}
GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}

KNOWN = {
    "Create first, in a group of its own: ": "ValueError of a migration, for whoever writes it",
    "No ": "NoLegalValue of the dispute route, for whoever keeps the state's numbers",
    " is still to come.": "ValueError of a day in an address; the page says it in its own words",
    **dict.fromkeys(["ANALYZE ", "TRUNCATE ", " ON pg_temp.", "PREPARE ", "EXECUTE "], "SQL"),
    "ANALYZE scope, core_file, course_file, stay_file, pupil": "SQL",
    "Pat Example": "a made-up name in the template of the CSV file",
    "Dana Dean, principal": "a made-up name in the template of the CSV file",
    "Social Security Administration": "the name of a federal office, as it stands on letters",
    "Robin needs a laboratory, and the classroom course has one.": "an explanation in the template of the CSV file",
    "To compare what districts report of virtual courses with approvals and provider reports (RSMo 161.670), also for "
    "courses that are found to be MOCAP courses only later.": "stands in the database, for auditors",
    "No value of ": "NoLegalValue, for whoever keeps the state's numbers",
    "Usted tiene derecho a que le expliquen esta carta en español, sin costo. Pida un intérprete al distrito.": (
        "stands in English letters for a reader of Spanish"
    ),
}

# A capital and two words, or words that end in a full stop; markup and SQL are none.
SENTENCE = re.compile(r"[“\"]?[A-Z][\w’'-]*:? (?:[a-zA-Z%{].*)?|[^{<]*\w \w[^{<]*[.?!]", re.DOTALL)
SQL = re.compile(r"\s*(SELECT|LOCK|CREATE|ALTER|DROP|COPY|INSERT|UPDATE|DELETE|SET|WITH) ")

FILES = sorted(
    path
    for folder in CODE
    for path in (ROOT / folder).rglob("*.py")
    if NOT_FOR_PEOPLE.isdisjoint(path.relative_to(ROOT).parts)
)


def untranslated(code: str) -> list[str]:
    """The sentences among the strings of a module that are neither a docstring nor an argument of gettext."""
    return [text for text in strings(ast.parse(code)) if SENTENCE.fullmatch(text) and not SQL.match(text)]


def strings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and name_of(node.func) in GETTEXT:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from strings(child)


def name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def test_every_sentence_is_translated() -> None:
    found = {text: path.relative_to(ROOT) for path in FILES for text in untranslated(path.read_text())}
    assert {text: str(path) for text, path in found.items() if text not in KNOWN} == {}
    assert KNOWN.keys() - found.keys() == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('messages.success(request, "The clock runs again.")', ["The clock runs again."]),
        ('title = "Legal values"', ["Legal values"]),
        ('label = f"Request {number} for"', ["Request "]),
        ('word = "it ends so."', ["it ends so."]),
        ('title = _("Legal values")', []),
        ('title = translation.gettext_noop("Legal values")', []),
        ('def page():\n    """Shows a page."""', []),
        ('cursor.execute("SELECT 1 FROM x")', []),
        ('column = "{% load ui %}{{ value|short_day }}"', []),
        ('css = "usa-form portal-form"', []),
    ],
)
def test_the_look_for_sentences_finds_them(code: str, found: list[str]) -> None:
    assert untranslated(code) == found
