"""What every page of June asks first, and how its files leave."""

from __future__ import annotations

from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.directory.models import Lea, SchoolYear

PER_PAGE = 25
CSV = "text/csv; charset=utf-8"


def place_of(request: HatRequest, lea_id: int, year: int) -> tuple[Lea, SchoolYear]:
    """The LEA, if this hat may see its core data, and the school year. Raises Http404."""
    if request.hat.is_lea and request.hat.organization_id != lea_id:
        raise Http404
    lea = get_object_or_404(Lea.objects.select_related("organization"), pk=lea_id)
    return lea, get_object_or_404(SchoolYear, pk=year)


def attached(content: Any, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
