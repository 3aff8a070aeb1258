"""The main menu of each hat. Only the roof knows every address, so it is written here and nowhere else."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import ADMIN_ROLES, Membership, Role
from mocap_portal.foundation.ui.navigation import Link, links

Entry = tuple[str | Promise, str]

HOW_IT_WORKS: Entry = (_("How it works"), "how_it_works")
HOME: Entry = (_("What waits"), "home")
PEOPLE: Entry = (_("People"), "accounts:people")
ADMINISTRATORS: Entry = (_("Administrators"), "accounts:administrators")


def nav(request: HttpRequest) -> dict[str, Any]:
    """A context processor: `nav`, the menu of the hat worn now, for templates/base.html."""
    return {"nav": SimpleLazyObject(lambda: menu(request))}


def menu(request: HttpRequest) -> list[Link]:
    """The links of this request's menu. A request that failed before HatMiddleware gets the visitor's."""
    entries = entries_for(getattr(request, "hat", None))
    return links(request, [(str(label), name) for label, name in entries])


def entries_for(hat: Membership | None) -> list[Entry]:
    """What this hat can open, the most used first."""
    if hat is None:
        return [HOW_IT_WORKS]
    entries = [HOME]
    if hat.role in ADMIN_ROLES:
        entries.append(PEOPLE)
    if hat.role == Role.DESE_ADMIN:
        entries.append(ADMINISTRATORS)
    return [*entries, HOW_IT_WORKS]
