"""A guard for texts that leave the portal or stay in its logs."""

from enrollment.records.models import Claim, Student


def assert_no_personal_data(*texts: str, about: Student | Claim | None) -> None:
    """None of the texts names this child, its MOSIS ID or its birth date in one of the usual ways of writing it."""
    assert about is not None
    born = about.birth_date
    secrets = {
        about.first_name,
        about.last_name,
        getattr(about, "mosis_id", "") or "",
        born.isoformat(),
        f"{born:%m/%d/%Y}",
        f"{born.month}/{born.day}/{born.year}",
        f"{born:%B} {born.day}, {born.year}",
    }
    found = {secret for secret in secrets - {""} for text in texts if secret.lower() in text.lower()}
    assert found == set()
