"""Write a catalogue as a folder of files that read back into the same catalogue."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import yaml

from come.catalogue.files import content, reading, shapes

_FOLDERS = {
    "plan": "mobile",
    "data_plan": "mobile",
    "m2m": "m2m",
    "device": "devices",
    "accessory": "devices",
    "option": "options",
    "pool": "pools",
    "sip_trunk": "fixed",
    "number_block": "fixed",
    "bundle": "bundles",
    "discount": "discounts",
    "service": "services",
}


class _Dumper(yaml.SafeDumper):
    """Writes decimals and days as the plain scalars that the reader expects."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - PyYAML's own signature
        """Indent lists under their key, as people write them."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:
        """Write every value in full, even when the same object stands twice in memory."""
        return True


def _plain_scalar(dumper: yaml.SafeDumper, value: object) -> yaml.Node:
    tag = "tag:yaml.org,2002:float" if isinstance(value, Decimal) else "tag:yaml.org,2002:timestamp"
    return dumper.represent_scalar(tag, decimal_text(value) if isinstance(value, Decimal) else str(value))


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    is_short = all(isinstance(item, str) for item in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=is_short)


_Dumper.add_representer(list, _list)
_Dumper.add_representer(Decimal, _plain_scalar)
_Dumper.add_representer(dt.date, _plain_scalar)


def decimal_text(value: Decimal) -> str:
    """Return an amount with two decimals at least, and no zero beyond them: 12.50, 0.0125."""
    whole, _, decimals = f"{value:.6f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def write_files(catalogue: content.CatalogueContent) -> dict[str, bytes]:
    """Return the files of a catalogue, by path relative to its folder; the same catalogue always gives the same bytes."""
    files = {reading.HEADER_FILE: _yaml(shapes.plain(content.HEADER, catalogue.header))}
    by_file: dict[str, dict[str, list[Any]]] = {}
    for offering in sorted(catalogue.offerings, key=lambda item: (item.code, item.version)):
        entry = by_file.setdefault(f"offerings/{_FOLDERS[offering.kind]}.yaml", {})
        entry.setdefault("offerings", []).append(shapes.plain(content.OFFERING, offering))
    for name, path, key in _YAML_LISTS:
        items = sorted(getattr(catalogue, name), key=key)
        if items:
            by_file.setdefault(path, {})[name] = [shapes.plain(content.ROOT[name], item) for item in items]
    files.update({path: _yaml(lists) for path, lists in by_file.items()})
    for name, shape in content.TABLES.items():
        rows = getattr(catalogue, name)
        if rows:
            files[f"{name}.csv"] = _csv(shape, sorted(rows, key=_TABLE_KEYS[name]))
    return files


def _code(item: Any) -> Any:
    return item.code


_YAML_LISTS: tuple[tuple[str, str, Any], ...] = (
    ("specifications", "specifications.yaml", _code),
    ("rules", "rules.yaml", lambda item: (item.code, item.valid_from)),
    ("zones", "tariffs.yaml", _code),
    ("bands", "tariffs.yaml", lambda item: (item.calendar_code, item.band_code, item.days, item.start_minute)),
    ("holidays", "tariffs.yaml", lambda item: (item.calendar_code, item.day)),
    ("tariffs", "tariffs.yaml", _code),
    ("agreement_templates", "agreements.yaml", _code),
)
_TABLE_KEYS: dict[str, Any] = {
    "prefixes": lambda row: (row.prefix, row.valid_from),
    "networks": lambda row: (row.mcc, row.mnc, row.valid_from),
    "rates": lambda row: (row.tariff_code, row.service, row.origin_zone, row.destination_zone, row.band_code, row.valid_from),
}


def _yaml(value: object) -> bytes:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=160).encode()


def _csv(shape: shapes.Shape, rows: Iterable[object]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.name for field in shape.fields])
    for row in rows:
        writer.writerow([_cell(getattr(row, field.name)) for field in shape.fields])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return decimal_text(value) if isinstance(value, Decimal) else str(value)
