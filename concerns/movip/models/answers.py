"""What the office wrote in answer, took back, and each time that a record left it. Rows are added and never change."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Letter

from .requests import TranscriptRequest


class AnswerKind(models.TextChoices):
    TRANSCRIPT = "transcript", _("Transcript")
    NOT_FOUND = "not_found", _("Letter: nothing was found")
    SENT_ON = "sent_on", _("Letter to the school of credit")


class Answer(models.Model):
    """A transcript or a letter, as it was written. A request that was opened again has more than one.

    Of the transcripts of a request one at most is not recalled: a trigger refuses the next one as long as one stands.
    `code_hash`: keyed hash of the code that stands on a printed transcript alone; letters have none.
    """

    request = models.ForeignKey(TranscriptRequest, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10, choices=AnswerKind.choices)
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="transcript_answer")
    code_hash = models.CharField(max_length=64, blank=True)
    official_name = models.CharField(max_length=120)
    official_title = models.CharField(max_length=120)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="transcripts_alone_have_a_code",
                condition=(Q(kind="transcript") & ~Q(code_hash=""))
                | (~Q(kind="transcript") & Q(code_hash="")),
            ),
            models.CheckConstraint(
                name="an_answer_names_its_official", condition=~Q(official_name="") & ~Q(official_title="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request_id}"


class Recall(models.Model):
    """The office took a transcript back: nobody gets it any more, and whoever asks whether it is genuine reads so.

    `reason`: as it was told to the person who asked.
    """

    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="recall")
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="a_recall_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"recall of {self.answer_id}"


class Way(models.TextChoices):
    """How something left the office."""

    SAVED = "saved", _("Saved from the page of the request")
    MAIL = "mail", _("By mail")
    HANDED = "handed", _("Handed over")
    SECURE = "secure", _("By a secure exchange of records")


class Disclosure(models.Model):
    """A record left the office: who gave it, when, what, why, and to whom (R-130).

    Former students have no row among students, so this log is their own. `by`: None where the person saved it
    themselves. `what` and `why` are kept in English and shown in the reader's language.
    """

    request = models.ForeignKey(TranscriptRequest, on_delete=models.PROTECT, related_name="disclosures")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="disclosures")
    what = models.CharField(max_length=200)
    why = models.CharField(max_length=300)
    to_whom = models.CharField(max_length=120)
    way = models.CharField(max_length=6, choices=Way.choices)
    on = models.DateField()
    by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_movip_disclosure_says_what_why_to_whom",
                condition=~Q(what="") & ~Q(why="") & ~Q(to_whom=""),
            ),
            models.CheckConstraint(
                name="only_who_saves_it_needs_nobody_to_give_it",
                condition=Q(way="saved", by__isnull=True) | (~Q(way="saved") & Q(by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.request_id}"
