"""The API as a whole: what it is called, how it refuses, and how it describes itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI
from ninja.operation import Operation

from coredata import api as package

from .problems import HANDLERS
from .reports import router

# The header that an answer of this status always has, and its type.
HEADERS = {202: ("Location", "string"), 401: ("WWW-Authenticate", "string"), 429: ("Retry-After", "integer")}


class Api(NinjaAPI):
    """Addresses and requests are named by the functions that answer them."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = Api(
    title=_("MOCAP portal: provider reports"),
    version="1",
    description=package.__doc__,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
api.add_router("", router)
for _error, _handler in HANDLERS.items():
    api.add_exception_handler(_error, _handler)


def schema() -> dict[str, Any]:
    """The description of the API in the words of OpenAPI 3.1, with the addresses of this portal."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=reverse("api:docs").removesuffix("docs")))
    found["servers"] = [{"url": settings.PORTAL_URL.rstrip("/")}]
    for operations in found["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status in HEADERS:
                    name, kind = HEADERS[status]
                    answer["headers"] = {name: {"required": True, "schema": {"type": kind}}}
    return found
