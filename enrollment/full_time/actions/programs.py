"""What a host changes in its program: its description, its policies by version, its windows."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Provider, School
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import AdmissionWindow, PolicyKind, Program, ProgramPolicy

A_DAY = dt.timedelta(days=1)


class SchoolTaken(Refusal):
    sentence = _(
        "This school belongs to another program already. Each program has an attendance center of its own."
    )


class NameTaken(Refusal):
    sentence = _("Another program has this name already.")


class ClosesBeforeItOpens(Refusal):
    sentence = _("The last day is not before the program's first one.")


class HoldsAlready(Refusal):
    sentence = _("A version of this policy holds from that day or a later one already. Choose a later day.")


@transaction.atomic
def open_program(
    *, name: str, school: School, provider: Provider | None, active_from: dt.date, **answers: Any
) -> Program:
    """The state office enters a program of the school's LEA, with the same answers as `describe`.

    The same program entered twice is one. Raises SchoolTaken, NameTaken.
    """
    there = Program.objects.filter(Q(name=name) | Q(school=school)).order_by("pk").first()
    if there is not None:
        if (there.name, there.school_id) == (name, school.pk):
            return there
        raise SchoolTaken if there.school_id == school.pk else NameTaken
    return Program.objects.create(
        host_id=school.lea_id,
        name=name,
        school=school,
        provider=provider,
        active_from=active_from,
        **answers,
    )


@transaction.atomic
def close_program(program_id: int, *, on: dt.date) -> Program:
    """The program takes no applications after this day. Its students stay until each leaves. Twice, the newest counts.

    Raises ClosesBeforeItOpens.
    """
    program = Program.objects.select_for_update(of=("self",)).get(pk=program_id)
    if on < program.active_from:
        raise ClosesBeforeItOpens
    program.active_to = on
    program.save()
    return program


@transaction.atomic
def describe(program_id: int, **answers: Any) -> Program:
    """Stores what the host's form asks: fields of Program, cleaned. What stands in letters keeps standing there."""
    program = Program.objects.select_for_update(of=("self",)).get(pk=program_id)
    for name, answer in answers.items():
        setattr(program, name, answer)
    program.save()
    return program


@transaction.atomic
def publish_policy(
    program_id: int, *, kind: PolicyKind, version: str, url: str, valid_from: dt.date
) -> ProgramPolicy:
    """A new version of a policy, which ends the one before. The same version twice changes nothing.

    Raises HoldsAlready.
    """
    Program.objects.select_for_update(of=("self",)).get(pk=program_id)
    versions = ProgramPolicy.objects.filter(program=program_id, kind=kind).order_by("-valid_from")
    last = versions.first()
    if last is not None:
        if (last.version, last.url, last.valid_from) == (version, url, valid_from):
            return last
        if last.valid_from >= valid_from:
            raise HoldsAlready
        if last.valid_to is None or last.valid_to >= valid_from:
            last.valid_to = valid_from - A_DAY
            last.save()
    return ProgramPolicy.objects.create(
        program_id=program_id, kind=kind, version=version, url=url, valid_from=valid_from
    )


@transaction.atomic
def set_window(program_id: int, *, term_id: int, opens_on: dt.date, closes_on: dt.date) -> AdmissionWindow:
    """When the program takes applications for a term; set again, the newest counts."""
    window, _is_new = AdmissionWindow.objects.update_or_create(
        program_id=program_id, term_id=term_id, defaults={"opens_on": opens_on, "closes_on": closes_on}
    )
    return window


@transaction.atomic
def lift_window(program_id: int, *, term_id: int) -> None:
    """The program takes applications for the term all year. Twice changes nothing."""
    AdmissionWindow.objects.filter(program=program_id, term=term_id).delete()


@transaction.atomic
def note_check(policy_id: int, *, url: str, problem: str, at: dt.datetime) -> bool:
    """What a look at a policy's address found: `problem` is empty when it opened. True when that is news.

    A version whose address changed since it was looked at stays as it is.
    """
    policy = ProgramPolicy.objects.select_for_update(of=("self",)).get(pk=policy_id)
    if policy.url != url:
        return False
    is_news = bool(problem) and policy.problem != problem
    policy.checked_at, policy.problem = at, problem
    policy.save()
    return is_news
