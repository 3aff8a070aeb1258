"""A program of a provider, as the tests write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mocap_portal.foundation.accounts.models import ApiToken, Membership
from tests.factories.accounts import ApiTokenFactory


@dataclass
class Program:
    """Asks with a token; `secret` is empty for one that has none."""

    secret: str
    client: Client
    token: ApiToken | None = None

    @classmethod
    def of(cls, hat: Membership) -> Program:
        secret = f"mocap_secret of {hat.pk}"
        return cls(
            secret, Client(raise_request_exception=False), ApiTokenFactory.create(hat=hat, secret=secret)
        )

    def get(self, name: str, *args: object, **query: str | int) -> Any:
        return self.client.get(reverse(f"api:{name}", args=args), query, headers=self.headers())

    def post(self, name: str, *args: object, data: Any = None, key: str = "", **more: Any) -> Any:
        headers = self.headers() | ({"Idempotency-Key": key} if key else {}) | more.pop("headers", {})
        return self.client.post(reverse(f"api:{name}", args=args), data, headers=headers, **more)

    def send(self, data: bytes, *, name: str = "may.csv", key: str = "") -> Any:
        """A report as the file of a form."""
        return self.post("reports", data={"file": SimpleUploadedFile(name, data)}, key=key)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}


def refusal(response: Any, status: int) -> str:
    """The sentence of a refusal, which is JSON and nothing else."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/json"), response.content
    answer = response.json()
    assert list(answer) == ["detail"]
    return str(answer["detail"])
