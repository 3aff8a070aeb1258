"""A file is read and checked, and its rows become the district's trial of that collection."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import asdict, replace
from functools import partial

import polars as pl
from django.db import transaction

from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.rules import Severity

from .. import progress
from ..checks import Case, ask_ahead, stored_case
from ..collection import Collection
from ..judging import Judgement, Ready, read_files
from ..known import Known
from ..layouts import Cycle, Kind, layout
from ..models import HashKey, ProviderReport, SentFile, StoredCollection, Upload, UploadState
from ..reading import LINE
from ..remaking import with_educators
from ..store import rows, vault

KEEP_BYTES = dt.timedelta(days=30)
PATIENCE = dt.timedelta(minutes=5)  # until a file that is not checked is asked for again
KEEP_YEARS = 7  # after the school year's end, as long as the state keeps what core data rests on
PURPOSE = (
    "To compare what districts report of virtual courses with approvals and provider reports (RSMo 161.670), also for "
    "courses that are found to be MOCAP courses only later."
)
PROBLEMS_TABLE = "coredata_problem"
LONGEST_REFUSAL, LONGEST_COLUMN = 500, 200  # characters: a header may hold anything
UNCHECKED = [UploadState.UPLOADED, UploadState.PARSED]


def check_upload(upload_id: int, *, at: dt.datetime) -> Upload:
    """Read and check a file and make it the district's trial, or refuse it. Done twice, it is done once.

    Killed anywhere, it leaves the file as it was; started again, it begins anew.
    """
    upload = Upload.objects.select_related("lea").get(pk=upload_id)
    if upload.state not in UNCHECKED:
        return upload
    progress.begin(upload.pk)
    read = _read(upload, at=at, when_read=partial(_note_what_it_is, upload.pk))
    if isinstance(read, Judgement):
        return _refuse(upload.pk, read, at=at)
    return _keep(upload.pk, read, at=at)


def check_again(upload_id: int, *, at: dt.datetime) -> Upload:
    """Check a trial anew, because what it is judged by has changed: a file beside it, or a waiver.

    Its rows and problems are replaced in one transaction; killed anywhere, it stays as it was. Nothing happens to what
    is no trial any more, or whose bytes are destroyed.
    """
    upload = Upload.objects.select_related("lea").get(pk=upload_id)
    if upload.state != UploadState.TRIAL or upload.destroyed_at is not None:
        return upload
    try:
        read = _read(upload, at=at)
    except FileNotFoundError:  # certified or replaced a moment ago
        return upload
    if isinstance(read, Judgement):
        return upload
    with transaction.atomic():
        upload = locked(upload_id)
        if upload.state != UploadState.TRIAL:
            return upload
        rows.drop(upload)
        upload.problems.all().delete()
        upload.state = UploadState.PARSED
        upload.save(update_fields=["state"])
        _store(upload, read, at=at)
    return upload


def trials_of(lea_id: int, *, beside: Upload | None = None) -> list[int]:
    """The LEA's trials that can be checked again: all, or those of the same school year beside this file."""
    trials = Upload.objects.filter(lea=lea_id, state=UploadState.TRIAL, destroyed_at=None)
    if beside is not None:
        if beside.collection is None:
            return []
        trials = trials.filter(collection__school_year=beside.collection.school_year_id).exclude(
            collection__kind=beside.collection.kind, collection__cycle=beside.collection.cycle
        )
    return list(trials.order_by("pk").values_list("pk", flat=True))


def _read(
    upload: Upload,
    *,
    at: dt.datetime,
    when_read: Callable[[Collection, int], None] = lambda collection, rows: None,
) -> Ready | Judgement:
    """The file, ready to be judged; the judgement where it cannot be used."""
    (read,) = read_files(
        [(upload.name, vault.opened(upload.stored_as, bytes(upload.key)))],
        district_code=upload.lea.state_district_id,
        on=central_date(at),
        key_of=hash_key,
        stored=partial(beside, upload.lea_id),
        when_read=when_read,
    )
    if upload.made_of is not None and isinstance(read, Ready):
        return replace(read, case=with_educators(read.case, upload.made_of))
    return read


def _note_what_it_is(upload_id: int, collection: Collection, rows_read: int) -> None:
    """The file could be read: its page says what it is while it is being checked."""
    Upload.objects.filter(pk=upload_id, state__in=UNCHECKED).update(
        state=UploadState.PARSED, collection=_stored(collection), rows_read=rows_read
    )


def long_unchecked(*, at: dt.datetime) -> list[int]:
    """The files that were sent some minutes ago and are not checked yet."""
    waiting = Upload.objects.filter(state__in=UNCHECKED, sent_at__lte=at - PATIENCE)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def hash_key(year: int) -> bytes:
    """What educators' numbers of a school year are hashed with; made when it is first asked for."""
    made = {"encrypted": vault.wrap(secrets.token_bytes(32))}
    key, _is_new = HashKey.objects.get_or_create(school_year_id=year, defaults=made)
    return vault.unwrap(bytes(key.encrypted))


def beside(lea_id: int, known: Known) -> Mapping[Kind, Case]:
    """What the LEA has of the same school year, the trial of a kind before its certified file."""
    uploads = Upload.objects.filter(
        lea=lea_id,
        collection__school_year=known.collection.year,
        state__in=[UploadState.CERTIFIED, UploadState.TRIAL],
    ).select_related("collection")
    found: dict[Kind, Case] = {}
    for upload in uploads.order_by("state", "pk"):  # certified, then trial
        assert upload.collection is not None
        collection = upload.collection.collection
        if collection.kind is not known.collection.kind and _belongs(collection, known.collection):
            found[collection.kind] = _case(upload, collection, known)
    return found


def _belongs(collection: Collection, other: Collection) -> bool:
    """June's files look back at October's. Student Core is there in both: each cycle has its own."""
    return collection.kind is not Kind.STU_CORE or collection.cycle == (
        Cycle.JUNE if other.cycle is Cycle.JUNE else Cycle.OCTOBER
    )


def _case(upload: Upload, collection: Collection, known: Known) -> Case:
    kept = layout(collection.kind, collection.year)
    return stored_case(rows.read_back(upload, kept), collection, kept, known=known)


@transaction.atomic
def _refuse(upload_id: int, judgement: Judgement, *, at: dt.datetime) -> Upload:
    upload = locked(upload_id)
    if upload.state in UNCHECKED:
        upload.state = UploadState.REFUSED
        upload.refusal = judgement.problems["message"][0][:LONGEST_REFUSAL]
        upload.judged_at = at
        upload.errors = 1
        destroy_bytes(upload, at=at)
        upload.save()
    return upload


@transaction.atomic
def _keep(upload_id: int, read: Ready, *, at: dt.datetime) -> Upload:
    """Replace the LEA's trial of the collection by this file, in one transaction."""
    upload = locked(upload_id)
    if upload.state not in UNCHECKED:
        return upload
    stored = upload.collection  # noted when it was read
    trial = Upload.objects.filter(lea=upload.lea_id, collection=stored, state=UploadState.TRIAL).first()
    if trial and trial.pk > upload.pk:
        # What was sent later counts, whichever worker was quicker.
        end_trial(upload, UploadState.REPLACED, at=at)
        return upload
    if trial:
        end_trial(trial, UploadState.REPLACED, at=at)
    _store(upload, read, at=at)
    return upload


def locked(upload_id: int) -> Upload:
    """The file, and its LEA: what happens to the files of one LEA happens one at a time."""
    Lea.objects.select_for_update(of=("self",)).get(uploads=upload_id)
    return Upload.objects.select_for_update(of=("self",)).select_related("collection").get(pk=upload_id)


def _store(upload: Upload, read: Ready, *, at: dt.datetime) -> None:
    """Keep the rows and the problems of a file that becomes a trial.

    What is wrong with single values is found first, so that they are not kept; rows are compared while they go in.
    """
    assert upload.collection is not None
    found = read.judge_rows()
    ask_ahead(read.case)  # the connection is busy with the rows while they are compared
    with ThreadPoolExecutor(max_workers=1) as beside:
        judged = beside.submit(copy_context().run, read.judge_rest, found)

        def note(count: int) -> None:
            progress.note(upload.pk, progress.Progress(is_checked=judged.done(), stored=count))

        rows.keep(upload, upload.collection, read.case, found.errors, when_stored=note)
        judgement = judged.result()
    progress.note(upload.pk, progress.Progress(is_checked=True, stored=judgement.rows_read))
    errors = judgement.problems.filter(pl.col("severity") == Severity.ERROR)
    keep_problems("upload_id", upload.pk, judgement.problems)
    upload.state = UploadState.TRIAL
    upload.rows_read = judgement.rows_read
    upload.rows_with_warnings = judgement.rows_with_warnings
    upload.rows_with_errors = judgement.rows_with_errors
    upload.errors = errors.height
    upload.warnings = judgement.problems.height - errors.height
    upload.not_run = [asdict(rule) for rule in judgement.not_run]
    upload.judged_at = at
    upload.save()


def _stored(collection: Collection) -> StoredCollection:
    ends = dt.date(collection.year + KEEP_YEARS, 6, 30)
    stored, _is_new = StoredCollection.objects.get_or_create(
        school_year_id=collection.year,
        cycle=collection.cycle,
        kind=collection.kind,
        defaults={"purpose": PURPOSE, "keep_until": ends},
    )
    return stored


def end_trial(trial: Upload, state: UploadState, *, at: dt.datetime) -> None:
    """Delete the rows and problems of a trial and destroy what was sent; that it was sent stays."""
    rows.drop(trial)
    trial.problems.all().delete()
    trial.state = state
    trial.ended_at = at
    destroy_bytes(trial, at=at)
    trial.save()


def keep_problems(of: str, pk: int, problems: pl.DataFrame) -> None:
    """The problems of a file. `of`: the column that names it, upload_id or report_id."""
    kept = problems.select(
        pl.lit(pk).alias(of),
        LINE,
        pl.col("column").fill_null("").str.slice(0, LONGEST_COLUMN),
        "value",
        "rule",
        "severity",
        "message",
    )
    rows.copy_rows(PROBLEMS_TABLE, kept.columns, [kept], has_empty_texts=True)


def destroy_bytes(sent: SentFile, *, at: dt.datetime) -> None:
    """Destroy what was sent: the key at once, the file when the transaction is through. The caller saves."""
    if sent.destroyed_at is None:
        transaction.on_commit(partial(vault.destroy, sent.stored_as))
        sent.key = b""
        sent.destroyed_at = at


def destroy_old_bytes(*, at: dt.datetime) -> int:
    """Destroy the bytes of files that were sent 30 days ago or earlier; how many."""
    count = 0
    for model in (Upload, ProviderReport):
        old = model.objects.filter(destroyed_at=None, sent_at__lte=at - KEEP_BYTES)
        for pk in old.values_list("pk", flat=True).order_by("pk"):
            with transaction.atomic():
                sent = model.objects.select_for_update(of=("self",)).get(pk=pk)
                destroy_bytes(sent, at=at)
                sent.save(update_fields=["key", "destroyed_at"])
                count += 1
    return count
