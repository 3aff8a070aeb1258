"""How large a file may be. Settings, so that a machine with less memory can say less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Limits:
    """`bytes` of the file, and of a workbook unpacked; `columns` of its header; `line`, the most characters of one."""

    bytes: int
    columns: int
    line: int

    @classmethod
    def of_settings(cls) -> Self:
        return cls(
            bytes=settings.CORE_DATA_MOST_BYTES,
            columns=settings.CORE_DATA_MOST_COLUMNS,
            line=settings.CORE_DATA_LONGEST_LINE,
        )
