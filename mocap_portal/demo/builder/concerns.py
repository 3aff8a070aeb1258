"""Concerns in every state, two that were joined, one kind that rises, one under a hold, and one that is gone."""

from __future__ import annotations

import datetime as dt
import tomllib
import uuid
from pathlib import Path
from typing import Any

from concerns import actions
from concerns.actions import sending, writing
from concerns.models import Asked, Concern, ConcernState, Contact, Entry, EntryKind, Outcome, Writer
from concerns.patterns import actions as patterns
from concerns.retention import actions as retention
from concerns.retention.models import HoldKind, RetentionRule, Table
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.calendar import central_date

from .people import hat_of
from .places import POLICY_FROM, lea
from .times import ONE_DAY, noon

FILE = Path(__file__).parents[1] / "data" / "concerns.toml"
REVIEWER, ADMINISTRATOR = "walter.simms@dese.example", "grace.tolliver@dese.example"
RESPONDENTS = {
    "991101": ("nadia.petrov@walnutfork.example", Role.COORDINATOR),
    "992102": ("ben.carver@harrowsprings.example", Role.COORDINATOR),
    "LANTERN": ("june.kessler@lanternhill.example", Role.PROVIDER_ADMIN),
    "PRAIRIE": ("olga.brandt@prairieloop.example", Role.PROVIDER_ADMIN),
}
CONSENT = "The MOCAP office may tell the district, provider or program that this is about who I am."
# The same forms each time: their secrets follow from these.
FORMS = uuid.UUID("6d6f6361-7000-4000-8000-636f6e63726e")


def build_concerns(at: dt.datetime) -> None:
    office, administrator = hat_of(REVIEWER), hat_of(ADMINISTRATOR)
    # After the rules that are there from the beginning: it fits every concern.
    actions.add_rule(
        by=administrator, note="Everything else is for whoever has time.", valid_from=POLICY_FROM
    )
    told = Tales(at=at, office=office)
    tales = enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["concern"])
    for number, tale in sorted(tales, key=lambda numbered: -numbered[1]["ago"]):
        told.tell(number, tale)
    retention.place_hold(
        kind=HoldKind.LITIGATION,
        why="A lawyer has announced a suit about a student's English course.",
        number=told.by_key["held"].pk,
        by=administrator,
        at=at - ONE_DAY,
    )
    _let_one_go(at, office, administrator)
    patterns.look_at_night(at=at)


class Tales:
    """What happened to each concern. `by_key`: those that another tale speaks of."""

    def __init__(self, *, at: dt.datetime, office: Membership) -> None:
        self.at, self.office = at, office
        self.by_key: dict[str, Concern] = {}
        self.hats = {about: hat_of(email, role) for about, (email, role) in RESPONDENTS.items()}

    def tell(self, number: int, tale: dict[str, Any]) -> None:
        """It is sent, sorted unless it came today or yesterday, and then one step follows the other."""
        received = self._day(tale["ago"])
        whom = _party(tale.get("about", ""))
        name = tale.get("name", "")
        said = sending.Said(
            writer=Writer.PARENT,
            category=tale["category"],
            what_happened=tale["says"],
            tried=tale.get("tried", ""),
            wanted=tale.get("wants", ""),
            is_anonymous=not name,
            name=name,
            email=f"{name.lower().replace(' ', '.')}@family.example" if name else "",
            contact=Contact.EMAIL if name else Contact.NONE,
            language=tale.get("language", "en"),
            lea_id=whom.pk if isinstance(whom, Lea) else None,
            provider_id=whom.pk if isinstance(whom, Provider) else None,
        )
        concern = sending.send(said, form=uuid.uuid5(FORMS, str(number)), at=received).concern
        if key := tale.get("key"):
            self.by_key[key] = concern
        if tale["ago"] > 1:
            actions.sort_received(at=received + dt.timedelta(minutes=1))
        for days, (step, *words) in enumerate(tale.get("steps", ()), start=1):
            self._step(concern.pk, step, words, tale.get("about", ""), at=self._day(tale["ago"] - days))

    def _step(self, pk: int, step: str, words: list[str], about: str, *, at: dt.datetime) -> None:
        by: dict[str, Any] = {"by": self.office, "at": at}
        match step, words:
            case "assign", []:
                actions.assign(pk, self.office, **by)
            case "note" | "write" | "ask_writer" | "reopen", [text]:
                getattr(actions, step)(pk, text, **by)
            case "tag", names:
                actions.tag(pk, names, **by)
            case "ask", [summary, question]:
                whom = _party(about)
                assert whom is not None
                actions.ask(pk, whom, summary=summary, question=question, **by)
            case "answer", [text]:
                asked = Asked.objects.waiting().get(concern=pk)
                actions.answer(asked.pk, text, by=self.hats[about], at=at)
            case "close", [outcome, text]:
                actions.close(pk, Outcome(outcome), text=text, **by)
            case "join", [key]:
                actions.join(pk, self.by_key[key].pk, **by)
            case "consent", []:
                writing.share_identity(pk, is_given=True, text=CONSENT, at=at)
            case "again", [text]:
                writing.reopen(pk, text=text, at=at)
            case "take_back", [text]:
                writing.take_back(pk, text=text, at=at)
            case "rate", [rating, *text]:
                writing.rate(pk, rating=int(rating), text="".join(text), at=at)
            case _:
                raise ValueError(step)

    def _day(self, ago: int) -> dt.datetime:
        """Noon so many days ago; today, an hour ago."""
        return noon(central_date(self.at) - ago * ONE_DAY) if ago > 0 else self.at - dt.timedelta(hours=1)


def _let_one_go(at: dt.datetime, office: Membership, administrator: Membership) -> None:
    """One that is older than the portal, taken over from the office's former list: two people have let it go."""
    years = RetentionRule.objects.on(central_date(at)).get(table=Table.CONCERNS).years
    received = at - (years * 366 + 40) * ONE_DAY
    old = Concern.objects.create(
        form=uuid.uuid5(FORMS, "old"),
        secret_hash="0" * 64,
        received_at=received,
        state=ConcernState.CLOSED,
        writer=Writer.PARENT,
        is_anonymous=True,
        contact=Contact.NONE,
        category="no_decision",
        what_happened="Taken over from the list that the office kept before the portal.",
        outcome=Outcome.EXPLAINED,
        closed_at=received + 20 * ONE_DAY,
    )
    Entry.objects.create(concern=old, kind=EntryKind.RECEIVED, at=received)
    disposal = retention.propose(Table.CONCERNS, by=office, at=at - 2 * ONE_DAY)
    retention.confirm(disposal.pk, by=administrator, at=at - ONE_DAY)
    retention.dispose(disposal.pk, at=at - ONE_DAY)


def _party(about: str) -> Lea | Provider | None:
    if about.isdigit():
        return lea(about)
    return Provider.objects.get(code=about) if about else None
