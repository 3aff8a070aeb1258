"""How a test opens a page of mismatches."""

from django.test import Client
from django.urls import reverse


def page(client: Client, name: str, *args: object, **query: str) -> str:
    """The words of a page that opens."""
    response = client.get(reverse(f"reconcile:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()
