"""Changes to dated rows: the new row holds from a day on, and the row before it ends the day before."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LeaPolicy, LegalKey, LegalValue
from mocap_portal.foundation.shared.refusals import Refusal

ONE_DAY = dt.timedelta(days=1)

Row = TypeVar("Row", bound=models.Model)  # one with valid_from and valid_to


class AlreadyInForce(Refusal):
    """A row that starts on this very day is in force: something may rest on it."""

    sentence = _("What holds now began on this day. Choose a later day.")


class ChangedMeanwhile(Refusal):
    """Somebody else changed the same thing at the same moment."""

    sentence = _("Somebody else has just changed this. Look at the change, then try again.")


@transaction.atomic
def change_legal_value(
    key: LegalKey, *, number: Decimal, valid_from: dt.date, source: str, note: str, today: dt.date
) -> LegalValue:
    """A number the law sets holds from this day on. Raises AlreadyInForce or ChangedMeanwhile."""
    new = LegalValue(key=key, number=number, valid_from=valid_from, source=source, note=note)
    return succeed(LegalValue.objects.filter(key=key), new, today)


@transaction.atomic
def change_code_meaning(
    code_set: CodeSet,
    code: str,
    *,
    label: str,
    meaning: str,
    label_es: str = "",
    meaning_es: str = "",
    valid_from: dt.date,
    source: str,
    today: dt.date,
) -> CodeMeaning:
    """A code that is there is called and means this from this day on; it keeps its place among the others.

    `label_es`, `meaning_es`: the same in Spanish; empty, families read the English.
    Raises CodeMeaning.DoesNotExist, AlreadyInForce or ChangedMeanwhile.
    """
    rows = CodeMeaning.objects.filter(code_set=code_set, code=code)
    new = CodeMeaning(
        code_set=code_set,
        code=code,
        position=rows.latest("valid_from").position,
        label=label,
        meaning=meaning,
        label_es=label_es,
        meaning_es=meaning_es,
        valid_from=valid_from,
        source=source,
    )
    return succeed(rows, new, today)


@transaction.atomic
def change_lea_policy(
    lea_id: int,
    *,
    decision_by: str,
    appeal_ladder: str,
    appeal_instructions: str,
    prior_semester_text: str,
    window_text: str,
    window_blocks: bool = False,
    valid_from: dt.date,
    source: str,
    today: dt.date,
) -> LeaPolicy:
    """A district's board has decided this from this day on. Raises AlreadyInForce or ChangedMeanwhile."""
    new = LeaPolicy(
        lea_id=lea_id,
        decision_by=decision_by,
        appeal_ladder=appeal_ladder,
        appeal_instructions=appeal_instructions,
        prior_semester_text=prior_semester_text,
        window_text=window_text,
        window_blocks=window_blocks,
        valid_from=valid_from,
        source=source,
    )
    return succeed(LeaPolicy.objects.filter(lea=lea_id), new, today)


def succeed(rows: models.QuerySet[Row], new: Row, today: dt.date) -> Row:
    """Store `new` among the rows of the same thing: from its first day until the next row begins.

    The row that held on that day ends the day before. A row that begins on the same day is replaced as long as
    it is not in force.
    """
    added: Any = new
    stored: list[Any] = list(rows.select_for_update().order_by("valid_from"))
    for row in stored:
        if row.valid_from == added.valid_from:
            if row.valid_from <= today:
                raise AlreadyInForce
            added.pk = row.pk
        elif row.valid_from < added.valid_from:
            if row.valid_to is None or row.valid_to >= added.valid_from:
                row.valid_to = added.valid_from - ONE_DAY
                row.save(update_fields=["valid_to"])
        elif added.valid_to is None:
            added.valid_to = row.valid_from - ONE_DAY
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError as error:
        raise ChangedMeanwhile from error
    return new
