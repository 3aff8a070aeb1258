"""Two records turned out to be one student.

Records cannot name the tables of the apps above it. It asks Django which tables have a column that points to a
student, so a table that comes later moves as well.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

import pghistory.models
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import IS_GUARDIAN_OF_KEPT, Guardian, Student
from .refusals import OwnChild, WrongLea


class SameStudent(Refusal):
    sentence = _("These two records already are one student.")


class NotBoth(Refusal):
    """Each record has a row of which one student has a single one. `sentence` names both and what comes first."""


class AccessEndedInOne(Refusal):
    """A merge would give somebody back what a district ended (R-133)."""

    def __init__(self, name: str) -> None:
        sentence = _(
            "A district has ended the access of %(name)s to one of these two records, and it is open in the other. End "
            "it there too, then make the two one."
        )
        super().__init__(sentence % {"name": name})


@runtime_checkable
class OneOfAKind(Protocol):
    """A row of which a student has one at a time, by a unique constraint."""

    def why_not_both(self, other: Any) -> str | Promise:
        """Why one student cannot have this row and the other one, and what to do first."""


@transaction.atomic
def merge_students(student_id: int, *, into_id: int, by: Membership, at: dt.datetime) -> Student:
    """The second record keeps its MOSIS ID and gets all that points to the first, in whichever app.

    The first stays as an empty record that points to the second; histories tell what was when, and are not rewritten.
    Raises SameStudent, WrongLea, OwnChild; NotBoth where both records have what a student has once; AccessEndedInOne.
    """
    if student_id == into_id:
        raise SameStudent
    both = _locked(student_id, into_id, lea_id=by.organization_id)
    gone, kept = both[student_id], both[into_id]
    if gone.merged_into_id or kept.merged_into_id:
        raise SameStudent
    if Guardian.objects.filter(student__in=both, user=by.user_id).exists():
        raise OwnChild
    _refuse_to_give_back(gone, kept)
    _join_guardians(gone, kept, on=central_date(at))
    for column in columns_to(Student):
        _refuse_two(column, gone, kept)
        _repoint(column, gone, kept)
    mosis_id = gone.mosis_id
    gone.mosis_id = None
    gone.merged_into = kept
    gone.save()
    if kept.mosis_id is None:
        kept.mosis_id = mosis_id
        kept.save()
    return kept


def columns_to(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """Each column of the portal that points to a row of this model. Those of histories stay as they were written."""
    for relation in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 - documented by Django
        if isinstance(relation, models.ManyToOneRel) and not issubclass(
            relation.related_model, pghistory.models.Event
        ):
            assert isinstance(relation.field, models.ForeignKey)
            yield relation.field


def unique_with(column: models.ForeignKey[Any, Any]) -> Iterator[models.UniqueConstraint]:
    """The constraints of its table by which a value of this column, alone or with others, stands there once."""
    if column.unique:
        yield models.UniqueConstraint(fields=[column.name], name="one_to_one")
    for constraint in column.model._meta.constraints:  # noqa: SLF001 - documented by Django
        if isinstance(constraint, models.UniqueConstraint) and column.name in constraint.fields:
            yield constraint


def _locked(*keys: int, lea_id: int | None) -> dict[int, Student]:
    """Both students, locked after the rows that point to them: the other actions lock in this order too.

    Raises WrongLea.
    """
    for column in columns_to(Student):
        rows = _rows_of(column).filter(**{f"{column.name}__in": keys})
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    found = Student.objects.select_for_update(of=("self",)).filter(pk__in=keys, lea=lea_id).order_by("pk")
    both = {student.pk: student for student in found}
    if len(both) < len(keys):
        raise WrongLea
    return both


def _refuse_to_give_back(gone: Student, kept: Student) -> None:
    """Raises AccessEndedInOne."""
    active = Guardian.objects.active().filter(student__in=[gone, kept]).values_list("user", flat=True)
    for row in Guardian.objects.taken_from(list(active), [gone.pk, kept.pk]):
        raise AccessEndedInOne(row.user.name)


def _join_guardians(gone: Student, kept: Student, *, on: dt.date) -> None:
    """Who is a guardian of both stays one of the kept record, with the basis and the consents that the other has."""
    stays_of = {row.user_id: row for row in Guardian.objects.active().filter(student=kept)}
    for ends in Guardian.objects.active().filter(student=gone).order_by("pk"):
        stays = stays_of.get(ends.user_id)
        if stays is None:
            continue
        if ends.adult_basis and not stays.adult_basis:
            stays.adult_basis = ends.adult_basis
            stays.adult_basis_by, stays.adult_basis_at = ends.adult_basis_by, ends.adult_basis_at
            stays.save()
        ends.ended_on, ends.end_basis = max(on, ends.started_on), IS_GUARDIAN_OF_KEPT
        ends.save()
        for column in columns_to(Guardian):
            _repoint(column, ends, stays)


def _refuse_two(column: models.ForeignKey[Any, Any], gone: models.Model, kept: models.Model) -> None:
    """Looks for what the database would refuse, to say it in words. Raises NotBoth."""
    for constraint in unique_with(column):
        rows = _rows_of(column).filter(constraint.condition or models.Q()).order_by("pk")
        beside = [name for name in constraint.fields if name != column.name]
        for row in rows.filter(**{column.name: gone}):
            same = {name: getattr(row, name) for name in beside}
            other = rows.filter(**{column.name: kept}, **same).first()
            if other is not None:
                assert isinstance(row, OneOfAKind), f"{type(row)} does not say why not both"
                raise NotBoth(row.why_not_both(other))


def _rows_of(column: models.ForeignKey[Any, Any]) -> models.QuerySet[Any]:
    return column.model._base_manager.all()  # noqa: SLF001 - documented by Django


def _repoint(column: models.ForeignKey[Any, Any], gone: models.Model, kept: models.Model) -> None:
    _rows_of(column).filter(**{column.name: gone}).update(**{column.name: kept})
