"""A room with somebody on each side, and what they say there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from coredata.reconcile import actions
from coredata.reconcile.models import Mismatch, Reason, Remark, RemarkKind, Ruling, Side
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory
from tests.factories.reconcile import MismatchFactory

NOW = dt.datetime(2026, 11, 6, 16, tzinfo=dt.UTC)


class Room:
    """A student whom a provider lists as active and the district has denied, and one hat of each side."""

    def __init__(self, mismatch: Mismatch | None = None) -> None:
        self.mismatch: Mismatch = mismatch or MismatchFactory.create(provider_only=True, code="M-43")
        self.clerk = MembershipFactory.create(data_clerk=True, lea=self.mismatch.lea)
        own = {"provider": self.mismatch.provider} if self.mismatch.provider else {}
        self.reporter = MembershipFactory.create(provider_staff=True, **own)
        self.office = MembershipFactory.create(dese_reviewer=True)

    def contest(self, by: Membership | None = None, **more: Any) -> Remark:
        said = {"kind": RemarkKind.CONTEST, "reason": Reason.AS_SENT, "at": NOW, **more}
        return actions.take_position(self.mismatch.pk, by=by or self.reporter, **said)

    def agree(self, by: Membership | None = None, **more: Any) -> Remark:
        said = {"kind": RemarkKind.AGREE, "reason": Reason.CORRECT_FILE, "at": NOW, **more}
        return actions.take_position(self.mismatch.pk, by=by or self.clerk, **said)

    def note(self, by: Membership | None = None, **more: Any) -> Remark:
        said = {"text": "We looked.", "is_shared": True, "at": NOW, **more}
        return actions.write_note(self.mismatch.pk, by=by or self.clerk, **said)

    def decide(self, **more: Any) -> Ruling:
        said = {
            "right": Side.DISTRICT,
            "must_correct": Side.PROVIDER,
            "what": "Close the enrollment.",
            "reason": "The denial stands.",
            "by": self.office,
            "at": NOW,
            **more,
        }
        return actions.decide(self.mismatch.pk, **said)


def two_districts(code: str = "M-54") -> tuple[Mismatch, Membership]:
    """A conflict of two districts as it stands on the first one's list, and a clerk of the other."""
    other = LeaFactory.create(state_district_id="992102")
    mismatch = MismatchFactory.create(
        code=code, lea__state_district_id="991101", facts={"other": "992102", "found": "secret"}
    )
    return mismatch, MembershipFactory.create(data_clerk=True, lea=other)
