"""The requests that a program makes about its provider's reports."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import Header, Query, Router

from .. import actions, tasks
from ..actions import Answer
from ..models import ProviderReport, ReportedEnrollment
from ..store.vault import destroy
from .access import Token, TokenRequest
from .body import ENDINGS, FIELD, FORM, sealed_report
from .schemas import (
    Enrollments,
    KeyHeader,
    PageQuery,
    ProblemQuery,
    Refused,
    Report,
    Reports,
    RowProblems,
    WholeReport,
    told,
    told_enrollments,
    told_problems,
    told_whole,
)

PER_PAGE = 100
ALWAYS = {401: Refused, 422: Refused, 429: Refused}

router = Router(auth=Token())

BINARY = {"type": "string", "format": "binary", "minLength": 1}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {FIELD: BINARY},
                    "required": [FIELD],
                    "additionalProperties": False,
                }
            },
            **{kind: {"schema": BINARY} for kind in ENDINGS},
        },
    }
}


@router.get("reports", response={200: Reports, **ALWAYS}, url_name="reports")
def list_reports(request: TokenRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """Your provider's reports, also those sent on the portal's page, the newest first; 100 on a page."""
    sent = ProviderReport.objects.visible_to(request.hat).order_by("-sent_at", "-pk")
    page = _page(sent, query.page)
    return page | {"files": [told(report) for report in page.pop("rows")]}


@router.post(
    "reports",
    response={202: Report, 400: Refused, 409: Refused, 413: Refused, 415: Refused, **ALWAYS},
    url_name="reports",
    openapi_extra=BODY,
)
def send_report(request: TokenRequest, header: Header[KeyHeader]) -> HttpResponse:
    """Send a report: a table with the columns of the template, or a OneRoster zip.

    Send the file as the field `file` of a form, or as the body itself. The body has no name of its own: the header
    `Content-Disposition: attachment; filename="may.csv"` gives it one. The answer says that the report is received, and
    its header `Location` where to read what became of it: usually after some seconds.
    """
    sealed, name = sealed_report(request)

    def receive() -> Answer:
        report = actions.receive_report(
            sealed, name=name, provider_id=_provider(request), by=request.hat, at=timezone.now()
        )
        transaction.on_commit(partial(tasks.check_report.delay, report.pk))
        return Answer(202, _json(report), reverse("api:report", args=[report.pk]))

    try:
        answer = _once(request, header, sealed.sha256, receive)
    except BaseException:
        destroy(sealed.stored_as)
        raise
    if answer.is_repeated:
        destroy(sealed.stored_as)
    return _answered(answer)


@router.get("reports/{int:report}", response={200: WholeReport, 404: Refused, **ALWAYS}, url_name="report")
def read_report(request: TokenRequest, report: int) -> dict[str, Any]:
    """One report: where it stands, its counts, and what is wrong in it, rule by rule."""
    return told_whole(_own(request, report))


@router.get(
    "reports/{int:report}/problems",
    response={200: RowProblems, 404: Refused, **ALWAYS},
    url_name="report_problems",
)
def list_problems(request: TokenRequest, report: int, query: Query[ProblemQuery]) -> dict[str, Any]:
    """What is wrong in a report, line by line, 100 on a page; first what is wrong with the file as a whole."""
    found = _own(request, report).problems.order_by("line", "rule", "pk")
    if query.rule:
        found = found.filter(rule=query.rule)
    page = _page(found, query.page)
    return page | {"problems": told_problems(page.pop("rows"))}


@router.post(
    "reports/{int:report}/submit",
    response={200: Report, 404: Refused, 409: Refused, **ALWAYS},
    url_name="submit_report",
)
def submit_report(request: TokenRequest, report: int, header: Header[KeyHeader]) -> HttpResponse:
    """Send a checked report without errors to the state office, in the place of one of yours that waits there.

    Submitted twice, it is sent once. 409 says why it cannot be sent now.
    """
    own = _own(request, report)

    def submit() -> Answer:
        sent = actions.submit_report(own.pk, by=request.hat, at=timezone.now())
        return Answer(200, _json(sent))

    return _answered(_once(request, header, "", submit))


@router.get("enrollments", response={200: Enrollments, **ALWAYS}, url_name="enrollments")
def list_enrollments(request: TokenRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """What your accepted reports say together: each enrollment by your own id, with its status; 100 on a page."""
    rows = ReportedEnrollment.objects.visible_to(request.hat).select_related("first_report", "last_report")
    page = _page(rows.order_by("enrollment_id"), query.page)
    return page | {"enrollments": told_enrollments(page.pop("rows"))}


def _own(request: TokenRequest, report_id: int) -> ProviderReport:
    """The report, if it is of this provider. Raises Http404."""
    found: ProviderReport = get_object_or_404(ProviderReport.objects.visible_to(request.hat), pk=report_id)
    return found


def _provider(request: TokenRequest) -> int:
    assert request.hat.organization_id is not None  # roles of a provider have one
    return request.hat.organization_id


def _page(rows: QuerySet[Any], number: int) -> dict[str, Any]:
    """`rows` of this page, how many there are, and on how many pages."""
    pages = Paginator(rows, PER_PAGE)
    found = pages.page(number).object_list if number <= pages.num_pages else []
    return {"rows": found, "count": pages.count, "pages": pages.num_pages}


def _json(report: ProviderReport) -> str:
    return Report(**told(report)).model_dump_json()


def _once(request: TokenRequest, header: KeyHeader, sha256: str, do: Callable[[], Answer]) -> Answer:
    """Do it; with a key, at most once. Raises Refusal."""
    key = header.idempotency_key
    if not key:
        with transaction.atomic():
            return do()
    asked = hashlib.sha256(f"{request.method} {request.path} {sha256}".encode()).hexdigest()
    return actions.answer_once(request.auth.pk, key=key, asked=asked, at=timezone.now(), do=do)


def _answered(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json; charset=utf-8")
    if answer.location:
        response["Location"] = answer.location
    if answer.is_repeated:
        response["Idempotent-Replayed"] = "true"
    return response
