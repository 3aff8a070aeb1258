"""What is taught in a made-up district, by the band of its schools. Codes as in the catalog of the demo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taught:
    """A course as a school teaches it. `semester`: S1, S2 or YL; `units`: credits."""

    code: str
    title: str
    semester: str
    units: str
    is_mocap: bool  # whether some student may take it through MOCAP


@dataclass(frozen=True, slots=True)
class Band:
    """The schools of some grades (0 is kindergarten): the code of the first, what each further one adds to it."""

    grades: range
    first_school: int
    further: int
    courses: tuple[Taught, ...]

    def schools(self, count: int) -> list[str]:
        return [f"{self.first_school + self.further * number:04d}" for number in range(count)]


def _band(grades: range, first_school: int, further: int, courses: str) -> Band:
    """From lines of code, semester and title; a star stands before what is in the catalog."""
    taught = []
    for line in courses.strip().splitlines():
        code, semester, title = line.split(maxsplit=2)
        units = "1" if semester == "YL" else "0.5"
        taught.append(Taught(code.lstrip("*"), title, semester, units, code.startswith("*")))
    return Band(grades, first_school, further, tuple(taught))


BANDS = (
    _band(
        range(6),
        4020,
        20,
        """
        054001 YL Reading
        054002 YL Language Arts
        054003 S1 Spelling
        054004 S2 Handwriting
        115001 YL Mathematics
        115002 S1 Number Sense
        131001 YL Science
        131002 S2 Nature Study
        150001 YL Social Studies
        150002 S1 Missouri and Me
        220001 YL Art
        220002 S2 Crafts
        230001 YL Music
        230002 S1 Choir
        340001 YL Physical Education
        340002 S2 Health
        *131010 S1 Science Online
        *150010 S2 Social Studies Online
        """,
    ),
    _band(
        range(6, 9),
        3000,
        20,
        """
        *054010 S1 English
        *054020 S2 English Composition
        *115010 S1 Mathematics
        *115030 S2 Pre-Algebra
        *131010 S1 Science
        *131020 S2 Life Science
        *150010 S1 Social Studies
        *150020 S2 Missouri History
        *062010 S1 Exploring Languages
        220010 S1 Art
        220020 S2 Ceramics
        230010 YL Band
        230020 YL Choir
        340010 S1 Physical Education
        340020 S2 Health
        990010 S1 Keyboarding
        990020 S2 Study Skills
        990030 YL Advisory
        """,
    ),
    _band(
        range(9, 13),
        1050,
        25,
        """
        *054040 YL English I
        *054080 S1 Creative Writing
        *054100 S2 Speech and Debate
        *115040 YL Algebra I
        *115050 YL Geometry
        *115110 S1 Personal Finance
        *131050 YL Biology
        *131080 S2 Earth and Space Science
        *131100 S1 Astronomy
        *150050 YL World History
        *150070 S1 American Government
        *150090 S2 Psychology
        *062020 YL Spanish I
        *062050 YL French I
        220030 S1 Drawing
        230030 YL Concert Band
        340030 S2 Fitness
        990040 S1 Woodworking
        """,
    ),
)
