"""YAML with line numbers: scalars stay the text that was typed, so that no amount ever becomes a binary float."""

from __future__ import annotations

import dataclasses

import yaml

from come.catalogue.files import problems
from come.shared import text

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclasses.dataclass(frozen=True, slots=True)
class Scalar:
    """A typed text and its place; `is_null` for an empty value."""

    mark: problems.Mark
    value: str
    is_null: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Sequence:
    """A list and its place."""

    mark: problems.Mark
    items: tuple[Value, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Mapping:
    """Named values and its place."""

    mark: problems.Mark
    items: dict[str, Value]


Value = Scalar | Sequence | Mapping


def parse(*, file: str, content: str) -> tuple[Value | None, list[problems.Problem]]:
    """Return the file's content with its line numbers, and its syntax mistakes (an unreadable file gives None)."""
    try:
        node = yaml.compose(content, Loader=_LOADER)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = place.line + 1 if place is not None else 0
        return None, [
            problems.problem(
                problems.Mark(file, line),
                "file.syntax",
                text.T("Le fichier n’est pas du YAML lisible : {reason}.", reason=str(getattr(error, "problem", None) or error)),
                text.T("Corrigez l’écriture de cette ligne (retraits, guillemets, deux-points), puis relancez le contrôle."),
            ),
        ]
    if node is None:
        return None, []
    found: list[problems.Problem] = []
    return _located(file, node, found), found


def _located(file: str, node: yaml.Node, found: list[problems.Problem]) -> Value:
    mark = problems.Mark(file, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(mark, tuple(_located(file, item, found) for item in node.value))
    if isinstance(node, yaml.MappingNode):
        return Mapping(mark, _members(file, node, found))
    return Scalar(mark, str(node.value), is_null=node.tag == "tag:yaml.org,2002:null")


def _members(file: str, node: yaml.MappingNode, found: list[problems.Problem]) -> dict[str, Value]:
    members: dict[str, Value] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in members:
            found.append(
                problems.problem(
                    problems.Mark(file, key_node.start_mark.line + 1),
                    "key.duplicate",
                    text.T("La clé « {key} » est écrite deux fois au même endroit.", key=key),
                    text.T("Gardez une seule des deux valeurs."),
                ),
            )
            continue
        value = _located(file, value_node, found)
        # A list or an object is placed at its key, not at its first item.
        members[key] = (
            value if isinstance(value, Scalar) else dataclasses.replace(value, mark=problems.Mark(file, key_node.start_mark.line + 1))
        )
    return members
