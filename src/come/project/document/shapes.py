"""Short ways to write a JSON Schema."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
OPTIONAL_TEXT: Schema = {"type": ["string", "null"]}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
OPTIONAL_INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
ADDRESS: Schema = {"type": "string", "format": "uri"}


def ref(name: str) -> Schema:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def optional(schema: Schema) -> Schema:
    """Return a schema that null fits too."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema, at_least: int = 0) -> Schema:
    """Return a list of a schema."""
    return {"type": "array", "items": schema, **({"minItems": at_least} if at_least else {})}


def one_of(*values: str) -> Schema:
    """Return a text that is one of some values."""
    return {"type": "string", "enum": list(values)}


def shape(*required: str, **properties: Schema) -> Schema:
    """Return an object; `at_type` and the like stand for `@type`."""
    named = {_name(name): schema for name, schema in properties.items()}
    return {"type": "object", "properties": named, **({"required": list(required)} if required else {})}


def resource(type_name: str, **properties: Schema) -> Schema:
    """Return a resource: its id, address and type are always there, the others when they are asked for."""
    always = {"id": TEXT, "href": ADDRESS, "at_type": {"type": "string", "const": type_name}}
    return shape("id", "href", "@type", **always, **properties)


def sent(*required: str, **properties: Schema) -> Schema:
    """Return the body of a write: an attribute that is not known is refused, apart from those that begin with `@`."""
    return shape(*required, **properties) | {"patternProperties": {"^@": {}}, "additionalProperties": False}


def _name(name: str) -> str:
    return f"@{name.removeprefix('at_')}" if name.startswith("at_") else name
