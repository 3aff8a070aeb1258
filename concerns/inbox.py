"""Which concerns the office's list shows, and in which order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_tables2.rows import BoundRows

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.paging import Pages

from .models import Attachment, Concern, ConcernQuerySet, ConcernState

NUMBER = re.compile(r"\s*C\s*-?\s*(\d{1,9})\s*", re.IGNORECASE)
PER_PAGE = 25
MOST_COUNTED = 500  # twenty pages: nobody turns more, and to count all of very many takes long


class Whose(models.TextChoices):
    ALL = "all", _("All")
    MINE = "mine", _("Mine")
    UNASSIGNED = "unassigned", _("Nobody's yet")


class Shown(models.TextChoices):
    """Besides the states themselves."""

    OPEN = "", _("All that are open")
    EVERY = "every", _("All there ever were")


def whose_now(asked: Mapping[str, Any]) -> Whose:
    value = asked.get("whose")
    return Whose(value) if value in Whose.values else Whose.ALL


def chosen(hat: Membership, asked: Mapping[str, Any], *, whose: Whose) -> ConcernQuerySet:
    """What this hat may see of what the filters ask for, in the order of the list.

    `asked`: state, category, track, lea, provider, tag, language, with_files, words; each may be missing.
    """
    found = Concern.objects.visible_to(hat)
    typed = NUMBER.fullmatch(asked.get("words") or "")
    if typed:
        return found.filter(pk=int(typed[1]))
    state = asked.get("state") or ""
    if state == Shown.OPEN:
        found = found.open()
    elif state in ConcernState.values:
        found = found.filter(state=state)
    if whose == Whose.MINE:
        found = found.filter(assigned_to__user=hat.user_id)
    elif whose == Whose.UNASSIGNED:
        found = found.filter(assigned_to__isnull=True)
    found = _narrowed(found, asked)
    if asked.get("words"):
        query = SearchQuery(asked["words"], config="english", search_type="websearch")
        found = found.filter(search=query)
    if state == Shown.OPEN:
        return found.order_by(F("due_on").asc(nulls_last=True), "received_at", "pk")
    return found.order_by("-received_at", "-pk")


def _narrowed(found: ConcernQuerySet, asked: Mapping[str, Any]) -> ConcernQuerySet:
    for name in ("category", "track", "lea", "provider"):
        if asked.get(name):
            found = found.filter(**{name: asked[name]})
    if asked.get("tag"):
        found = found.filter(tags=asked["tag"])
    match asked.get("language"):
        case "en" | "es" as language:
            found = found.filter(language=language)
        case "other":
            found = found.exclude(language__in=["en", "es"])
    if asked.get("with_files"):
        found = found.filter(Exists(Attachment.objects.filter(concern=OuterRef("pk"), asked__isnull=True)))
    return found


class FirstPages(Pages):
    """Counts no further than anybody turns pages."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        data = rows.data.data if isinstance(rows, BoundRows) else rows
        if isinstance(data, QuerySet):
            return data.order_by()[: MOST_COUNTED + 1].count()
        return len(data)

    @property
    def is_more(self) -> bool:
        return self.count > MOST_COUNTED
