"""Holding records, and letting them go: one proposes, another confirms, a worker does it piece by piece."""

from __future__ import annotations

import datetime as dt
from functools import partial

from celery import signature
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role
from mocap_portal.foundation.directory.actions.dated import succeed
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.locks import held
from mocap_portal.foundation.shared.refusals import Refusal

from .kinds import Gone, Kind
from .models import Disposal, DisposalItem, Hold, HoldKind, ItemState, RetentionRule, Stub, Table
from .of_concerns import OfConcerns
from .of_transcripts import OfTranscripts

KINDS: dict[Table, Kind] = {Table.CONCERNS: OfConcerns(), Table.TRANSCRIPTS: OfTranscripts()}
LOCK = "hold or let go of records"


class OnlyTheOffice(Refusal):
    sentence = _("Only the MOCAP office does this. Change your role, if you have another one.")


class NoRule(Refusal):
    sentence = _("No rule says how long these records are kept. Ask an administrator to enter one.")


class OnlyAdministrators(Refusal):
    sentence = _("Only an administrator of the state office changes how long records are kept.")


class RuleChanged(Refusal):
    sentence = _(
        "How long records are kept has changed since this was proposed. Withdraw it and propose it again."
    )


class NothingIsDue(Refusal):
    sentence = _("Nothing is old enough that is not under a hold.")


class AlreadyProposed(Refusal):
    sentence = _("A disposal is proposed already. Confirm it or withdraw it first.")


class TwoPeople(Refusal):
    sentence = _("You have proposed this yourself. Another person of the MOCAP office has to confirm it.")


class NotOpen(Refusal):
    sentence = _("This disposal is confirmed or withdrawn already. Reload the page to see where it stands.")


class WhyMissing(Refusal):
    sentence = _("Write why: whoever reads it later has to know.")


class NotKnown(Refusal):
    sentence = _("There is no record of this number. Look at the number again.")


class NoSuchCondition(Refusal):
    sentence = _(
        "A request for a transcript has no category, district or provider. Hold it by its number or by the days on "
        "which requests came in, or hold all of them."
    )


class WasLifted(Refusal):
    sentence = _("Somebody has lifted this hold already. Reload the page.")


@transaction.atomic
def change_rule(
    table: Table,
    *,
    years: int,
    valid_from: dt.date,
    source: str,
    note: str = "",
    by: Membership,
    today: dt.date,
) -> RetentionRule:
    """Records are kept for so many years from this day on. Raises OnlyAdministrators, AlreadyInForce, ChangedMeanwhile.

    The rule that holds until then ends the day before and stays to be read. Sent twice, it is one.
    """
    if by.role != Role.DESE_ADMIN:
        raise OnlyAdministrators
    said = {"table": table, "years": years, "valid_from": valid_from, "source": source, "note": note}
    same = RetentionRule.objects.filter(**said).first()
    return same or succeed(RetentionRule.objects.filter(table=table), RetentionRule(**said), today)


def place_hold(
    *,
    kind: HoldKind,
    why: str,
    by: Membership,
    at: dt.datetime,
    table: Table = Table.CONCERNS,
    number: int | None = None,
    category: str = "",
    lea: Lea | None = None,
    provider: Provider | None = None,
    received_from: dt.date | None = None,
    received_to: dt.date | None = None,
    review_on: dt.date | None = None,
) -> Hold:
    """Keep one record, or all that meet the conditions, until somebody lifts the hold. The same again is one.

    It waits for the piece of a disposal that is being done, and counts before the next. Raises OnlyTheOffice,
    WhyMissing, NoSuchCondition, NotKnown.
    """
    _refuse_strangers(by)
    if not why:
        raise WhyMissing
    if table == Table.TRANSCRIPTS and (category or lea or provider):
        raise NoSuchCondition
    said = {
        "table": table,
        "kind": kind,
        "why": why,
        "number": number,
        "category": category,
        "lea": lea,
        "provider": provider,
        "received_from": received_from,
        "received_to": received_to,
        "review_on": review_on,
    }
    with held(LOCK), transaction.atomic():
        if number is not None and not KINDS[table].exists(number):
            raise NotKnown
        standing = Hold.objects.standing().filter(**said).first()
        return standing or Hold.objects.create(placed_by=by, placed_at=at, **said)


@transaction.atomic
def lift_hold(hold_id: int, *, why: str, by: Membership, at: dt.datetime) -> Hold:
    """What it kept goes by its age again. Sent twice, it is one. Raises OnlyTheOffice, WhyMissing, WasLifted."""
    _refuse_strangers(by)
    if not why:
        raise WhyMissing
    hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold_id)
    if hold.lifted_at is not None:
        if hold.lifted_by == by and hold.why_lifted == why:
            return hold
        raise WasLifted
    hold.lifted_at, hold.lifted_by, hold.why_lifted = at, by, why
    hold.save(update_fields=["lifted_at", "lifted_by", "why_lifted"])
    return hold


def propose(table: Table, *, by: Membership, at: dt.datetime) -> Disposal:
    """List what is old enough and under no hold. Raises OnlyTheOffice, NoRule, NothingIsDue, AlreadyProposed."""
    _refuse_strangers(by)
    day = central_date(at)
    rule = RetentionRule.objects.on(day).filter(table=table).first()
    if rule is None:
        raise NoRule
    try:
        with transaction.atomic():
            disposal = Disposal.objects.create(
                table=table, rule=rule, as_of=day, proposed_by=by.user, proposed_at=at
            )
            numbers = KINDS[table].due(day, rule.years)
            if not numbers:
                raise NothingIsDue
            DisposalItem.objects.bulk_create(
                [DisposalItem(disposal=disposal, number=number) for number in numbers], batch_size=1_000
            )
            return disposal
    except IntegrityError as error:
        raise AlreadyProposed from error


@transaction.atomic
def withdraw(disposal_id: int, *, by: Membership, at: dt.datetime) -> Disposal:
    """Let a proposal be, whoever made it. Nothing is gone. Raises OnlyTheOffice, NotOpen."""
    disposal = _open(disposal_id, by)
    disposal.withdrawn_by, disposal.withdrawn_at = by.user, at
    disposal.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return disposal


@transaction.atomic
def confirm(disposal_id: int, *, by: Membership, at: dt.datetime) -> Disposal:
    """The second person wants it, too: a worker begins, and nothing of it can be undone.

    Raises OnlyTheOffice, NotOpen, TwoPeople, RuleChanged.
    """
    disposal = _open(disposal_id, by)
    if disposal.proposed_by_id == by.user_id:
        raise TwoPeople
    rules = RetentionRule.objects.on(central_date(at)).filter(table=disposal.table)
    if not rules.filter(pk=disposal.rule_id).exists():
        raise RuleChanged
    disposal.confirmed_by, disposal.confirmed_at = by.user, at
    disposal.save(update_fields=["confirmed_by", "confirmed_at"])
    # By name: tasks stand above actions. Robust: without a broker it waits for `dispose_confirmed`.
    begin = signature("concerns.retention.tasks.dispose", args=[disposal.pk])
    transaction.on_commit(partial(begin.apply_async), robust=True)
    return disposal


def dispose(disposal_id: int, *, at: dt.datetime) -> int:
    """Do what is left of a confirmed disposal, one record after the other; how many are gone now.

    Killed anywhere, it is gone on with: a record's rows go in one transaction that also keeps which files are still
    to be removed, and a file that is gone is not missed. What came under a hold or was opened again stays.
    """
    disposal = Disposal.objects.to_do().select_related("rule").filter(pk=disposal_id).first()
    if disposal is None:
        return 0
    kind = KINDS[Table(disposal.table)]
    listed = set(disposal.items.values_list("number", flat=True))
    count = 0
    for number in (
        disposal.items.filter(state=ItemState.LISTED).order_by("number").values_list("number", flat=True)
    ):
        count += _dispose_one(disposal, kind, number, listed, at=at)
        _remove_files(disposal, kind)
    _remove_files(disposal, kind)
    Disposal.objects.to_do().filter(pk=disposal_id).update(finished_at=at)
    return count


def _dispose_one(disposal: Disposal, kind: Kind, number: int, listed: set[int], *, at: dt.datetime) -> int:
    with held(LOCK), transaction.atomic():
        item = disposal.items.select_for_update(of=("self",)).get(number=number)
        if item.state != ItemState.LISTED:
            return 0  # with what it was joined to, or by another worker
        outcome = kind.let_go(
            number,
            listed=listed,
            day=disposal.as_of,
            years=disposal.rule.years,
            disposal=disposal.pk,
            at=at,
        )
        if not isinstance(outcome, Gone):
            item.state, item.reason, item.done_at = ItemState.KEPT, outcome, at
            item.save(update_fields=["state", "reason", "done_at"])
            return 0
        Stub.objects.bulk_create(
            [Stub(table=disposal.table, disposal=disposal, disposed_at=at, **stub) for stub in outcome.stubs]
        )
        gone = [stub["number"] for stub in outcome.stubs]
        disposal.items.filter(number__in=gone).update(state=ItemState.GONE, done_at=at)
        disposal.items.filter(number=number).update(files=outcome.files)
        return len(gone)


def _remove_files(disposal: Disposal, kind: Kind) -> None:
    for item in disposal.items.exclude(files=[]).order_by("number"):
        for name in item.files:
            kind.remove_file(name)
        DisposalItem.objects.filter(pk=item.pk).update(files=[])


def _open(disposal_id: int, by: Membership) -> Disposal:
    _refuse_strangers(by)
    disposal = Disposal.objects.select_for_update(of=("self",)).get(pk=disposal_id)
    if disposal.confirmed_at is not None or disposal.withdrawn_at is not None:
        raise NotOpen
    return disposal


def _refuse_strangers(by: Membership) -> None:
    if by.role not in DESE_ROLES:
        raise OnlyTheOffice
