"""The only writers of documents, letters and of the mail outbox."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID

import structlog
from celery import signature
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from pghistory.models import Event

from mocap_portal.foundation.accounts.models import Membership, User
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.shared.refusals import Refusal

from . import documents, letters
from .models import Document, Letter, LetterKind, Notice, NoticeState

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

log = structlog.get_logger(__name__)

ATTEMPTS = 10
FIRST_PAUSE = dt.timedelta(
    minutes=1
)  # doubled after every failure: the tenth try comes eight hours after the first


class UnsafeSubject(ValueError):
    """The subject holds a line break, which would start a header of its own."""


class WrongKindOfFile(Refusal):
    sentence = _(
        "This file is not a PDF, a PNG, a JPEG or a HEIC picture, whatever its name says. Scan or photograph the "
        "paper and send that file."
    )


class FileTooLarge(Refusal):
    sentence = _("This file is larger than 10 MB. Scan it in gray or with fewer dots, or send fewer pages.")


class FileEmpty(Refusal):
    sentence = _("This file is empty. Choose it again.")


@transaction.atomic
def store_document(upload: File, *, by: Membership, at: dt.datetime) -> Document:  # type: ignore[type-arg]
    """Keep a file that somebody handed in. What it is, its first bytes say.

    A transaction that is rolled back may leave the file behind; no row names it.
    Raises FileEmpty, FileTooLarge, WrongKindOfFile; then nothing is kept.
    """
    if not upload.size:
        raise FileEmpty
    if upload.size > documents.MOST_BYTES:
        raise FileTooLarge
    upload.seek(0)
    content_type = documents.kind_of(upload.read(documents.HEAD))
    if content_type is None:
        raise WrongKindOfFile
    upload.seek(0)
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    document = Document(
        name=one_line(upload.name or "")[-120:] or documents.ENDINGS[content_type],
        content_type=content_type,
        size=upload.size,
        sha256=digest.hexdigest(),
        uploaded_by=by,
        uploaded_at=at,
    )
    document.file.save(f"{document.pk}.{documents.ENDINGS[content_type]}", upload, save=False)
    document.save(force_insert=True)
    return document


@transaction.atomic
def forget_document(document_id: UUID) -> None:
    """Throw away a file that nothing points to: another was sent in its place. Twice changes nothing.

    Raises django.db.models.ProtectedError when a row names it.
    """
    document = Document.objects.select_for_update().filter(pk=document_id).first()
    if document is not None:
        document.delete()
        transaction.on_commit(partial(document.file.delete, save=False))


def forget_unused_documents(*, before: dt.datetime) -> int:
    """Throw away files that were handed in before this moment and belong to nothing: a page was left, not sent.

    Returns how many. One after the other, so that whoever is killed has done what was counted.
    """
    used_by = [
        relation.name
        for relation in Document._meta.related_objects  # noqa: SLF001 - documented by Django
        if not issubclass(relation.related_model, Event)  # its own history
    ]
    unused = Document.objects.filter(uploaded_at__lt=before, **{f"{name}__isnull": True for name in used_by})
    count = 0
    for document_id in unused.order_by("pk").values_list("pk", flat=True):
        with suppress(ProtectedError):  # somebody sent the page a moment ago
            forget_document(document_id)
            count += 1
    return count


def write_letter(kind: LetterKind, *, facts: letters.DecisionFacts, at: dt.datetime, language: str) -> Letter:
    """Keep a letter with a decision about a course, as its facts say it at this moment (see `keep_letter`)."""
    text = letters.compose(kind, facts, language)
    return keep_letter(kind, text=text, facts=facts.to_json(), day=facts.day, at=at)


@transaction.atomic
def keep_letter(
    kind: LetterKind,
    *,
    text: letters.LetterText,
    facts: dict[str, Any],
    day: dt.date,
    at: dt.datetime,
    only_printed: tuple[letters.Block, ...] = (),
) -> Letter:
    """Keep a letter: its facts (plain JSON values), its HTML and its PDF, as they stand at this moment.

    `day` is the day that the PDF names as its own. `only_printed` ends the PDF and stands in no table: a secret of
    whoever holds the paper. A transaction that is rolled back may leave the PDF file behind; no row names it.
    """
    pdf = letters.typeset(replace(text, blocks=(*text.blocks, *only_printed)), day)
    letter = Letter(
        kind=kind,
        language=text.language,
        written_at=at,
        facts=facts,
        html=letters.lay_out(text),
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
    )
    letter.pdf.save(f"{letter.pk}.pdf", ContentFile(pdf), save=False)
    letter.save(force_insert=True)
    return letter


def queue_notice(key: str, *, user: User, subject: str, body: str, at: dt.datetime) -> Notice:
    """Put a mail to this person into the outbox, and tell a worker when the transaction is committed.

    `key` says what the mail tells (`decision:12`). A key that is there already gives its notice back unchanged.
    Raises UnsafeSubject.
    """
    (notice,) = _queue([_notice(key, user=user, to=user.email, subject=subject, body=body, at=at)])
    return notice


def tell(
    people: Iterable[User],
    key: str,
    *,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    path: str,
    at: dt.datetime,
    **names: str | dt.date,
) -> None:
    """Queue the same mail to several people, each in their language, once per person and `key`.

    `subject` and `sentences` are lazy translations with places for `names`; dates are written as the reader writes
    them. `path` is the address, from the first slash, of the page that says more: it ends the mail.
    Raises UnsafeSubject; then nobody is told.
    """
    notices = []
    for user in people:
        written = _written(user.language, subject=subject, sentences=sentences, path=path, names=names)
        notices.append(_notice(f"{key}:{user.pk}", user=user, to=user.email, at=at, **written))
    _queue(notices)


def tell_address(
    address: str,
    key: str,
    *,
    language: str,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    path: str,
    at: dt.datetime,
    **names: str | dt.date,
) -> None:
    """The same for somebody who has no account and has left an address, in the language they asked for.

    Raises UnsafeSubject.
    """
    written = _written(language, subject=subject, sentences=sentences, path=path, names=names)
    _queue([_notice(key, user=None, to=address, at=at, **written)])


class _Written(TypedDict):
    subject: str
    body: str


def _written(
    language: str,
    *,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    path: str,
    names: Mapping[str, str | dt.date],
) -> _Written:
    """Subject and body in a language, with the names in their places and the address at the end."""
    with translation.override(language):
        words = {
            name: date_format(value, "DATE_FORMAT") if isinstance(value, dt.date) else value
            for name, value in names.items()
        }
        lines = [*(str(sentence) % words for sentence in sentences), portal_address(path)]
        return {"subject": str(subject) % words, "body": "\n\n".join(lines)}


def _notice(key: str, *, user: User | None, to: str, subject: str, body: str, at: dt.datetime) -> Notice:
    if "\n" in subject or "\r" in subject:
        raise UnsafeSubject
    return Notice(key=key, user=user, to=to, subject=subject, body=body, created_at=at, try_after=at)


def _queue(notices: Sequence[Notice]) -> list[Notice]:
    """The stored notices of these keys, in this order. What is not there yet is stored, all of it in one statement."""
    keys = [notice.key for notice in notices]
    known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    new = {notice.key: notice for notice in notices if notice.key not in known}
    # Somebody may tell the same at this moment: whoever comes second waits for the other, then finds the notice.
    Notice.objects.bulk_create(new.values(), ignore_conflicts=True)
    stored = Notice.objects.in_bulk(keys, field_name="key")
    for key in new:
        # By name: tasks stand above actions. Robust: without a broker the mail waits for `send_waiting`.
        send = signature("papers.send_notice", args=[stored[key].pk])
        transaction.on_commit(send.apply_async, robust=True)
    return [stored[key] for key in keys]


def portal_address(path: str) -> str:
    """The whole address of a page, as mails need it."""
    return f"{settings.PORTAL_URL.rstrip('/')}{path}"


@transaction.atomic
def send(notice_id: int, *, at: dt.datetime) -> None:
    """Send a waiting notice; do nothing when it is sent, given up, pausing, or in another worker's hands.

    A failure is counted and tried again later; after the last one the notice is given up and one line is logged.
    The mail goes out before the commit: a worker killed between the two sends it a second time, with the same
    Message-ID, by which mail systems recognise the copy.
    """
    waiting = Notice.objects.waiting(at=at).select_for_update(skip_locked=True)
    notice = waiting.filter(pk=notice_id).first()
    if notice is None:
        return
    notice.attempts += 1
    try:
        _mail(notice).send()
    except Exception as error:  # whatever went wrong: count it and keep the notice
        _count_failure(notice, error, at=at)
    else:
        notice.state = NoticeState.SENT
        notice.sent_at = at
        notice.last_error = ""
    notice.save(update_fields=["attempts", "state", "sent_at", "try_after", "last_error"])


def _mail(notice: Notice) -> EmailMessage:
    return EmailMessage(
        subject=notice.subject,
        body=notice.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[notice.to],
        headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
    )


def _count_failure(notice: Notice, error: Exception, *, at: dt.datetime) -> None:
    # The kind of the error only: its text may quote the address or the mail.
    notice.last_error = type(error).__name__
    if notice.attempts < ATTEMPTS:
        notice.try_after = at + FIRST_PAUSE * 2 ** (notice.attempts - 1)
    else:
        notice.state = NoticeState.FAILED
        log.error("notice_given_up", notice=notice.pk, attempts=notice.attempts, error=notice.last_error)
