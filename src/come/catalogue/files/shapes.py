"""What a catalogue file may hold: one description that reads, writes and documents it.

A `Shape` lists the keys of one kind of object; a `Field` says how its value is typed. Readers never stop at the first
mistake: a wrong value is reported and the object is left out, the rest of the file is still read.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from come.catalogue.files import located, problems
from come.shared import text

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_.-]{0,39}|kind:[a-z0-9_]{1,30}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_INTEGER = re.compile(r"-?\d{1,18}")
_DIGITS = re.compile(r"\d{1,15}")
_PREFIX = re.compile(r"#?\d{1,15}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
LIST_SEPARATOR = "|"
BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "oui": True, "non": False}


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One key. `kind`: text, code, name, digits, prefix, integer, decimal, date, clock, boolean, choice, codes, texts, choices, objects."""

    name: str
    kind: str
    doc: str
    is_required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    shape: Shape | None = None
    may_be_negative: bool = False
    longest: int = 0
    """The most signs that a text may have; 0 = as many as one likes."""
    largest: int = 2**31 - 1
    """The largest whole number that is kept."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """One kind of object: its keys in the order in which they are written, and what builds it from their values."""

    name_fr: str
    build: Callable[..., Any]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """Return the key of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


@dataclasses.dataclass(slots=True)
class Reading:
    """What was read so far: mistakes, and the place of each object (by identity) and of its keys."""

    found: list[problems.Problem] = dataclasses.field(default_factory=list)
    marks: dict[tuple[int, str], problems.Mark] = dataclasses.field(default_factory=dict)
    kept: list[object] = dataclasses.field(default_factory=list)
    """Every object made, so that an identity is never given twice."""
    left_out: set[str] = dataclasses.field(default_factory=set)
    """Codes of objects that could not be read: naming them is no second mistake."""
    broken: set[str] = dataclasses.field(default_factory=set)
    """Sorts of objects of which one at least could not be read: what counts on all of them is not judged."""
    incomplete: set[int] = dataclasses.field(default_factory=set)
    """Identities of objects made without one of their parts."""

    def place(self, made: object, mark: problems.Mark, keys: dict[str, problems.Mark]) -> None:
        """Remember where an object and its keys were written."""
        self.kept.append(made)
        self.marks[id(made), ""] = mark
        for key, place in keys.items():
            self.marks[id(made), key] = place

    def same_place(self, made: object, source: object) -> None:
        """Give an object the place of the one it was made from."""
        if made is source:
            return
        keys = {key: mark for (identity, key), mark in self.marks.items() if identity == id(source)}
        self.kept.append(made)
        if id(source) in self.incomplete:
            self.incomplete.add(id(made))
        for key, mark in keys.items():
            self.marks[id(made), key] = mark

    def mark(self, made: object, key: str = "") -> problems.Mark:
        """Return the place of an object's key, or of the object."""
        return self.marks.get((id(made), key)) or self.marks.get((id(made), "")) or problems.Mark("catalogue")


def read_object(reading: Reading, shape: Shape, value: located.Value) -> Any | None:
    """Return the object that a mapping describes, or None after reporting each of its mistakes."""
    if not isinstance(value, located.Mapping):
        _report(reading, value.mark, "value.type", text.T("Un objet « {shape} » (clés et valeurs) est attendu ici.", shape=shape.name_fr))
        return None
    _report_unknown(reading, shape, value)
    before = len(reading.found)
    values: dict[str, Any] = {}
    is_readable = True
    for field in shape.fields:
        given = value.items.get(field.name)
        if given is None or (isinstance(given, located.Scalar) and (given.is_null or not given.value.strip())):
            if field.is_required:
                _report_missing(reading, shape, field, given.mark if given is not None else value.mark)
                is_readable = False
            values[field.name] = field.default
            continue
        values[field.name] = _read_value(reading, field, given)
        is_readable = is_readable and values[field.name] is not None
    if not is_readable:
        _leave_out(reading, shape, value)
        return None
    made = shape.build(**values)
    if len(reading.found) > before:
        reading.incomplete.add(id(made))
    reading.place(made, value.mark, {key: member.mark for key, member in value.items.items()})
    return made


def _leave_out(reading: Reading, shape: Shape, value: located.Mapping) -> None:
    reading.broken.add(shape.name_fr)
    code = value.items.get("code")
    if isinstance(code, located.Scalar):
        reading.left_out.add(code.value.strip())


def _read_value(reading: Reading, field: Field, value: located.Value) -> Any:
    if field.kind == "objects":
        return _read_objects(reading, field, value)
    if field.kind in {"codes", "texts", "choices"}:
        return _read_list(reading, field, value)
    if not isinstance(value, located.Scalar):
        _report(
            reading,
            value.mark,
            "value.type",
            text.T("La clé « {key} » attend une seule valeur, pas une liste ni un objet.", key=field.name),
        )
        return None
    return _read_scalar(reading, field, value)


def _read_objects(reading: Reading, field: Field, value: located.Value) -> tuple[Any, ...]:
    assert field.shape is not None
    if not isinstance(value, located.Sequence):
        _report(
            reading, value.mark, "value.type", text.T("La clé « {key} » attend une liste (lignes commençant par « - »).", key=field.name)
        )
        return ()
    made = [read_object(reading, field.shape, item) for item in value.items]
    return tuple(item for item in made if item is not None)


def _read_list(reading: Reading, field: Field, value: located.Value) -> tuple[Any, ...]:
    if isinstance(value, located.Scalar):
        items: list[located.Value] = [located.Scalar(value.mark, part.strip()) for part in value.value.split(LIST_SEPARATOR)]
    elif isinstance(value, located.Sequence):
        items = list(value.items)
    else:
        items = []
        _report(reading, value.mark, "value.type", text.T("La clé « {key} » attend une liste.", key=field.name))
    one = dataclasses.replace(field, kind={"codes": "code", "texts": "text", "choices": "choice"}[field.kind])
    made = [_read_value(reading, one, item) for item in items]
    return tuple(item for item in made if item is not None)


def _read_scalar(reading: Reading, field: Field, value: located.Scalar) -> Any:
    written = value.value.strip()
    reader = _READERS[field.kind]
    try:
        made = reader(field, written)
    except ValueError:
        _report(
            reading,
            value.mark,
            f"value.{_RULES.get(field.kind, field.kind)}",
            text.T(
                "« {value} » ne convient pas à la clé « {key} » : {expected} est attendu.",
                value=written,
                key=field.name,
                expected=_expected(field),
            ),
        )
        return None
    if isinstance(made, (int, Decimal)) and not isinstance(made, bool) and made < 0 and not field.may_be_negative:
        _report(
            reading,
            value.mark,
            "value.negative",
            text.T("La clé « {key} » vaut {value} : une valeur négative n’est pas permise.", key=field.name, value=written),
            text.T("Écrivez une valeur positive ; une réduction se décrit par une offre de remise ou par une clause."),
        )
    return made


def _matched(pattern: re.Pattern[str], written: str) -> str:
    if not pattern.fullmatch(written):
        raise ValueError(written)
    return written


def _text(field: Field, written: str) -> str:
    if field.longest and len(written) > field.longest:
        raise ValueError(written)
    return written


def _integer(field: Field, written: str) -> int:
    made = int(_matched(_INTEGER, written))
    if made > field.largest:
        raise ValueError(written)
    return made


def _choice(field: Field, written: str) -> str:
    if written not in field.choices:
        raise ValueError(written)
    return written


def _boolean(_field: Field, written: str) -> bool:
    if written.lower() not in BOOLEANS:
        raise ValueError(written)
    return BOOLEANS[written.lower()]


def _clock(_field: Field, written: str) -> int:
    hours, _, minutes = _matched(_CLOCK, written).partition(":")
    return int(hours) * 60 + int(minutes)


_READERS: dict[str, Callable[[Field, str], Any]] = {
    "text": _text,
    "code": lambda _field, written: _matched(_CODE, written),
    "name": lambda _field, written: _matched(_NAME, written),
    "digits": lambda _field, written: _matched(_DIGITS, written),
    "prefix": lambda _field, written: _matched(_PREFIX, written),
    "integer": _integer,
    "decimal": lambda _field, written: Decimal(_matched(_DECIMAL, written)),
    "date": lambda _field, written: dt.date.fromisoformat(_matched(re.compile(r"\d{4}-\d{2}-\d{2}"), written)),
    "clock": _clock,
    "boolean": _boolean,
    "choice": _choice,
}
_RULES = {"integer": "number", "decimal": "number", "digits": "number", "prefix": "number", "clock": "time", "name": "code"}
_EXPECTED = {
    "text": text.noop("un texte"),
    "code": text.noop("un code (majuscules, chiffres, tirets, 40 signes au plus)"),
    "name": text.noop("un nom (minuscules, chiffres, soulignés)"),
    "digits": text.noop("une suite de chiffres"),
    "prefix": text.noop("une suite de chiffres, précédée de # pour un numéro court"),
    "integer": text.noop("un nombre entier"),
    "decimal": text.noop("un nombre avec un point décimal et six décimales au plus (12.50)"),
    "date": text.noop("une date AAAA-MM-JJ"),
    "clock": text.noop("une heure HH:MM"),
    "boolean": text.noop("true ou false"),
}


def _expected(field: Field) -> text.T:
    if field.kind == "choice":
        return text.T("l’une des valeurs {choices}", choices=", ".join(field.choices))
    if field.kind == "text" and field.longest:
        return text.T("un texte de {count} signes au plus", count=field.longest)
    return text.T(_EXPECTED[field.kind])


def _report_unknown(reading: Reading, shape: Shape, value: located.Mapping) -> None:
    known = [field.name for field in shape.fields]
    for key, member in value.items.items():
        if key not in known:
            _report(
                reading,
                member.mark,
                "key.unknown",
                text.T("La clé « {key} » n’existe pas pour un objet « {shape} ».", key=key, shape=shape.name_fr),
                text.T("Retirez-la, ou écrivez l’une des clés : {keys}.", keys=", ".join(known)),
            )


def _report_missing(reading: Reading, shape: Shape, field: Field, mark: problems.Mark) -> None:
    _report(
        reading,
        mark,
        "key.missing",
        text.T("La clé « {key} » manque à l’objet « {shape} ».", key=field.name, shape=shape.name_fr),
        text.T("Ajoutez « {key} » : {expected}.", key=field.name, expected=text.T(field.doc)),
    )


def _report(reading: Reading, mark: problems.Mark, code: str, message: text.T, next_step: text.T | None = None) -> None:
    reading.found.append(
        problems.problem(mark, code, message, next_step or text.T("Corrigez la valeur sur cette ligne, puis relancez le contrôle."))
    )


def plain(shape: Shape, made: object) -> dict[str, Any]:
    """Return an object as the mapping that would be read back into it; keys at their default are left out."""
    written: dict[str, Any] = {}
    for field in shape.fields:
        value = getattr(made, field.name)
        if value == field.default and not field.is_required:
            continue
        if value is None or value == ():
            continue
        written[field.name] = _plain_value(field, value)
    return written


def _plain_value(field: Field, value: Any) -> Any:
    match field.kind:
        case "objects":
            assert field.shape is not None
            return [plain(field.shape, item) for item in value]
        case "codes" | "texts" | "choices":
            return [str(item) for item in value]
        case "clock":
            return f"{value // 60:02d}:{value % 60:02d}"
        case _:
            return value
