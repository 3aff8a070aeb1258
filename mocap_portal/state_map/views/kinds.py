"""The three kinds of page that the state's map is made of: tables, a form, and asking before a change."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui.forms import StepForm
from mocap_portal.foundation.ui.steps import take_step

from ..forms import LONGEST_BACK

ROWS_PER_PAGE = 50

DISTRICT_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN)


def today() -> dt.date:
    return central_date(timezone.now())


def list_page(
    request: HatRequest,
    *tables: PortalTable,
    title: str | Promise,
    intro: str,
    change: str = "",
    change_words: str = "",
    add: str = "",
) -> HttpResponse:
    """A page of tables. `change` and `add` are addresses; only DESE's administrators are offered the first.

    `change_words`: what its button says, if not "Change".
    """
    for table in tables:
        sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    context = {
        "title": title,
        "intro": intro,
        "tables": tables,
        "change": change if request.hat.role == Role.DESE_ADMIN else "",
        "change_words": change_words,
        "add": add,
        "today": today(),
        "lately": timezone.now() - LONGEST_BACK,
    }
    return render(request, "state_map/list.html", context)


def form_page(
    request: HatRequest,
    form: StepForm,
    action: Callable[[], Any],
    *,
    title: str | Promise,
    intro: str,
    back: str,
) -> HttpResponse:
    """A page with a form: clean it, do the one thing, go back; or say what is wrong."""
    return take_step(request, form, action, title=str(title), intro=intro, done=_("Saved."), back=back)
