"""History of every table about a person, written by the database itself."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pghistory
from django.db import models
from django.utils.module_loading import import_string

Model = TypeVar("Model", bound=type[models.Model])
Rows = TypeVar("Rows", bound=models.QuerySet[Any])


def tracked(*, exclude: Sequence[str] = (), like: type = object) -> Callable[[Model], Model]:
    """Keeps each insert, update and delete of a model in its event table, bulk statements included.

    `like`: a class without fields whose properties the rows of the history shall have too.

    The trackers are made here and not in settings, where pghistory copies them and statement-level triggers
    no longer recognise their operation.
    """

    def track(model: Model) -> Model:
        base = None
        if like is not object:
            event = import_string("pghistory.models.Event")  # once the apps are there
            meta = type("Meta", (), {"abstract": True, "app_label": "pghistory"})
            base = type(f"{like.__name__}Event", (like, event), {"__module__": __name__, "Meta": meta})
        keep: Callable[[Model], Model] = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude) or None,
            base_model=base,
            model_name=f"{model.__name__}Event",
        )
        return keep(model)

    return track


def as_of(rows: Rows, *, before: dt.datetime) -> Rows:
    """The rows of a tracked model as they stood just before a moment, with the methods of its own queryset.

    `rows` only says which model: `as_of(Course.objects.all(), before=midnight).on(day)`. What comes out are rows of
    the history table: they have the model's columns (`id` among them) and relations, and none of its properties.
    """
    history: Any = rows.model.pgh_event_model
    # The number of an event is given while its row is locked, so it knows the true order of changes of one row. The
    # time is that of the transaction's start: of two that waited for each other the later may bear the earlier one.
    last = (
        history.objects.filter(pgh_created_at__lt=before)
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
        .values("pgh_id")
    )
    return type(rows)(model=history).filter(pgh_id__in=last).exclude(pgh_label="delete")
