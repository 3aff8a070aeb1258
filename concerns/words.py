"""What codes of concerns are called on the office's pages."""

from __future__ import annotations

from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet

from .models import ConcernState

# The kind of status (foundation/ui) that a state means to the office.
KIND_OF_STATUS = {
    ConcernState.RECEIVED: "todo",
    ConcernState.SORTED: "todo",
    ConcernState.ASSIGNED: "todo",
    ConcernState.AWAITING: "waiting",
    ConcernState.RESPONDED: "todo",
    ConcernState.CLOSED: "off",
    ConcernState.REOPENED: "todo",
    ConcernState.MERGED: "off",
}


def category_words() -> dict[str, str]:
    """The words of every category there ever was, by code, in their order; of two meanings the later one."""
    rows = CodeMeaning.objects.filter(code_set=CodeSet.CONCERN_CATEGORY)
    return {row.code: row.local_label for row in rows.order_by("position", "code", "valid_from")}
