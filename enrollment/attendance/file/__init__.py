"""An attendance file: its columns, reading it, judging it, and putting it into the table."""

from .columns import COLUMNS, EXAMPLES, MOST_BYTES, explained, template
from .judging import Judged, judge
from .known import Known
from .reading import Records, read
from .storing import Counts, Plan, plan, store

__all__ = [
    "COLUMNS",
    "EXAMPLES",
    "MOST_BYTES",
    "Counts",
    "Judged",
    "Known",
    "Plan",
    "Records",
    "explained",
    "judge",
    "plan",
    "read",
    "store",
    "template",
]
