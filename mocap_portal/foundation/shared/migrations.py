"""For migrations with many operations.

Django draws every model of the project anew before each migration, and what is related to it after each operation. With
hundreds of models that all point to a few, that takes many times as long as the database does.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    RemoveConstraint,
    RemoveIndex,
    SeparateDatabaseAndState,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.migrations.utils import resolve_relation
from pgtrigger.migrations import AddTrigger, RemoveTrigger

ModelKey = tuple[str, str]  # label of the app, name of the model in small letters

# These look at their own model and at those it points to. Others, as a change of a key, also at those that point to it.
NARROW = (
    AddConstraint,
    AddField,
    AddIndex,
    AddTrigger,
    CreateModel,
    RemoveConstraint,
    RemoveIndex,
    RemoveTrigger,
)


class Together(SeparateDatabaseAndState):
    """Operations that run one after the other, between one state of the models and another.

    The models are drawn once, and only those that the operations look at. So each operation sees the models as they
    were before the group and as they are after it, never as they are half-way. Raises ValueError for a field of a model
    that the group creates: the table would have it already.
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
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)
        state.__dict__["apps"] = DrawnLater(state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        before, after = self._narrowed(app_label, from_state), self._narrowed(app_label, to_state)
        for operation in self.database_operations:
            operation.database_forwards(app_label, schema_editor, before, after)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        before, after = self._narrowed(app_label, from_state), self._narrowed(app_label, to_state)
        for operation in reversed(self.database_operations):
            operation.database_backwards(app_label, schema_editor, before, after)

    def _narrowed(self, app_label: str, state: ProjectState) -> ProjectState:
        """The state without the models that no operation of the group looks at."""
        if not all(isinstance(operation, NARROW) for operation in self.database_operations):
            return state
        names: set[str] = {
            operation.name if isinstance(operation, CreateModel) else getattr(operation, "model_name", "")
            for operation in self.database_operations
        }
        kept = closure(((app_label, name.lower()) for name in names), state.models)
        return ProjectState(models={key: state.models[key] for key in kept}, real_apps=set())


class DrawnLater:
    """Stands for the models of a state until somebody asks for one of them.

    Django draws the whole state before each migration unless its models are there; after a group they are said to be.
    """

    def __init__(self, state: ProjectState) -> None:
        self._state = state
        self._drawn: StateApps | None = None

    def clone(self) -> "DrawnLater | StateApps":
        if self._drawn is not None:
            return self._drawn.clone()
        models = {key: model.clone() for key, model in self._state.models.items()}
        return DrawnLater(ProjectState(models=models, real_apps=self._state.real_apps))

    def __getattr__(self, name: str) -> Any:
        if self._drawn is None:
            self._drawn = StateApps(list(self._state.real_apps), self._state.models)
        return getattr(self._drawn, name)


def closure(keys: Iterable[ModelKey], models: dict[ModelKey, ModelState]) -> set[ModelKey]:
    """These models, as far as the state has them, and all that they point to or inherit from, by any way."""
    found: set[ModelKey] = set()
    waiting = [key for key in keys if key in models]
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        model = models[key]
        pointed: list[Any] = [base for base in model.bases if isinstance(base, str)]
        for field in model.fields.values():
            if field.remote_field is not None:
                pointed += [field.remote_field.model, getattr(field.remote_field, "through", None)]
        waiting += [
            target
            for target in (resolve_relation(relation, *key) for relation in pointed if relation is not None)
            if target in models
        ]
    return found
