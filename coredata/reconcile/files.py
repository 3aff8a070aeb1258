"""Which files and which reports the answer to a question rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from coredata.layouts import Cycle, Kind
from coredata.models import ONCE_CERTIFIED, ProviderReport, ReportState, Upload, UploadState
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date

Which = tuple[str, str]  # cycle and kind

OCTOBER_COURSES = (Cycle.OCTOBER, Kind.CRS_ASSIGN)
OCTOBER_STUDENTS = (Cycle.OCTOBER, Kind.STU_ASSIGN)
OCTOBER_CORE = (Cycle.OCTOBER, Kind.STU_CORE)
JUNE_OUTCOMES = (Cycle.JUNE, Kind.STU_CRS_COMP)


@dataclass(frozen=True, slots=True)
class Question:
    """What to compare. `leas` None: all of them. `is_whole`: also what no LEA can mend.

    `trials`: uploads that are looked at as if they were certified at `tried_at`. `report`: a provider's report looked
    at as if it were accepted.
    """

    year: int
    as_of: dt.date
    leas: tuple[int, ...] | None = None
    is_whole: bool = True
    trials: tuple[int, ...] = ()
    report: int | None = None
    tried_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """What an LEA's answer rests on: by cycle and kind the upload that counts, and the one certified before it."""

    lea_id: int
    now: Mapping[Which, Upload]
    before: Mapping[Which, Upload]
    newer_trial_on: dt.date | None = None

    def has(self, which: Which) -> bool:
        return which in self.now

    def upload(self, which: Which) -> int | None:
        found = self.now.get(which)
        return found.pk if found else None

    @property
    def october_on(self) -> dt.date | None:
        """The day on which the later of the two October files was certified; None while one lacks."""
        pair = [self.now.get(which) for which in (OCTOBER_COURSES, OCTOBER_STUDENTS)]
        days = [central_date(upload.certified_at) for upload in pair if upload and upload.certified_at]
        return max(days) if len(days) == len(pair) else None


def files_for(question: Question) -> dict[int, Files]:
    """The files of each LEA in scope, in the order of the LEAs."""
    wanted = Upload.objects.filter(collection__school_year=question.year).select_related("collection")
    wanted = wanted.order_by("lea", "certified_at", "pk")
    if question.leas is not None:
        wanted = wanted.filter(lea__in=question.leas)
    uploads = list(
        wanted.filter(Q(state__in=[*ONCE_CERTIFIED, UploadState.TRIAL]) | Q(pk__in=question.trials))
    )
    others = [upload for upload in uploads if upload.pk not in question.trials]
    once = [upload for upload in others if upload.state in ONCE_CERTIFIED]
    once += [_as_certified(upload, question) for upload in uploads if upload.pk in question.trials]
    trials = [upload for upload in others if upload.state == UploadState.TRIAL]
    leas = question.leas if question.leas is not None else _every_lea(question.year)
    now: dict[int, dict[Which, Upload]] = {lea: {} for lea in leas}
    before: dict[int, dict[Which, Upload]] = {lea: {} for lea in leas}
    for upload in once:
        which = _which(upload)
        if upload.lea_id not in now:
            continue
        if current := now[upload.lea_id].pop(which, None):
            before[upload.lea_id][which] = current
        if upload.state == UploadState.CERTIFIED:
            now[upload.lea_id][which] = upload
        else:
            before[upload.lea_id][which] = upload
    newer: dict[int, dt.date] = {}
    for upload in trials:
        if upload.lea_id in now and _which(upload) in now[upload.lea_id]:
            newer[upload.lea_id] = max(central_date(upload.sent_at), newer.get(upload.lea_id, dt.date.min))
    return {lea: Files(lea, now[lea], before[lea], newer.get(lea)) for lea in sorted(leas)}


def _as_certified(upload: Upload, question: Question) -> Upload:
    upload.state, upload.certified_at = UploadState.CERTIFIED, question.tried_at
    return upload


def _which(upload: Upload) -> Which:
    assert upload.collection is not None
    return upload.collection.cycle, upload.collection.kind


def _every_lea(year: int) -> list[int]:
    """Every LEA that was open on a day of the school year."""
    starts = SchoolYear.objects.get(year=year).starts_on
    return list(Lea.objects.exclude(active_to__lt=starts).values_list("pk", flat=True))


def reports_for(question: Question) -> list[int]:
    """The accepted reports of the school year; the tried one in the place of its provider's."""
    accepted = ProviderReport.objects.filter(school_year=question.year, state=ReportState.ACCEPTED)
    if question.report is None:
        return sorted(accepted.values_list("pk", flat=True))
    tried = ProviderReport.objects.get(pk=question.report)
    others = accepted.exclude(provider=tried.provider_id).values_list("pk", flat=True)
    return sorted([*others, tried.pk])
