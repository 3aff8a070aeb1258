"""What the page of a file says: how far it is, what is known of it, what is wrong by rule."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mocap_portal.foundation.shared.rules import Severity
from mocap_portal.foundation.ui.words import grouped, moment_words

from .checks import rules
from .models import ProviderReport, SentFile, Upload, UploadState
from .progress import progress_of


def same_bytes(row: Upload) -> str:
    """A sentence when the LEA sent the very same bytes before; else nothing."""
    earlier = Upload.objects.filter(lea=row.lea_id, sha256=row.sha256, pk__lt=row.pk).order_by("-pk").first()
    if earlier is None:
        return ""
    return _("This is the same file, byte for byte, as %(file)s, sent %(when)s.") % {
        "file": earlier.name,
        "when": moment_words(earlier.sent_at),
    }


def steps(row: Upload) -> list[dict[str, Any]]:
    """How far a file is that is not a trial yet: each step, and whether it is done or being done now."""
    is_read, progress = row.state == UploadState.PARSED, progress_of(row.pk)
    stored = _("Stored")
    if is_read and progress.stored:
        stored = _("Stored: %(count)s of %(rows)s rows") % {
            "count": grouped(progress.stored),
            "rows": grouped(row.rows_read),
        }
    return [
        {"name": _("Received"), "is_done": True, "is_now": False},
        {"name": _("Read"), "is_done": is_read, "is_now": not is_read},
        {"name": _("Checked"), "is_done": progress.is_checked, "is_now": is_read and not progress.is_checked},
        {"name": stored, "is_done": False, "is_now": is_read},
    ]


def as_json(sent: Upload | ProviderReport, seconds: float | None) -> dict[str, Any]:
    """What programs are told of a file, by the commands that load one and by the API."""
    return {
        "file": sent.name,
        "upload": sent.pk,
        "state": sent.state,
        "rows_read": sent.rows_read,
        "rows_good": sent.rows_good,
        "rows_with_warnings": sent.rows_with_warnings,
        "rows_with_errors": sent.rows_with_errors,
        "seconds": None if seconds is None else round(seconds, 3),
    }


def not_run(row: SentFile) -> list[dict[str, str]]:
    """The rules that could not be checked, with what they would need."""
    return [
        {"rule": entry["rule"], "sentence": rules()[entry["rule"]].sentence, "needs": entry["needs"]}
        for entry in row.not_run
        if entry["rule"] in rules()
    ]


def summary(row: Upload) -> list[dict[str, str]]:
    """What is known of a file, for the list on its page."""
    terms = [
        {"term": _("Collection"), "value": str(row.collection) if row.collection else _("Not known yet")},
        {
            "term": _("Sent"),
            "value": _("%(when)s by %(who)s")
            % {"when": moment_words(row.sent_at), "who": row.sent_by.user.name},
        },
    ]
    if row.made_of:
        made = _("The certified file %(file)s, with corrected rows") % {"file": row.made_of.name}
        terms.append({"term": _("Made of"), "value": made})
    if row.collection:
        counts = [
            ngettext("%(count)d row was read", "%(count)d rows were read", row.rows_read)
            % {"count": row.rows_read}
        ]
        if row.judged_at:
            counts += [
                _("%(count)d good") % {"count": row.rows_good},
                _("%(count)d with warnings") % {"count": row.rows_with_warnings},
                _("%(count)d with errors") % {"count": row.rows_with_errors},
            ]
        terms.append({"term": _("Rows"), "value": "\n".join(counts)})
    if row.certified_at and row.certified_by:
        signed = _("%(when)s by %(who)s, signed %(name)s") % {
            "when": moment_words(row.certified_at),
            "who": row.certified_by.user.name,
            "name": row.certified_name,
        }
        terms.append({"term": _("Certified"), "value": signed})
    terms.append(
        {
            "term": _("What you sent"),
            "value": _("Destroyed on %(when)s; the checked rows are kept.")
            % {"when": moment_words(row.destroyed_at)}
            if row.destroyed_at
            else _("Kept encrypted until you certify, 30 days at most."),
        }
    )
    for opening in row.openings.select_related("by__user"):
        taken = _("%(when)s by %(who)s") % {
            "when": moment_words(opening.at),
            "who": opening.by.user.name,
        }
        terms.append({"term": _("Taken along as it was sent"), "value": taken})
    return terms


def by_rule(row: Upload | ProviderReport, *, page: str = "coredata:problems") -> list[dict[str, Any]]:
    """How often each rule is broken, errors first, each with an example. One query, and one for the examples.

    `page`: the URL name of the page with the places of a rule.
    """
    found = row.problems.values("rule", "severity").annotate(count=Count("pk"), first=Min("pk")).order_by()
    groups = sorted(
        found, key=lambda group: (group["severity"] != Severity.ERROR, -group["count"], group["rule"])
    )
    examples = row.problems.in_bulk([group["first"] for group in groups])
    return [
        {
            "rule": group["rule"],
            "severity": group["severity"],
            "sentence": rules()[group["rule"]].sentence,
            "example": examples[group["first"]].message,
            "remedy": rules()[group["rule"]].remedy,
            "count": group["count"],
            "url": reverse(page, args=[row.pk, group["rule"]]),
        }
        for group in groups
        if group["rule"] in rules()
    ]
