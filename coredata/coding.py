"""Which program code and delivery system a course is reported with: the table of coding.toml, and its answers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

VIRTUAL, ELECTRONIC = "V", "S"  # delivery systems of Core Data Exhibit 34


class CodingBasis(models.TextChoices):
    """What an enrollment rests on, as a clerk knows it."""

    MOCAP = "mocap", _("A MOCAP course that we approved and ordered through MOCAP")
    SITE_LICENSE = "site_license", _("A course under our core site license")
    COOPERATIVE = "cooperative", _("A cooperative agreement with another district")
    PARTNERSHIP = "partnership", _("A partnership agreement of our district")
    NON_MOCAP_COURSE = "non_mocap_course", _("A course of a MOCAP provider that is not in the MOCAP catalog")
    OWN_COURSE = "own_course", _("A virtual course that our district made")
    HOSTED = "hosted", _("A full-time program that another district hosts")
    PRIVATE_PAY = "private_pay", _("The family pays for the course")


class CodingTeacher(models.TextChoices):
    PROVIDER = "provider", _("A teacher of the provider, online")
    DISTRICT = "district", _("A teacher of our district")
    NOBODY = "nobody", _("Nobody: students work with a program, somebody supervises")


@dataclass(frozen=True, slots=True)
class Coding:
    """An answer. `program`: empty for none. `delivery`: the codes that fit, the usual one first.

    `teacher` is None where it makes no difference to the program code. Nothing is reported unless `is_reported`.
    """

    basis: CodingBasis
    why: str
    source: str
    teacher: CodingTeacher | None = None
    program: str = ""
    delivery: tuple[str, ...] = ()
    is_reported: bool = True


@cache
def codings() -> tuple[Coding, ...]:
    """The table, as it is written."""
    content = tomllib.loads(Path(__file__).with_name("coding.toml").read_text(encoding="utf-8"))
    return tuple(
        Coding(
            **{
                **entry,
                "basis": CodingBasis(entry["basis"]),
                "teacher": CodingTeacher(entry["teacher"]) if "teacher" in entry else None,
                "delivery": tuple(entry.get("delivery", ())),
            }
        )
        for entry in content["coding"]
    )


def coding(basis: CodingBasis, teacher: CodingTeacher) -> Coding:
    """How such a course is reported."""
    return next(row for row in codings() if row.basis is basis and row.teacher in (None, teacher))


def delivery(found: Coding, teacher: CodingTeacher) -> str:
    """The delivery system of those that fit: V where somebody teaches, S where nobody does."""
    usual = ELECTRONIC if teacher is CodingTeacher.NOBODY else VIRTUAL
    return usual if usual in found.delivery else found.delivery[0]
