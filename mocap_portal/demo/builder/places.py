"""Two districts and a charter school, what their boards decided, and when they are closed."""

import datetime as dt
from pathlib import Path

from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.directory.actions import (
    change_contact,
    change_lea_policy,
    change_links,
    import_directory,
)
from mocap_portal.foundation.directory.models import AppealLadder, DecisionBy, Lea
from mocap_portal.foundation.shared.calendar import central_date

from .times import ONE_DAY, business_day, closed_days

DATA = Path(__file__).parents[1] / "data"

WALNUT_FORK = "991101"
HARROW_SPRINGS = "992102"
COMPASS_POINT = "995901"

POLICY_FROM = dt.date(2022, 8, 28)


def lea(state_district_id: str) -> Lea:
    return Lea.objects.select_related("organization").get(state_district_id=state_district_id)


def build_places(at: dt.datetime) -> None:
    report = import_directory((DATA / "directory.csv").read_bytes())
    if report.errors:
        raise ValueError(report.errors)
    _policy(
        WALNUT_FORK,
        decision_by=DecisionBy.COUNSELOR,
        appeal_ladder=AppealLadder.BOARD_THEN_DESE,
        appeal_instructions="Write to the Board of Education, Walnut Fork R-V, 12 School Street, Walnut Fork.",
        source="Policy 6190",
        at=at,
    )
    _policy(
        HARROW_SPRINGS,
        decision_by=DecisionBy.DECIDER,
        appeal_ladder=AppealLadder.BOARD_THEN_DESE,
        appeal_instructions="Write to the superintendent of Harrow Springs, 400 Mill Road, who informs the board.",
        source="Policy IGCD",
        window_text="We can plan best when you ask at least two weeks before the semester starts.",
        at=at,
    )
    _policy(
        COMPASS_POINT,
        decision_by=DecisionBy.COUNSELOR,
        appeal_ladder=AppealLadder.LOCAL,
        appeal_instructions="Write to the head of school, Compass Point Charter, 7 Harbor Avenue.",
        source="Governing body, minutes of August 2022",
        at=at,
    )
    for code, name, place in [
        (WALNUT_FORK, "Nadia Petrov", "walnutfork"),
        (HARROW_SPRINGS, "Ben Carver", "harrowsprings"),
        (COMPASS_POINT, "Ines Calder", "compasspoint"),
    ]:
        change_contact(lea(code).pk, name=name, email=f"mocap@{place}.example", phone="573-555-0142")
    # The charter school has not entered its links: its administrator and DESE see what is missing.
    for code, place in [(WALNUT_FORK, "walnutfork"), (HARROW_SPRINGS, "harrowsprings")]:
        site = f"https://www.{place}.example"
        change_links(
            lea(code).pk,
            website=f"{site}/",
            guidance_url=f"{site}/mocap-guidance.pdf",
            policy_part_time_url=f"{site}/policies/6190",
            policy_full_time_url=f"{site}/policies/6191",
        )
    _close(WALNUT_FORK, 4, "Parent-teacher conferences", at=at)
    _close(HARROW_SPRINGS, 6, "Teachers' work day", at=at)


def _policy(
    code: str,
    *,
    decision_by: DecisionBy,
    appeal_ladder: AppealLadder,
    appeal_instructions: str,
    source: str,
    window_text: str = "",
    at: dt.datetime,
) -> None:
    change_lea_policy(
        lea(code).pk,
        decision_by=decision_by,
        appeal_ladder=appeal_ladder,
        appeal_instructions=appeal_instructions,
        prior_semester_text="We ask for one semester in a Missouri public school just before, or a medical reason.",
        window_text=window_text,
        valid_from=POLICY_FROM,
        source=source,
        today=central_date(at),
    )


def _close(code: str, business_days_ahead: int, reason: str, *, at: dt.datetime) -> None:
    """Close a day to come. It was entered long ago, so every clock of the demo skips it."""
    pk = lea(code).pk
    day = business_day(central_date(at), business_days_ahead, closed_days(pk))
    clocks.close_day(lea_id=pk, date=day, reason=reason, source="District calendar", at=at - 200 * ONE_DAY)
