"""What a family reads about one course after its approval: the days, the teacher, what changed and why, the result."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from enrollment.part_time.models import OPEN_LINES, CourseLine, LineState, RequestState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES

from ..models import RosterLine, Swap
from .words import LINE_KINDS, extension_words, how_it_went


@for_roles(*FAMILY_ROLES)
def course(request: HatRequest, pk: int) -> HttpResponse:
    """One course of the family's own. Who asked for an exchange or agreed to a later day stands here by name."""
    lines = CourseLine.objects.visible_to(request.hat).exclude(request__state=RequestState.DRAFT)
    line = get_object_or_404(lines.select_related("course__provider__organization", "request"), pk=pk)
    roster_line = RosterLine.objects.filter(line=line).select_related("teacher", "line__course").first()
    swap = Swap.objects.filter(line=line).select_related("line__replaces__course").first()
    context = {
        "line": line,
        "kind": LINE_KINDS.get(LineState(line.state), "off"),
        "rows": how_it_went(line, roster_line),
        "extensions": extension_words(line.extensions.order_by("pk")),
        "swap": swap,
        "is_open": line.state in OPEN_LINES,
    }
    return render(request, "registration/course.html", context)
