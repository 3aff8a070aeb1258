"""Nothing in the portal asks for a Social Security number."""

import re

import pytest
from django.apps import apps

SSN = re.compile(r"(^|_)(ssn|edssn|social|social_security.*)(_|$)")


@pytest.mark.rule("R-141")
def test_no_table_has_a_place_for_a_social_security_number() -> None:
    names = {
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
    }
    assert "records_student.mosis_id" in names
    assert [name for name in sorted(names) if SSN.search(name.partition(".")[2])] == []


@pytest.mark.parametrize("name", ["ssn", "student_ssn", "edssn", "social_security_number", "ssn_hash"])
def test_the_look_for_it_finds_it(name: str) -> None:
    assert SSN.search(name)
