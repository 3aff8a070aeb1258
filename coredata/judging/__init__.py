"""Judging files: what they are, every problem in them, and how many rows are good.

`judge` is the one way in for the command; an upload goes through `read_files`, a report through `read_report`. Nothing
is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import partial

from ..reading import Limits
from .districts import read_files
from .judgement import Judgement, Ready, RuleNotRun
from .reports import read_report, ready_report

__all__ = ["Judgement", "Ready", "RuleNotRun", "judge", "read_files", "read_report"]


def judge(
    files: Iterable[tuple[str, bytes]],
    *,
    district_code: str | None,
    on: dt.date,
    key_of: Callable[[int], bytes],
    provider_code: str | None = None,
    limits: Limits | None = None,
) -> list[Judgement]:
    """Judge files, each a name and its bytes, in their order; files of one district and year also beside each other.

    `district_code`: whose files they are, None to take what the files say. `on`: the day. `key_of`: what educators'
    numbers of a school year are hashed with, 32 bytes; the same key makes the same hashes. `provider_code`: whose
    reports are among them, None to take what they say.
    """
    prepared = read_files(
        files,
        district_code=district_code,
        on=on,
        key_of=key_of,
        reports=partial(ready_report, provider_code=provider_code, on=on),
        limits=limits,
    )
    return [one.judge() if isinstance(one, Ready) else one for one in prepared]
