"""The links between the views of one page."""

from django.test import RequestFactory

from mocap_portal.foundation.ui.switch import View, switch


def test_each_view_keeps_what_else_the_address_says_but_not_the_page_of_a_list() -> None:
    request = RequestFactory().get("/", {"as": "dese", "show": "opens", "page": "7"})
    assert switch(request, "show", [("opens", "New (3)"), ("closes", "Gone (1)")], now="opens") == [
        View("New (3)", "?as=dese&show=opens", is_now=True),
        View("Gone (1)", "?as=dese&show=closes", is_now=False),
    ]
    assert request.GET["page"] == "7"
