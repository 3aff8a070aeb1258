"""The Spanish catalog, its compiled twin, and the sentences that code and templates ask gettext for."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

CONTEXT_ENDS = "\x04"  # between the context and the sentence, in a compiled catalog
ENTRY_PART = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[\d\])? )?(".*")')
CALL = re.compile(r"(?<![\w.])(n?p?gettext|_)\((?=u?[\"'])")
TEXT = re.compile(r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*,?\s*""")


class Entry(NamedTuple):
    key: str  # the sentence, its context before it where it has one
    plural: str  # empty when the sentence has none
    spanish: tuple[str, ...]  # one form, or two
    flags: str

    @property
    def is_translated(self) -> bool:
        return all(self.spanish)


def read_po(path: Path) -> list[Entry]:
    """The entries of a .po file, its header (with an empty key) first. Entries stand apart by an empty line."""
    return [_entry(block.splitlines()) for block in path.read_text(encoding="utf-8").split("\n\n")]


def _entry(lines: list[str]) -> Entry:
    parts: dict[str, list[str]] = {"msgctxt": [], "msgid": [], "msgid_plural": [], "msgstr": []}
    current = parts["msgid"]
    for line in lines:
        if match := ENTRY_PART.fullmatch(line):
            if match[1]:
                current = parts[match[1]]
                current.append("")
            current[-1] += ast.literal_eval(match[2])
    context, sentence, plural = (
        "".join(parts["msgctxt"]),
        parts["msgid"][0],
        "".join(parts["msgid_plural"]),
    )
    return Entry(
        key=f"{context}{CONTEXT_ENDS}{sentence}" if context else sentence,
        plural=plural,
        spanish=tuple(parts["msgstr"]),
        flags=" ".join(line for line in lines if line.startswith("#,")),
    )


def read_mo(path: Path) -> dict[str | tuple[str, int], str]:
    """What a compiled catalog answers: a sentence, or a sentence and the number of its plural form, to its Spanish."""
    with path.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


def sentences_in(path: Path) -> Iterator[str]:
    """The keys of a template or a module that gettext looks up."""
    text = path.read_text(encoding="utf-8")
    return _in_code(text) if path.suffix == ".py" else _in_template(text)


def _in_template(text: str) -> Iterator[str]:
    code = templatize(text)
    for call in CALL.finditer(code):
        first = TEXT.match(code, call.end())
        assert first
        second = TEXT.match(code, first.end())
        texts = [ast.literal_eval(found[1]) for found in (first, second) if found]
        yield _key(call[1], texts)


def _in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            if texts and (name == "_" or "gettext" in name):
                yield _key(name, [str(text) for text in texts])


def _key(function: str, texts: list[str]) -> str:
    return CONTEXT_ENDS.join(texts[:2]) if "pgettext" in function else texts[0]
