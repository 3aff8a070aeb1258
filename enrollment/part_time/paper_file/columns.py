"""The columns of a file of decisions on paper, what they mean, and a file to begin with."""

from typing import Any

from django.utils.translation import gettext as _

from enrollment.records.models import Relationship
from mocap_portal.foundation.shared.tabular import write_csv
from providers.models import Structure

from ..models import Outcome

REQUIRED = (
    "student_first_name",
    "student_last_name",
    "birth_date",
    "grade",
    "state_school_id",
    "asked_by",
    "relationship",
    "received_on",
    "term",
    "provider_code",
    "provider_course_code",
    "structure",
    "in_person_courses",
    "outcome",
    "decided_on",
    "decided_by",
    "paper_reference",
)
OPTIONAL = ("mosis_id", "phone", "email", "explanation")
COLUMNS = (
    *REQUIRED[:5],
    "mosis_id",
    *REQUIRED[5:7],
    "phone",
    "email",
    *REQUIRED[7:16],
    "explanation",
    "paper_reference",
)
# fmt: off
EXAMPLES = (
    ("Robin", "Example", "2011-04-09", "10", "1050", "", "Pat Example", "mother", "573-555-0100", "",
     "2026-11-02", "2027-S2", "PRA", "ALG2-A", "A", "4", "approved", "2026-11-10", "Dana Dean, principal", "",
     "File 12, page 3"),
    ("Robin", "Example", "2011-04-09", "10", "1050", "", "Pat Example", "mother", "573-555-0100", "",
     "2026-11-02", "2027-S2", "PRA", "BIO1-A", "A", "4", "denied", "2026-11-10", "Dana Dean, principal",
     "Robin needs a laboratory, and the classroom course has one.", "File 12, page 3"),
)
# fmt: on
# These say the same in every row of one request.
OF_THE_REQUEST = (
    "grade",
    "state_school_id",
    "mosis_id",
    "asked_by",
    "relationship",
    "phone",
    "email",
    "in_person_courses",
)
# What names a child or a family: a command does not repeat it.
PERSONAL = frozenset(COLUMNS[:3]) | {"mosis_id", "asked_by", "phone", "email", "explanation", "decided_by"}

MOST_BYTES = 1024 * 1024
MOST_ROWS = 500  # what a page stores while somebody waits; the command takes more
MOST_IN_PERSON = 12


def explained() -> list[dict[str, Any]]:
    """Each column with what it means and whether it may be empty; docs/paper-decisions.md says the same."""
    meanings = {
        "student_first_name": _("As the family wrote it"),
        "student_last_name": _("As the family wrote it"),
        "birth_date": _("Such as 2011-04-09"),
        "grade": _("K or 0 to 12"),
        "state_school_id": _("The four digits of a school of your district"),
        "mosis_id": _("Ten digits. With one that the portal knows the child is confirmed at once"),
        "asked_by": _("Full name of whoever asked"),
        "relationship": ", ".join(Relationship.values),
        "phone": _("A phone number or an e-mail address is needed"),
        "email": _("A phone number or an e-mail address is needed"),
        "received_on": _("The day the request came in, such as 2026-11-02"),
        "term": _("School year and term: S1, S2 or YL, such as 2027-S2"),
        "provider_code": _("As in the catalog"),
        "provider_course_code": _("As in the catalog"),
        "structure": ", ".join(Structure.values),
        "in_person_courses": _("How many courses the student takes in person, 0 to 12"),
        "outcome": ", ".join(Outcome.values),
        "decided_on": _("The day of the decision, such as 2026-11-10"),
        "decided_by": _("Name and role of whoever decided"),
        "explanation": _("Needed for a denial: why, as the paper says it"),
        "paper_reference": _("Where the paper is kept"),
    }
    return [{"name": name, "meaning": meanings[name], "is_required": name in REQUIRED} for name in COLUMNS]


def template() -> str:
    """A file with the header and two rows as an example."""
    return write_csv(COLUMNS, EXAMPLES)
