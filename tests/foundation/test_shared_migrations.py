"""Many operations of a migration between two states: the same database and the same models, drawn once."""

from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.operations import AddField, CreateModel, RemoveField
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps

from mocap_portal.foundation.shared.migrations import Together

pytestmark = pytest.mark.django_db


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def applied(operation: Operation, before: ProjectState) -> ProjectState:
    after = before.clone()
    operation.state_forwards("shelf", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("shelf", editor, before, after)
    return after


def undone(operation: Operation, before: ProjectState, after: ProjectState) -> None:
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("shelf", editor, after, before)


BOOK = CreateModel(
    "Book", [("id", models.BigAutoField(primary_key=True)), ("title", models.CharField(max_length=9))]
)
CHANGES = [
    AddField("book", "year", models.IntegerField(null=True)),
    AddField("book", "pages", models.IntegerField(null=True)),
    RemoveField("book", "title"),
]


def test_a_group_makes_what_its_operations_make() -> None:
    shelf = applied(Together([BOOK]), ProjectState())
    changed = applied(Together(CHANGES), shelf)
    assert columns("shelf_book") == ["id", "year", "pages"]
    one_by_one = shelf.clone()
    for operation in CHANGES:
        operation.state_forwards("shelf", one_by_one)
    assert changed == one_by_one


def test_a_group_goes_back() -> None:
    shelf = applied(Together([BOOK]), ProjectState())
    group = Together(CHANGES)
    undone(group, shelf, applied(group, shelf))
    assert sorted(columns("shelf_book")) == ["id", "title"]


def test_the_models_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = applied(Together([BOOK]), ProjectState())
    shelf.apps.get_models()  # drawn, as the migrations before left it
    drawn: list[str] = []
    draw = StateApps.render_multiple

    def counted(apps: StateApps, states: Any) -> None:
        drawn.extend(state.name for state in states)
        draw(apps, states)

    monkeypatch.setattr(StateApps, "render_multiple", counted)
    applied(Together(CHANGES), shelf)
    assert drawn == ["Book"]


def test_a_field_of_a_model_of_the_same_group_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Create first, in a group of its own: book\."):
        Together([BOOK, CHANGES[0]])


READER = CreateModel(
    "Reader",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("reads", models.ForeignKey("shelf.Book", on_delete=models.PROTECT)),
        ("advises", models.ForeignKey("self", null=True, on_delete=models.PROTECT)),
    ],
)
LAMP = CreateModel("Lamp", [("id", models.BigAutoField(primary_key=True))])


def test_only_models_that_the_operations_look_at_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = applied(Together([LAMP]), applied(Together([BOOK]), ProjectState()))
    drawn: list[str] = []
    draw = StateApps.render_multiple

    def counted(apps: StateApps, states: Any) -> None:
        drawn.extend(state.name for state in states)
        draw(apps, states)

    monkeypatch.setattr(StateApps, "render_multiple", counted)
    after = applied(Together([READER]), shelf)
    assert sorted(drawn) == ["Book", "Reader"]
    assert columns("shelf_reader") == ["id", "reads_id", "advises_id"]
    # The next migration finds every model, also those that the group did not look at.
    assert {model.__name__ for model in after.apps.get_models()} == {"Book", "Lamp", "Reader"}


def test_a_state_keeps_its_models_when_a_copy_of_it_changes() -> None:
    shelf = applied(Together([BOOK]), ProjectState())
    copy = shelf.clone()
    CHANGES[0].state_forwards("shelf", copy)
    assert [field.name for field in shelf.apps.get_model("shelf", "Book")._meta.fields] == ["id", "title"]
    assert [field.name for field in copy.apps.get_model("shelf", "Book")._meta.fields] == [
        "id",
        "title",
        "year",
    ]
