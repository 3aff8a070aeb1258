"""What a report says of one course: as forms and files bring it, and as it is stored."""

from dataclasses import dataclass

from .models import ProgressReport


@dataclass(frozen=True)
class CourseEntry:
    """What is said of one course. `percent_complete`: 0 to 100."""

    title: str
    percent_complete: int
    current_grade: str
    engagement: str
    on_pace: bool
    comment: str = ""


def entries_of(report: ProgressReport) -> list[CourseEntry]:
    """What a report says, in its order."""
    return [
        CourseEntry(
            course.title,
            course.percent_complete,
            course.current_grade,
            course.engagement,
            course.on_pace,
            course.comment,
        )
        for course in report.courses.order_by("position")
    ]
