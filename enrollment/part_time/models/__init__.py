"""A part-time request and its course lines. Each line is decided on its own (R-06)."""

from .decision import (
    Advice,
    Decision,
    DecisionChannel,
    DecisionFactor,
    Outcome,
    Recommendation,
    TeamOutcome,
    TeamReview,
    standing_advice,
)
from .line import (
    APPROVED_LINES,
    ENDED_LINES,
    OPEN_LINES,
    RUNNING_LINES,
    Basis,
    CourseLine,
    CourseLineQuerySet,
    LineState,
)
from .request import (
    REVIEWING_ROLES,
    Acknowledgement,
    Amendment,
    Channel,
    CourseRequest,
    CourseRequestQuerySet,
    RequestState,
    Unfinished,
)
from .step import Step, StepKind

__all__ = [
    "APPROVED_LINES",
    "ENDED_LINES",
    "OPEN_LINES",
    "REVIEWING_ROLES",
    "RUNNING_LINES",
    "Acknowledgement",
    "Advice",
    "Amendment",
    "Basis",
    "Channel",
    "CourseLine",
    "CourseLineQuerySet",
    "CourseRequest",
    "CourseRequestQuerySet",
    "Decision",
    "DecisionChannel",
    "DecisionFactor",
    "LineState",
    "Outcome",
    "Recommendation",
    "RequestState",
    "Step",
    "StepKind",
    "TeamOutcome",
    "TeamReview",
    "Unfinished",
    "standing_advice",
]
