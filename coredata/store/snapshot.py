"""What the accepted reports of a provider say together: brought up to a report, and back to before it.

Both ways in a few statements, whatever the number of rows, and in the caller's transaction.
"""

from __future__ import annotations

from django.db import connection

from ..models import ProviderReport, ReportedEnrollment, StatusChange

_CHANGES = """
INSERT INTO coredata_statuschange (enrollment_id, report_id, from_status, to_status, status_date)
SELECT enrollment.id, row.report_id, enrollment.status, row.status, row.status_date
FROM coredata_reportrow AS row
JOIN coredata_reportedenrollment AS enrollment
    ON enrollment.provider_id = %(provider)s AND enrollment.enrollment_id = row.enrollment_id
WHERE row.report_id = %(report)s AND enrollment.status <> row.status
ORDER BY row.line
"""

_SEEN = """
INSERT INTO coredata_reportedenrollment AS enrollment
    (provider_id, enrollment_id, school_year_id, first_report_id, last_report_id, row_id, is_present, status,
    status_date)
SELECT %(provider)s, enrollment_id, %(year)s, report_id, report_id, id, true, status, status_date
FROM coredata_reportrow WHERE report_id = %(report)s
ORDER BY line
ON CONFLICT (provider_id, enrollment_id) DO UPDATE SET
    last_report_id = excluded.last_report_id,
    row_id = excluded.row_id,
    is_present = true,
    status = excluded.status,
    status_date = excluded.status_date
"""

_FIRST = """
INSERT INTO coredata_statuschange (enrollment_id, report_id, from_status, to_status, status_date)
SELECT id, first_report_id, '', status, status_date
FROM coredata_reportedenrollment WHERE first_report_id = %(report)s
ORDER BY id
"""

# The last of the reports that counted before this one in which the enrollment stands.
_SEEN_BEFORE = """
UPDATE coredata_reportedenrollment AS enrollment SET
    last_report_id = earlier.report_id,
    row_id = earlier.id,
    status = earlier.status,
    status_date = earlier.status_date
FROM (
    SELECT DISTINCT ON (row.enrollment_id)
        row.enrollment_id, row.report_id, row.id, row.status, row.status_date
    FROM coredata_reportrow AS row
    JOIN coredata_providerreport AS report ON report.id = row.report_id
    WHERE report.provider_id = %(provider)s AND report.school_year_id = %(year)s AND report.id <> %(report)s
        AND report.state IN ('accepted', 'superseded')
    ORDER BY row.enrollment_id, report.accepted_at DESC, report.id DESC
) AS earlier
WHERE enrollment.last_report_id = %(report)s AND enrollment.provider_id = %(provider)s
    AND enrollment.enrollment_id = earlier.enrollment_id
"""


def include(report: ProviderReport) -> None:
    """The snapshot after this report, which was accepted a moment ago."""
    named = {"provider": report.provider_id, "year": report.school_year_id, "report": report.pk}
    with connection.cursor() as cursor:
        for statement in (_CHANGES, _SEEN, _FIRST):
            cursor.execute(statement, named)
    mark_present(report.provider_id, report.school_year_id, report.pk)


def exclude(report: ProviderReport) -> None:
    """The snapshot as it was before this report, the last one that was accepted."""
    named = {"provider": report.provider_id, "year": report.school_year_id, "report": report.pk}
    StatusChange.objects.filter(report=report).delete()
    ReportedEnrollment.objects.filter(first_report=report).delete()
    with connection.cursor() as cursor:
        cursor.execute(_SEEN_BEFORE, named)
    mark_present(report.provider_id, report.school_year_id, report.before_id)


def mark_present(provider_id: int, year: int | None, report_id: int | None) -> None:
    """Present is what stands in the report that counts now; nothing, where none does."""
    known = ReportedEnrollment.objects.filter(provider=provider_id, school_year=year)
    known.filter(is_present=True).exclude(last_report=report_id).update(is_present=False)
    known.filter(is_present=False, last_report=report_id).update(is_present=True)
