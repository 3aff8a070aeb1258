"""Notes in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mocap_portal.foundation.ui.words import short_day

from .method import NoteKind
from .models import Note


def about(note: Note, categories: Mapping[str, str]) -> str:
    """What rises. `note` with provider and LEA; `categories`: their names by code."""
    if note.kind == NoteKind.RULE:
        return _("Rule %(rule)s") % {"rule": note.rule}
    where = note.provider if note.kind == NoteKind.PROVIDER else note.lea
    return _("%(category)s: %(where)s") % {
        "category": categories.get(note.category, note.category),
        "where": where,
    }


def sentence(note: Note) -> str:
    """What was found, in one sentence."""
    words = ngettext(
        "One concern came in from %(first)s to %(last)s. In as many days, %(expected)s were to be expected.",
        "%(count)d concerns came in from %(first)s to %(last)s. In as many days, %(expected)s were to be expected.",
        note.recent,
    )
    return words % {
        "count": note.recent,
        "first": short_day(note.first_day),
        "last": short_day(note.found_on),
        "expected": number_format(note.expected, decimal_pos=1),
    }


def facts(note: Note) -> list[dict[str, str]]:
    """The numbers behind it, for the list of facts."""
    window, past = {"days": note.method.window_days}, {"days": note.past_days}
    others = {"recent": note.others_recent, "past": note.others_past}
    rows = [
        (_("Came in during the last %(days)d days") % window, str(note.recent)),
        (_("Came in during the %(days)d days before") % past, str(note.past)),
        (_("The others it is compared with, in the same two spans"), _("%(recent)d and %(past)d") % others),
        (_("To be expected"), number_format(note.expected, decimal_pos=1)),
        (_("Chance of so many, were nothing the matter"), one_in(note.chance)),
        (_("A note is raised below"), one_in(note.threshold)),
        (_("Counts looked at that night"), number_format(note.cells)),
        (_("Way of counting"), _("Version %(number)d") % {"number": note.method.version}),
    ]
    return [{"term": term, "value": value} for term, value in rows]


def one_in(chance: float) -> str:
    """1 in 12,000"""
    return _("1 in %(number)s") % {
        "number": number_format(round(1 / chance) if chance > 1e-12 else 10**12, force_grouping=True)
    }
