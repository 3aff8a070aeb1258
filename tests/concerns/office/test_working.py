"""Assigning, noting, tagging, linking, writing, closing, joining: what each leaves behind, once or twice sent."""

import datetime as dt

import pytest

from concerns import actions
from concerns.actions import writing
from concerns.models import Concern, ConcernState, Entry, Outcome, Tag
from concerns.transitions import NotNow
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import ConcernFactory
from tests.factories.part_time import CourseLineFactory

from .kit import AT, asked_of, kinds, reviewer

pytestmark = pytest.mark.django_db


def told(concern: Concern) -> int:
    """How many mails its writer got."""
    return Notice.objects.filter(to=concern.email).count()


class TestAssigning:
    def test_to_a_colleague_who_hears_of_it(self) -> None:
        by, colleague = reviewer(), reviewer()
        concern = ConcernFactory.create()
        for _time in range(2):
            actions.assign(concern.pk, colleague, by=by, at=AT)
        concern.refresh_from_db()
        assert (concern.assigned_to, kinds(concern)) == (colleague, ["assigned"])
        assert Notice.objects.filter(user=colleague.user).count() == 1
        assert concern.acknowledge_clock is not None
        assert concern.acknowledge_clock.stopped_at == AT

    def test_whom_a_rule_chose_takes_it_up(self) -> None:
        colleague = reviewer()
        concern = ConcernFactory.create(assigned=True, assigned_to=colleague)
        Entry.objects.create(concern=concern, kind="assigned", to=colleague, at=AT)
        for _time in range(2):
            actions.assign(concern.pk, colleague, by=colleague, at=AT)
        assert kinds(concern) == ["assigned", "assigned"]
        concern.refresh_from_db()
        assert concern.acknowledge_clock is not None
        assert concern.acknowledge_clock.stopped_at == AT

    def test_back_into_the_common_inbox(self) -> None:
        concern = ConcernFactory.create(assigned=True)
        actions.assign(concern.pk, None, by=reviewer(), at=AT)
        concern.refresh_from_db()
        assert (concern.state, concern.assigned_to) == (ConcernState.SORTED, None)

    @pytest.mark.parametrize("why", ["ended", "elsewhere"])
    def test_to_nobody_else(self, why: str) -> None:
        to = (
            MembershipFactory.create(dese_reviewer=True, ended_at=AT)
            if why == "ended"
            else MembershipFactory.create(coordinator=True)
        )
        concern = ConcernFactory.create()
        with pytest.raises(actions.NotOfTheOffice):
            actions.assign(concern.pk, to, by=reviewer(), at=AT)
        assert kinds(concern) == []


class TestSomebodyWasQuicker:
    def test_the_second_is_refused_with_who_and_what(self) -> None:
        first, second = reviewer(user__name="Ana Quick"), reviewer()
        concern = ConcernFactory.create()
        seen = actions.newest(concern)
        actions.note(concern.pk, "They called.", by=first, at=AT, seen=seen)
        with pytest.raises(actions.MovedOn) as refusal:
            actions.write(concern.pk, "We look into it.", by=second, at=AT, seen=seen)
        assert "Ana Quick" in str(refusal.value)
        assert kinds(concern) == ["note"]
        actions.write(concern.pk, "We look into it.", by=second, at=AT, seen=actions.newest(concern))
        assert kinds(concern) == ["note", "to_writer"]

    def test_a_double_click_is_one(self) -> None:
        by = reviewer()
        concern = ConcernFactory.create()
        seen = actions.newest(concern)
        for _time in range(2):
            actions.write(concern.pk, "We look into it.", by=by, at=AT, seen=seen)
        assert (kinds(concern), told(concern)) == (["to_writer"], 1)


class TestWordsOfTheOffice:
    def test_the_first_reply_stops_its_clock(self) -> None:
        concern = ConcernFactory.create(assigned=True)
        actions.note(concern.pk, "They called.", by=reviewer(), at=AT)
        concern.refresh_from_db()
        assert concern.reply_clock is not None
        assert concern.reply_clock.stopped_at is None
        actions.write(concern.pk, "We look into it.", by=reviewer(), at=AT)
        concern.refresh_from_db()
        assert concern.reply_clock.stopped_at == AT
        assert told(concern) == 1

    def test_no_mail_without_an_address(self) -> None:
        concern = ConcernFactory.create(anonymous=True)
        actions.ask_writer(concern.pk, "When was it?", by=reviewer(), at=AT)
        concern.refresh_from_db()
        assert (concern.state, Notice.objects.count()) == (ConcernState.AWAITING, 0)

    @pytest.mark.parametrize("text", ["", "   "])
    def test_empty_words_are_none(self, text: str) -> None:
        concern = ConcernFactory.create()
        for act in (
            lambda: actions.write(concern.pk, text, by=reviewer(), at=AT),
            lambda: actions.close(concern.pk, Outcome.SETTLED, text=text, by=reviewer(), at=AT),
            lambda: actions.reopen(concern.pk, text, by=reviewer(), at=AT),
        ):
            with pytest.raises(actions.NoWords):
                act()


class TestClosing:
    def test_it_ends_with_an_outcome_and_stops_every_clock(self) -> None:
        by = reviewer()
        concern = ConcernFactory.create(assigned=True)
        seen = actions.newest(concern)
        for _time in range(2):
            actions.close(concern.pk, Outcome.SETTLED, text="It was put right.", by=by, at=AT, seen=seen)
        row = Concern.objects.get()
        clocks = (row.acknowledge_clock, row.sort_clock, row.reply_clock)
        assert [clock.stopped_at for clock in clocks if clock] == [AT, AT, AT]
        assert (row.state, row.outcome, row.closed_at, row.due_on) == ("closed", "settled", AT, None)
        assert (kinds(concern), told(concern)) == (["closed"], 1)

    def test_not_while_the_other_side_is_asked(self) -> None:
        concern = ConcernFactory.create(about_district=True)
        by = reviewer()
        asked_of(concern, concern.lea, by)
        with pytest.raises(actions.StillAsked):
            actions.close(concern.pk, Outcome.SETTLED, text="It was put right.", by=by, at=AT)
        concern.refresh_from_db()
        assert concern.state == ConcernState.AWAITING

    def test_opened_again_it_waits_for_a_reply_again(self) -> None:
        by = reviewer()
        concern = ConcernFactory.create(closed=True)
        for _time in range(2):
            actions.reopen(concern.pk, "We were wrong.", by=by, at=AT)
        row = Concern.objects.get()
        assert (row.state, row.outcome, row.closed_at) == ("reopened", "", None)
        assert row.reply_clock is not None
        assert (row.reply_clock.started_at, row.due_on) == (AT, row.reply_clock.due_on)
        assert kinds(concern) == ["reopened"]


def test_tags() -> None:
    by, concern = reviewer(), ConcernFactory.create()
    for names in (["Billing ", "spring  2027"], ["billing", "spring 2027", ""]):
        actions.tag(concern.pk, names, by=by, at=AT)
    assert list(Tag.objects.order_by("name").values_list("name", flat=True)) == ["billing", "spring 2027"]
    assert kinds(concern) == ["tagged"]
    actions.tag(concern.pk, [], by=by, at=AT)
    assert (concern.tags.count(), kinds(concern)) == (0, ["tagged", "tagged"])
    with pytest.raises(actions.TooManyTags):
        actions.tag(concern.pk, [f"tag {number}" for number in range(11)], by=by, at=AT)


def test_a_link_brings_course_and_student_and_goes_again() -> None:
    by, concern = reviewer(), ConcernFactory.create()
    line = CourseLineFactory.create(request__submitted=True, request__claim__confirmed=True)
    for _time in range(2):
        actions.link(concern.pk, line, by=by, at=AT)
    concern.refresh_from_db()
    assert (concern.line, concern.course, concern.student) == (
        line,
        line.course,
        line.request.claim.student,
    )
    assert kinds(concern) == ["linked"]
    story = Entry.objects.get(concern=concern).text
    assert line.request.number in story
    assert line.request.claim.last_name not in story
    for _time in range(2):
        actions.unlink(concern.pk, "line", by=by, at=AT)
    concern.refresh_from_db()
    assert (concern.line, kinds(concern)) == (None, ["linked", "linked"])
    with pytest.raises(KeyError):
        actions.unlink(concern.pk, "lea", by=by, at=AT)


# Joining ------------------------------------------------------------------------------------------


class TestJoining:
    def test_both_writers_read_what_the_office_writes(self) -> None:
        by = reviewer()
        one, other = ConcernFactory.create(), ConcernFactory.create(assigned=True)
        for _time in range(2):
            actions.join(one.pk, other.pk, by=by, at=AT)
        assert (kinds(one), kinds(other)) == (["joined", "to_writer"], ["joined"])
        later = AT + dt.timedelta(hours=1)
        actions.write(other.pk, "We look into it.", by=by, at=later)
        assert (kinds(one), kinds(other)) == (["joined", "to_writer", "to_writer"], ["joined", "to_writer"])
        assert (told(one), told(other)) == (2, 1)

    def test_separated_its_clocks_run_on(self) -> None:
        by = reviewer()
        one, other = ConcernFactory.create(), ConcernFactory.create()
        before = (one.due_on, one.reply_clock.due_on if one.reply_clock else None)
        actions.join(one.pk, other.pk, by=by, at=AT)
        one.refresh_from_db()
        assert (one.state, one.merged_into, one.due_on) == (ConcernState.MERGED, other, None)
        for _time in range(2):
            actions.separate(one.pk, by=by, at=AT + dt.timedelta(hours=1))
        row = Concern.objects.get(pk=one.pk)
        assert row.reply_clock is not None
        assert (row.state, row.merged_into) == (ConcernState.SORTED, None)
        assert (row.reply_clock.stopped_at, row.reply_clock.due_on) == (None, before[1])
        assert kinds(one) == ["joined", "to_writer", "separated"]
        assert kinds(other) == ["joined", "separated"]

    def test_not_with_itself_a_closed_one_or_while_asked(self) -> None:
        by = reviewer()
        one, closed = ConcernFactory.create(about_district=True), ConcernFactory.create(closed=True)
        with pytest.raises(actions.WithItself):
            actions.join(one.pk, one.pk, by=by, at=AT)
        with pytest.raises(actions.NotOpen):
            actions.join(one.pk, closed.pk, by=by, at=AT)
        asked_of(one, one.lea, by)
        with pytest.raises(actions.StillAsked):
            actions.join(one.pk, ConcernFactory.create().pk, by=by, at=AT)

    def test_once_it_is_closed_the_writers_of_both_rate_it_and_may_open_it_again(self) -> None:
        by = reviewer()
        one, other = ConcernFactory.create(), ConcernFactory.create(assigned=True)
        actions.join(one.pk, other.pk, by=by, at=AT)
        with pytest.raises(writing.NotClosed):
            writing.rate(one.pk, rating=2, at=AT)
        with pytest.raises(writing.NotClosed):
            writing.reopen(one.pk, text="Still.", at=AT)
        actions.close(other.pk, Outcome.SETTLED, text="Mended.", by=by, at=AT)
        with pytest.raises(writing.AlreadyOver):
            writing.write_on(one.pk, text="And this?", at=AT)
        one = writing.rate(one.pk, rating=2, text="Not mended.", at=AT)
        assert (one.state, one.rating, one.merged_into) == (ConcernState.MERGED, 2, other)
        later = AT + dt.timedelta(hours=1)
        for _time in range(2):
            one = writing.reopen(one.pk, text="Still wrong.", at=later)
        other.refresh_from_db()
        assert (one.state, one.merged_into) == (ConcernState.REOPENED, None)
        assert (other.state, other.outcome) == (ConcernState.CLOSED, Outcome.SETTLED)
        assert kinds(one)[-3:] == ["rated", "separated", "reopened"] and kinds(other)[-1] == "separated"
        assert one.reply_clock is not None and one.reply_clock.stopped_at is None

    def test_too_late_to_open_it_again(self) -> None:
        by = reviewer()
        one, other = ConcernFactory.create(), ConcernFactory.create(assigned=True)
        actions.join(one.pk, other.pk, by=by, at=AT)
        actions.close(other.pk, Outcome.SETTLED, text="Mended.", by=by, at=AT)
        with pytest.raises(writing.TooLateToReopen):
            writing.reopen(one.pk, text="Still.", at=AT + dt.timedelta(days=400))

    def test_the_office_opens_it_again_by_itself(self) -> None:
        by = reviewer()
        one, other = ConcernFactory.create(), ConcernFactory.create(assigned=True)
        actions.join(one.pk, other.pk, by=by, at=AT)
        with pytest.raises(NotNow):
            actions.reopen(one.pk, "New facts.", by=by, at=AT)
        actions.close(other.pk, Outcome.SETTLED, text="Mended.", by=by, at=AT)
        one = actions.reopen(one.pk, "New facts.", by=by, at=AT)
        assert (one.state, one.merged_into) == (ConcernState.REOPENED, None)

    def test_what_was_joined_with_it_comes_along(self) -> None:
        by = reviewer()
        one, two, three = ConcernFactory.create(), ConcernFactory.create(), ConcernFactory.create()
        actions.join(one.pk, two.pk, by=by, at=AT)
        actions.join(two.pk, three.pk, by=by, at=AT)
        assert set(three.merged.all()) == {one, two}
