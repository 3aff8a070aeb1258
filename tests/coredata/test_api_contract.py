"""The API keeps what its own description promises: schemathesis reads it and makes up requests, right and wrong ones.

Each goes through the whole portal, in this process, with a token that works. They are the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema

from coredata.api.body import ENDINGS
from mocap_portal.foundation.directory.models import Lea

from .api_kit import Program
from .report_kit import report_of, send, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]

# Files are bytes, none is empty: by itself schemathesis takes what it does not know as text, and forgets minLength.
schemathesis.serializer.alias(list(ENDINGS), "application/octet-stream")
schemathesis.openapi.format("binary", st.binary(min_size=1))

EXAMPLES = 8  # of each request and kind
OPERATIONS = [
    ("GET", "/api/v1/reports"),
    ("POST", "/api/v1/reports"),
    ("GET", "/api/v1/reports/{report}"),
    ("GET", "/api/v1/reports/{report}/problems"),
    ("POST", "/api/v1/reports/{report}/submit"),
    ("GET", "/api/v1/enrollments"),
]


@pytest.fixture
def schema() -> Iterator[BaseSchema]:
    """The description. Requests share the test's connection: as with Django's own test client, none closes it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    found = schemathesis.openapi.from_wsgi(reverse("api:openapi"), get_wsgi_application())
    # A parameter that nobody knows is passed over, as everywhere on the web; the token is this test's own.
    found.config.generation.update(allow_extra_parameters=False, with_security_parameters=False)
    yield found
    for signal in signals:
        signal.connect(close_old_connections)


def test_every_request_is_asked(schema: BaseSchema) -> None:
    there = [operation.ok() for operation in schema.get_all_operations()]
    assert [(operation.method.upper(), operation.path) for operation in there] == OPERATIONS


@pytest.fixture
def program(lea: Lea, settings: Settings) -> Program:
    """It asks more often than others may."""
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    return Program.of(staff_of())


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_is_promised_is_kept(
    schema: BaseSchema, program: Program, method: str, path: str, mode: GenerationMode
) -> None:
    """Of a report that is there as of any other number."""
    assert program.token is not None
    report = send(report_of(), by=program.token.hat)
    about: list[dict[str, Any]] = [{}]
    if "{report}" in path:
        about.append({"path_parameters": {"report": report.pk}})
    operation, answered = schema[path][method], set[int]()
    cases = st.one_of([operation.as_strategy(generation_mode=mode, **more) for more in about])

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def ask(case: Case[Any]) -> None:
        answered.add(case.call_and_validate(headers=program.headers()).status_code)

    ask()
    assert answered & ({200, 202} if mode is GenerationMode.POSITIVE else {404, 422})
