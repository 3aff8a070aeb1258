"""Pages of which htmx asks for a part."""

import pytest
from django.test import Client
from django.urls import reverse

HTMX = {"HX-Request": "true"}
CATALOG = reverse("providers:catalog")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "is_whole"),
    [({}, True), (HTMX, False), (HTMX | {"HX-History-Restore-Request": "true"}, True)],
)
def test_htmx_is_given_a_part_and_whoever_goes_back_the_whole(
    headers: dict[str, str], is_whole: bool
) -> None:
    answer = Client().get(CATALOG, headers=headers)
    assert ("<html" in answer.content.decode()) is is_whole
    assert answer.context["is_fragment"] is not is_whole
    assert "HX-Request" in answer["Vary"]  # no browser shows a part where it keeps the page
