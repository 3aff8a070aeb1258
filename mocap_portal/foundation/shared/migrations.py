"""For migrations with many operations."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddField, CreateModel, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(SeparateDatabaseAndState):
    """Operations that run one after the other, between one state of the models and another.

    Django draws every related model anew after each operation. With a hundred operations on models that all the others
    point to, that takes a hundred times as long as the database does; here it happens once. So each operation sees the
    models as they were before the group and as they are after it, never as they are half-way. Raises ValueError for a
    field of a model that the group creates: the table would have it already.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        super().__init__(database_operations=operations, state_operations=operations)
        created = {operation.name_lower for operation in operations if isinstance(operation, CreateModel)}
        added = {operation.model_name_lower for operation in operations if isinstance(operation, AddField)}
        if both := created & added:
            raise ValueError(f"Create first, in a group of its own: {', '.join(sorted(both))}.")

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (type(self).__name__, [], {"operations": self.state_operations})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # drawn again, whole, when it is next asked for
        super().state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.database_operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.database_operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)
