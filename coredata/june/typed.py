"""What a person types for a student-course of the June list: the cells of its row in the file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Cells:
    """What is typed for a student-course, texts as the file has them, empty for nothing. By the file's fields."""

    grade_earned: str = ""
    credits_earned: str = ""
    assignment_number: str = ""
    school_code: str = ""
    grade_level: str = ""

    @classmethod
    def of(cls, row: Any) -> Cells:
        """Those of whatever has them under these names."""
        return cls(**{name: getattr(row, name) for name in TYPED})

    @property
    def by_field(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TYPED}

    @property
    def outcome(self) -> tuple[str, str]:
        return self.grade_earned, self.credits_earned


TYPED = tuple(field.name for field in fields(Cells))
OUTCOME = ("grade_earned", "credits_earned")
