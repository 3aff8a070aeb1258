"""What every template must keep to: it compiles, somebody uses it, nothing inline, every word translated."""

import html
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
CODE = ("mocap_portal", "providers", "enrollment", "coredata", "concerns")

FILES = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
NAMES = [path.relative_to(TEMPLATES).as_posix() for path in FILES]
PAGES = [name for name in NAMES if name.endswith(".html")]

# Names that crispy-forms builds, below uswds/ and without the ending.
ASKED_BY_CRISPY = """
    display_form errors errors_formset field inputs table_inline_formset
    uni_form uni_formset whole_uni_form whole_uni_formset
    layout/alert layout/baseinput layout/button layout/buttonholder layout/checkboxselectmultiple_inline
    layout/column layout/div layout/fieldset layout/formactions layout/prepended_appended_text
    layout/radioselect_inline layout/row
"""

# Django and allauth look for these by name.
ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}

every_template = pytest.mark.parametrize("name", NAMES)
every_page = pytest.mark.parametrize("name", PAGES)


def source(name: str) -> str:
    return (TEMPLATES / name).read_text()


@every_template
def test_template_compiles(name: str) -> None:
    get_template(name)


# Inline code, which the content policy would block ------------------------------------------------

INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(r"\s(on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "a script of its own": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE),
    "a file from another host": re.compile(
        r"<(script|link|img|iframe)\b[^>]*\b(src|href)\s*=\s*[\"']?(https?:)?//", re.IGNORECASE
    ),
}


def inline(text: str) -> list[str]:
    """What a strict content policy would block in a template."""
    return [what for what, pattern in INLINE.items() if pattern.search(without_comments(text))]


@every_page
def test_nothing_is_inline(name: str) -> None:
    assert inline(source(name)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p style="color: red">', ["a style attribute"]),
        ("<style>p {}</style>", ["a style element"]),
        ('<a onclick="go()">', ["an event handler"]),
        ('<a hx-on:click="go()">', ["an event handler"]),
        ('<a href="javascript:go()">', ["a javascript address"]),
        ("<script>go()</script>", ["a script of its own"]),
        ('<script src="//cdn.example/x.js"></script>', ["a file from another host"]),
        ('<script type="application/json">{}</script><script src="{% static "x.js" %}" defer></script>', []),
        ("{% comment %}no <style> here{% endcomment %}<p>fine</p>", []),
    ],
)
def test_the_look_for_inline_code_finds_it(text: str, found: list[str]) -> None:
    assert inline(text) == found


# Words --------------------------------------------------------------------------------------------

SPOKEN = re.compile(
    r"""\s(alt|title|placeholder|aria-label|aria-description|aria-roledescription|label|data-label)\s*=\s*("[^"]*"|'[^']*')"""
)
LETTERS = re.compile(r"[^\W\d_]")


def without_comments(text: str) -> str:
    return re.sub(r"{% comment.*?%}.*?{% endcomment %}|{#.*?#}|<!--.*?-->", "", text, flags=re.DOTALL)


def untranslated(text: str) -> list[str]:
    """Words of a template that a reader sees or hears and that gettext does not."""
    text = without_comments(text)
    text = re.sub(
        r"{%-?\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}", "", text, flags=re.DOTALL
    )
    text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL | re.IGNORECASE)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    spoken = [value[1:-1] for _, value in SPOKEN.findall(text)]
    seen = html.unescape(re.sub(r"<[^>]*>", "\n", text)).splitlines()
    return [words.strip() for words in [*spoken, *seen] if LETTERS.search(words)]


@every_template
def test_every_word_is_translated(name: str) -> None:
    assert untranslated(source(name)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>Plain words</p>", ["Plain words"]),
        ('<img alt="A school">', ["A school"]),
        ('<nav aria-label="Main {{ x }}">', ["Main"]),
        ("{% if a %}Yes{% endif %}", ["Yes"]),
        ("<p>{{ name }} decides</p>", ["decides"]),
        ('<p>{% translate "Words" %} · 3 &nbsp; {{ name }}</p>', []),
        ("{% blocktranslate trimmed with x=y %}Words for {{ x }}{% endblocktranslate %}", []),
        ('<nav aria-label="{% translate \'Main\' %}" class="usa-nav">', []),
        ("<{% if a %}fieldset{% else %}div{% endif %} id='x'></div>", []),
    ],
)
def test_the_look_for_words_finds_them(text: str, found: list[str]) -> None:
    assert untranslated(text) == found


# Use ----------------------------------------------------------------------------------------------


def overrides_a_package(name: str) -> bool:
    """Whether a package that is not ours has a template of this name, which ours replaces."""
    return any(
        (Path(app.path) / "templates" / name).exists()
        for app in apps.get_app_configs()
        if not Path(app.path).is_relative_to(ROOT) or "site-packages" in app.path
    )


def test_every_template_is_used() -> None:
    code = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    text = "\n".join(path.read_text() for path in [*code, *FILES])
    shown = "\n".join(path.read_text() for path in (ROOT / "tests" / "gallery").iterdir() if path.is_file())

    def is_used(name: str) -> bool:
        if name in ERROR_PAGES or name.startswith("uswds/") or overrides_a_package(name):
            return True  # looked up by Django, crispy or allauth
        names = {name, name.rsplit(".", 1)[0]}
        mentions = text + shown if name.startswith("components/") else text
        return any(f'"{known}"' in mentions or f"'{known}'" in mentions for known in names)

    assert [name for name in NAMES if not is_used(name)] == []


def test_the_pack_has_no_template_that_crispy_never_asks_for() -> None:
    asked = set(ASKED_BY_CRISPY.split())
    pack = [name for name in NAMES if name.startswith("uswds/")]
    included = set(re.findall(r'{% include "([^"]+)"', "\n".join(map(source, pack))))
    assert {
        name for name in pack if name.removeprefix("uswds/").removesuffix(".html") not in asked
    } - included == set()


# A state's site -----------------------------------------------------------------------------------


@every_page
def test_no_page_poses_as_a_federal_one(name: str) -> None:
    text = source(name).lower()
    assert "usa-banner" not in text
    assert "official website of the united states" not in text
    assert "us_flag" not in text
