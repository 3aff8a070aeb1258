"""What there is to read about a rule, put together from the rule, its checks and the layouts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.rules import Rule, Severity

from .checks import CHECKS, rules
from .layouts import DISTRICT_KINDS, Kind, layout

NEWEST = 2099  # of a layout, for the names of columns


def rules_about(kind: str = "", words: str = "") -> list[dict[str, Any]]:
    """The rules that are checked in files of this kind (all kinds when empty) and hold all these words."""
    wanted = words.casefold().split()
    return [
        {"rule": rule, "severity": rule.severity, "files": ", ".join(_names(kinds_of(rule)))}
        for rule in rules().values()
        if (not kind or Kind(kind) in kinds_of(rule))
        and all(word in f"{rule.id} {rule.sentence} {rule.message}".casefold() for word in wanted)
    ]


def kinds_of(rule: Rule) -> list[Kind]:
    """The kinds of files in which a rule is checked. Each of districts for one that is about what happens to files."""
    found = {
        kind
        for checked in CHECKS
        if checked.rule_id == rule.id
        for kind in checked.kinds
        if all(map(layout(kind, NEWEST).has, checked.fields))
    }
    return [kind for kind in Kind if kind in (found or DISTRICT_KINDS)]


def facts(rule: Rule) -> list[dict[str, str]]:
    """What is known of a rule, for the list on its page."""
    return list(_facts(rule))


def _facts(rule: Rule) -> Iterator[dict[str, str]]:
    is_of_reports = kinds_of(rule) == [Kind.PROVIDER_REPORT]
    weights = {
        Severity.ERROR: _("Error: the report cannot be sent while one row breaks it")
        if is_of_reports
        else _("Error: the file cannot be certified while one row breaks it"),
        Severity.WARNING: _("Warning: whoever reviews the report sees it")
        if is_of_reports
        else _("Warning: whoever certifies says that they have seen it"),
        None: _("Nothing to correct: this is how the portal does it"),
    }
    yield {"term": _("Weight"), "value": weights[rule.severity]}
    yield {"term": _("Files"), "value": "\n".join(_names(kinds_of(rule)))}
    checks = [checked for checked in CHECKS if checked.rule_id == rule.id]
    columns = {
        layout(kind, NEWEST).column(name).name
        for checked in checks
        for kind in checked.kinds
        for name in checked.fields
        if layout(kind, NEWEST).has(name)
    }
    if columns:
        yield {"term": _("Columns"), "value": ", ".join(sorted(columns))}
    beside = [str(kind.label) for kind in Kind if any(kind in checked.beside for checked in checks)]
    if beside:
        yield {"term": _("Looked at beside"), "value": "\n".join(beside)}
    if rule.message:
        yield {"term": _("What it says"), "value": example(rule)}
        yield {"term": _("What to do"), "value": rule.remedy}
    for name, number in rule.numbers.items():
        yield {"term": _("Limit: %(name)s") % {"name": name.replace("_", " ")}, "value": str(number)}
    yield {"term": _("Source"), "value": rule.source}
    if rule.valid_from:
        yield {"term": _("Holds from"), "value": date_format(rule.valid_from)}
    if rule.valid_to:
        yield {"term": _("Held until"), "value": date_format(rule.valid_to)}


def example(rule: Rule) -> str:
    """The message of a rule as a form: an ellipsis where a value of the file stands."""
    return rule.message.format(value="…", expected="…", column="…")


def can_be_waived(rule: Rule) -> bool:
    """Only a warning, and not each of them, can be waived for a district."""
    return rule.severity is Severity.WARNING and not rule.never_waived


def _names(kinds: list[Kind]) -> list[str]:
    if len(kinds) == len(Kind):
        return [_("All")]
    return [_("All of districts")] if kinds == list(DISTRICT_KINDS) else [str(kind.label) for kind in kinds]
