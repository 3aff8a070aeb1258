"""Decisions on paper from a file: each request whole or not at all, the same file twice changes nothing."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal
from providers.catalog import Problem

from .. import paper_file
from ..models import CourseRequest
from ..paper_file import PaperRequest
from .paper import AlreadyEntered, enter_decided
from .paper_decision import PaperOutcome, record_paper_decision


@dataclass
class PaperImport:
    """How many requests and decisions were stored, how many rows were there already, and what is wrong with others.

    `refused` are those of the `problems` that showed only when the row was to be stored.
    """

    requests: int = 0
    decisions: int = 0
    there: int = 0
    problems: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)


def import_paper_decisions(
    data: bytes, *, by: Membership, at: dt.datetime, most_rows: int | None = None
) -> PaperImport:
    """Stores the good requests of a file for the LEA of this hat; bad rows are left out and named.

    Each request has a transaction of its own: whoever is interrupted sends the file again. Raises UnreadableFile.
    """
    file = paper_file.read(data, by=by, at=at, most_rows=most_rows)
    result = PaperImport(there=file.there, problems=file.problems)
    for request in file.requests:
        try:
            store_paper_request(request, by=by, at=at)
        except AlreadyEntered:  # by a colleague, since the file was read
            result.there += len(request.rows)
        except Refusal as refusal:
            remedy = _("Correct the row and send it again.")
            result.refused += [
                row.problem(None, str(refusal.sentence), remedy) for row, _course in request.rows
            ]
        else:
            result.requests += 1
            result.decisions += len(request.rows)
    result.problems += result.refused
    return result


@transaction.atomic
def store_paper_request(paper_request: PaperRequest, *, by: Membership, at: dt.datetime) -> CourseRequest:
    """One request with the decisions of its papers. Raises what entering and recording raise; then nothing is kept."""
    request = enter_decided(paper_request.child, paper_request.asker, paper_request.asked, by=by, at=at)
    lines = dict(request.lines.values_list("course", "pk"))
    for paper, rows in paper_request.papers().items():
        outcomes = [
            PaperOutcome(lines[course.pk], row.values["outcome"], explanation=row.values["explanation"])
            for row, course in rows
        ]
        record_paper_decision(request.pk, outcomes, paper, by=by, at=at)
    return request
