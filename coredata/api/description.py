"""What the page about the API shows, taken from the description that programs read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of an answer. `type`: in words of JSON, such as “integer or null”."""

    name: str
    type: str
    text: str
    where: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    status: str
    text: str
    shape: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a program can make. `text`: in paragraphs. `bodies`: the content types that it takes."""

    name: str
    method: str
    path: str
    text: list[str]
    parameters: list[Field]
    bodies: list[str]
    answers: list[Answered]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with its fields, or a text with the values that it can have."""

    name: str
    text: str
    fields: list[Field]
    values: list[str]


def requests(schema: dict[str, Any]) -> list[Asked]:
    return [
        _asked(method, path, operations[method])
        for path, operations in schema["paths"].items()
        for method in METHODS
        if method in operations
    ]


def shapes(schema: dict[str, Any]) -> list[Shape]:
    """The objects that go out, by name."""
    known, found = schema["components"]["schemas"], dict[str, Shape]()
    answers = [one["responses"] for path in schema["paths"].values() for one in path.values()]
    waiting = _names(answers)
    while waiting:
        name = waiting.pop()
        if name not in found:
            shape = known[name]
            text = _line(shape.get("description", ""))
            found[name] = Shape(name, text, list(_fields(shape)), shape.get("enum", []))
            waiting |= _names(shape)
    return [found[name] for name in sorted(found)]


def _names(part: Any) -> set[str]:
    """The objects that a part of the description speaks of."""
    if isinstance(part, dict):
        own = {_type(part)} if "$ref" in part else set()
        return own.union(*map(_names, part.values()))
    return set().union(*map(_names, part)) if isinstance(part, list) else set()


def _asked(method: str, path: str, operation: dict[str, Any]) -> Asked:
    parameters = [
        Field(
            one["name"],
            _type(one["schema"]),
            _line(one.get("description", "")),
            where=one["in"],
            is_required=one["required"],
        )
        for one in operation["parameters"]
    ]
    answers = [
        Answered(str(status), answer["description"], _shape_of(answer))
        for status, answer in operation["responses"].items()
    ]
    return Asked(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        text=[_line(paragraph) for paragraph in operation["description"].split("\n\n")],
        parameters=parameters,
        bodies=list(operation.get("requestBody", {}).get("content", {})),
        answers=sorted(answers, key=lambda answer: answer.status),
    )


def _shape_of(answer: dict[str, Any]) -> str:
    return next((_type(content["schema"]) for content in answer.get("content", {}).values()), "")


def _fields(shape: dict[str, Any]) -> Iterator[Field]:
    required = shape.get("required", [])
    for name, field in shape.get("properties", {}).items():
        yield Field(name, _type(field), _line(field.get("description", "")), is_required=name in required)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "allOf" in schema:
        return _type(schema["allOf"][0])
    if schema.get("type") == "array":
        return f"[{_type(schema['items'])}]"
    return str(schema.get("format") or schema.get("type", ""))


def _line(text: str) -> str:
    """Without line breaks, and without the marks around what is code."""
    return " ".join(text.replace("`", "").split())
