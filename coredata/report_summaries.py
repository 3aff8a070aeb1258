"""What the pages of provider reports say: what is known of one, and how it differs from what counts now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.ui.words import grouped, long_day, moment_words

from .models import ProviderReport, ReportedEnrollment, ReportRow, ReportState


@dataclass(frozen=True, slots=True)
class Changes:
    """Against the report that counts now: enrollments that are new, gone, or of another status."""

    new: int
    gone: int
    changed: int

    def __str__(self) -> str:
        return _("%(new)s new, %(gone)s gone, %(changed)s with another status") % {
            "new": grouped(self.new),
            "gone": grouped(self.gone),
            "changed": grouped(self.changed),
        }


def changes_of(reports: Iterable[ProviderReport]) -> dict[int, Changes]:
    """The changes of each report, by its key. Two queries, whatever there is."""
    reports = list(reports)
    same = ReportedEnrollment.objects.filter(
        provider=OuterRef("report__provider"), enrollment_id=OuterRef("enrollment_id"), is_present=True
    )
    rows = ReportRow.objects.filter(report__in=reports).annotate(
        is_known=Exists(same), is_same=Exists(same.filter(status=OuterRef("status")))
    )
    counts = (
        rows.order_by()
        .values("report")
        .annotate(
            rows=Count("pk"),
            known=Count("pk", filter=Q(is_known=True)),
            same=Count("pk", filter=Q(is_same=True)),
        )
    )
    of_report = {row["report"]: row for row in counts}
    present = ReportedEnrollment.objects.filter(
        is_present=True, provider__in={report.provider_id for report in reports}
    ).order_by()
    standing: dict[tuple[int, int | None], int] = {
        (row["provider"], row["school_year"]): row["count"]
        for row in present.values("provider", "school_year").annotate(count=Count("pk"))
    }
    found = {}
    for report in reports:
        row = of_report.get(report.pk, {"rows": 0, "known": 0, "same": 0})
        now = standing.get((report.provider_id, report.school_year_id), 0)
        found[report.pk] = Changes(
            row["rows"] - row["known"], max(now - row["known"], 0), row["known"] - row["same"]
        )
    return found


def same_report(report: ProviderReport) -> str:
    """A sentence when the provider sent the very same bytes before; else nothing."""
    earlier = ProviderReport.objects.filter(
        provider=report.provider_id, sha256=report.sha256, pk__lt=report.pk
    ).order_by("-pk")
    found = earlier.first()
    if found is None:
        return ""
    return _("This is the same file, byte for byte, as %(file)s, sent %(when)s.") % {
        "file": found.name,
        "when": moment_words(found.sent_at),
    }


def report_summary(report: ProviderReport, changes: Changes | None) -> list[dict[str, str]]:
    """What is known of a report, for the list on its page."""
    by = _("%(when)s by %(who)s")
    terms = [
        {"term": _("Provider"), "value": f"{report.provider} ({report.provider.code})"},
        {
            "term": _("Sent"),
            "value": by % {"when": moment_words(report.sent_at), "who": report.sent_by.user.name},
        },
    ]
    if report.school_year_id:
        terms.append({"term": _("School year"), "value": str(report.school_year)})
    if report.as_of:
        terms.append({"term": _("As of"), "value": long_day(report.as_of)})
    if report.judged_at and report.school_year_id:
        counts = [
            _("%(count)s read") % {"count": grouped(report.rows_read)},
            _("%(count)s good") % {"count": grouped(report.rows_good)},
            _("%(count)s with warnings") % {"count": grouped(report.rows_with_warnings)},
            _("%(count)s with errors") % {"count": grouped(report.rows_with_errors)},
        ]
        terms.append({"term": _("Rows"), "value": "\n".join(counts)})
    if changes is not None:
        terms.append({"term": _("Against the report that counts now"), "value": str(changes)})
    if report.submitted_at and report.submitted_by:
        said = {"when": moment_words(report.submitted_at), "who": report.submitted_by.user.name}
        terms.append({"term": _("Sent to the state office"), "value": by % said})
    if report.accepted_at:
        when = moment_words(report.accepted_at)
        who = report.accepted_by
        said_so = (
            by % {"when": when, "who": who.user.name}
            if who
            else _("%(when)s, by itself: nothing was wrong") % {"when": when}
        )
        terms.append({"term": _("Accepted"), "value": said_so})
    if report.ended_at and report.state in {ReportState.RETURNED, ReportState.RETRACTED}:
        terms.append({"term": str(report.get_state_display()), "value": moment_words(report.ended_at)})
    return terms


def labels(code_set: CodeSet) -> dict[str, str]:
    """The newest label of each code of a set."""
    found = CodeMeaning.objects.filter(code_set=code_set).order_by("valid_from")
    return dict(found.values_list("code", "label"))
