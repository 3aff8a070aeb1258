"""The layouts of core data files, a TOML file for each kind: which columns there are and what becomes of each.

A column that came or went names its school years (`from_year`, `to_year`: the years in which they end, both included),
so a new year needs no new file. Columns are found by their header, whatever its case, spaces and underscores, never by
their place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tabular import plain_name

FIRST_YEAR, LAST_YEAR = 2000, 2099  # what a CollectionVersion can say


class Cycle(models.TextChoices):
    """When in the year districts report."""

    AUGUST = "Aug", _("August")
    OCTOBER = "Oct", _("October")
    JUNE = "Jun", _("June")


class Kind(models.TextChoices):
    """A kind of file."""

    CRS_ASSIGN = "crs_assign", _("Course Assignment")
    STU_ASSIGN = "stu_assign", _("Student Assignment")
    STU_CORE = "stu_core", _("Student Core")
    STU_CRS_COMP = "stu_crs_comp", _("Student Course Completion")
    STU_ENRL_ATTND = "stu_enrl_attnd", _("Student Enrollment and Attendance")
    PROVIDER_REPORT = "provider_report", _("Provider report")


# What districts send. A provider's report comes the same way, and belongs to no cycle.
DISTRICT_KINDS: tuple[Kind, ...] = tuple(kind for kind in Kind if kind is not Kind.PROVIDER_REPORT)
EVERY_KIND = tuple(Kind)
DISTRICT_CHOICES = [(kind.value, kind.label) for kind in DISTRICT_KINDS]


class Keep(StrEnum):
    """What becomes of a column's values: kept as they are, or turned into a keyed hash while they are read."""

    AS_IT_IS = "as it is"
    HASH = "hash"


class Type(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"


class Required(StrEnum):
    """Whether a column may lack a value: `conditional` where a rule of its own says when."""

    YES = "yes"
    CONDITIONAL = "conditional"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read. `name` is DESE's, `field` the portal's, `width` the most characters of a value."""

    name: str
    field: str
    width: int
    source: str
    aliases: tuple[str, ...] = ()
    type: Type = Type.TEXT
    required: Required = Required.NO
    identifier: bool = False
    keep: Keep = Keep.AS_IT_IS
    from_year: int | None = None
    to_year: int | None = None

    def holds_in(self, year: int) -> bool:
        return (self.from_year or year) <= year <= (self.to_year or year)

    @property
    def is_secret(self) -> bool:
        """Whether no message, page or download may repeat a value of it."""
        return self.keep is not Keep.AS_IT_IS


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a kind of file in one school year. `dropped`: plain names of columns that are passed over."""

    kind: Kind
    suffix: str
    cycles: tuple[Cycle, ...]
    source: str
    columns: tuple[Column, ...]
    dropped: frozenset[str]

    def named(self, header: str) -> Column | None:
        """The column that a header means, None for one that is dropped or not in the layout."""
        return _by_plain_name(self).get(plain_name(header))

    def drops(self, header: str) -> bool:
        """Whether the layout has this column and the portal no use for it."""
        return plain_name(header) in self.dropped

    def column(self, field: str) -> Column:
        """The column of this field. Raises KeyError."""
        return {column.field: column for column in self.columns}[field]

    def has(self, field: str) -> bool:
        return any(column.field == field for column in self.columns)


@cache
def _by_plain_name(layout: Layout) -> Mapping[str, Column]:
    return {name: column for column in layout.columns for name in _plain_names(column)}


def _plain_names(column: Column) -> list[str]:
    return [plain_name(name) for name in (column.name, *column.aliases)]


@cache
def _every_year(kind: Kind) -> Layout:
    """The layout with the columns of all years."""
    content = tomllib.loads(Path(__file__).with_name(f"{kind}.toml").read_text(encoding="utf-8"))
    return Layout(
        kind=kind,
        suffix=content["suffix"],
        cycles=tuple(map(Cycle, content["cycles"])),
        source=content["source"],
        columns=tuple(map(_column, content["column"])),
        dropped=frozenset(map(plain_name, content["drop"])),
    )


@cache
def layout(kind: Kind, year: int) -> Layout:
    """The layout of this kind in a school year, by the calendar year in which it ends."""
    whole = _every_year(kind)
    return replace(whole, columns=tuple(column for column in whole.columns if column.holds_in(year)))


def is_known(header: str) -> bool:
    """Whether a layout of any kind and year has a column of this name: no other column of a file is taken apart."""
    return plain_name(header) in _known_names()


@cache
def _known_names() -> frozenset[str]:
    columns = [column for kind in Kind for column in _every_year(kind).columns]
    return frozenset(name for column in columns for name in _plain_names(column))


def _column(entry: dict[str, object]) -> Column:
    texts = {**entry, "aliases": tuple(entry.get("aliases", ()))}  # type: ignore[arg-type]
    for key, kind in (("type", Type), ("required", Required), ("keep", Keep)):
        if key in texts:
            texts[key] = kind(str(texts[key]))
    return Column(**texts)  # type: ignore[arg-type]
