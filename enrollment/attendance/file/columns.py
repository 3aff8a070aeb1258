"""The columns of an attendance file, what each means, and a file to begin with; at length: docs/attendance-file.md."""

from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.tabular import write_csv

COLUMNS = ("mosis_id", "day", "course", "activity", "minutes")
MOST_BYTES = 50_000_000  # a day of 20,000 students is 7 MB

# Made up: nobody has such numbers.
EXAMPLES = (
    ("0000000001", "2027-02-01", "Algebra", "assignment", "55"),
    ("0000000001", "2027-02-01", "Algebra", "phone_video", "15"),
    ("0000000001", "2027-02-01", "", "orientation", "30"),
)


def explained() -> list[dict[str, str]]:
    """Each column with what it takes, as components/summary_list.html lists it."""
    meanings = {
        "mosis_id": _("The student's MOSIS ID: ten digits, zeros in front included."),
        "day": _("The day of the activity, as 2027-02-01 or 02/01/2027. It must be over or today."),
        "course": _(
            "The title of the course as on the student's schedule, or its number there. Empty when the activity "
            "belongs to no course."
        ),
        "activity": _("The code of one of the eight activities that the law counts."),
        "minutes": _(
            "Whole minutes from 1 to 1440. 0 takes back what was sent for this student, day, course and activity."
        ),
    }
    return [{"term": name, "value": meanings[name]} for name in COLUMNS]


def template() -> str:
    """The header and three lines as an example, as CSV."""
    return write_csv(COLUMNS, EXAMPLES)
