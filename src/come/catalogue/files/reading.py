"""Read a catalogue folder: every file, every mistake at once."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from typing import Any

from come.catalogue.files import content, located, problems, shapes
from come.shared import text

HEADER_FILE = "catalogue.yaml"
_YAML_ENDINGS = (".yaml", ".yml")


def read_files(files: Mapping[str, bytes]) -> tuple[content.CatalogueContent, shapes.Reading]:
    """Return what the files describe, and the reading with its mistakes and places.

    `files` maps paths relative to the folder to bytes. The content is whole only when `reading.found` is empty.
    """
    reading = shapes.Reading()
    lists: dict[str, list[Any]] = {name: [] for name in (*content.ROOT, *content.TABLES)}
    header = content.Header(content.FORMAT, "", content.CURRENCY)
    if HEADER_FILE not in files:
        _missing_header(reading)
    for path in sorted(files):
        decoded = _decoded(reading, path, files[path])
        if decoded is None:
            continue
        if path == HEADER_FILE:
            header = _read_header(reading, decoded) or header
        elif path.endswith(_YAML_ENDINGS):
            _read_yaml(reading, path, decoded, lists)
        elif path.endswith(".csv"):
            _read_csv(reading, path, decoded, lists)
        else:
            _unknown_file(reading, path)
    return content.CatalogueContent(header, **{name: tuple(items) for name, items in lists.items()}), reading


def files_hash(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of the folder: paths and contents, in the order of paths."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.encode())
        digest.update(b"\0")
        digest.update(hashlib.sha256(files[path]).digest())
    return digest.hexdigest()


def _decoded(reading: shapes.Reading, path: str, raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        reading.found.append(
            problems.problem(
                problems.Mark(path, line),
                "file.encoding",
                text.T("Le fichier n’est pas écrit en UTF-8 : l’octet {byte} est illisible.", byte=f"0x{raw[error.start]:02X}"),
                text.T("Enregistrez le fichier en « UTF-8 » depuis votre tableur ou votre éditeur."),
            ),
        )
        return None


def _missing_header(reading: shapes.Reading) -> None:
    reading.found.append(
        problems.problem(
            problems.Mark(HEADER_FILE),
            "file.missing",
            text.T("Le fichier « {file} » manque au dossier.", file=HEADER_FILE),
            text.T("Créez-le avec les clés format, operator et currency ; « come catalogue export » en donne un exemple."),
        ),
    )


def _unknown_file(reading: shapes.Reading, path: str) -> None:
    reading.found.append(
        problems.problem(
            problems.Mark(path),
            "file.unknown",
            text.T("Le fichier « {file} » n’est pas d’un type connu.", file=path),
            text.T(
                "Un catalogue se compose de fichiers .yaml et des tables prefixes.csv, networks.csv et rates.csv ; "
                "déplacez les autres fichiers hors du dossier.",
            ),
        ),
    )


def _read_header(reading: shapes.Reading, decoded: str) -> content.Header | None:
    value, found = located.parse(file=HEADER_FILE, content=decoded)
    reading.found.extend(found)
    if value is None:
        if not found:
            _missing_header(reading)
        return None
    made: content.Header | None = shapes.read_object(reading, content.HEADER, value)
    return made


def _read_yaml(reading: shapes.Reading, path: str, decoded: str, lists: dict[str, list[Any]]) -> None:
    value, found = located.parse(file=path, content=decoded)
    reading.found.extend(found)
    if value is None:
        return
    if not isinstance(value, located.Mapping):
        _wrong_top(reading, value.mark, "…")
        return
    for key, member in value.items.items():
        shape = content.ROOT.get(key)
        if shape is None:
            _wrong_top(reading, member.mark, key)
        elif isinstance(member, located.Sequence):
            made = [shapes.read_object(reading, shape, item) for item in member.items]
            lists[key].extend(item for item in made if item is not None)
        elif not (isinstance(member, located.Scalar) and member.is_null):
            _wrong_top(reading, member.mark, key)


def _wrong_top(reading: shapes.Reading, mark: problems.Mark, key: str) -> None:
    reading.found.append(
        problems.problem(
            mark,
            "key.unknown",
            text.T("« {key} » n’est pas une liste connue en tête de fichier.", key=key),
            text.T("Les listes possibles sont : {keys}.", keys=", ".join(content.ROOT)),
        ),
    )


def _read_csv(reading: shapes.Reading, path: str, decoded: str, lists: dict[str, list[Any]]) -> None:
    name = path.rsplit("/", 1)[-1].removesuffix(".csv")
    shape = content.TABLES.get(name)
    if shape is None:
        _unknown_file(reading, path)
        return
    first_line, _, _ = decoded.partition("\n")
    rows = csv.reader(io.StringIO(decoded), delimiter=";" if first_line.count(";") > first_line.count(",") else ",")
    columns = [cell.strip() for cell in next(rows, [])]
    if not _columns_are_right(reading, path, shape, columns):
        reading.broken.add(shape.name_fr)
        return
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        mark = problems.Mark(path, rows.line_num)
        if len(cells) != len(columns):
            _wrong_width(reading, mark, len(cells), len(columns))
            reading.broken.add(shape.name_fr)
            continue
        row = {column: located.Scalar(mark, cell) for column, cell in zip(columns, cells, strict=True)}
        made = shapes.read_object(reading, shape, located.Mapping(mark, dict(row)))
        if made is not None:
            lists[name].append(made)


def _columns_are_right(reading: shapes.Reading, path: str, shape: shapes.Shape, columns: list[str]) -> bool:
    mark = problems.Mark(path, 1)
    known = [field.name for field in shape.fields]
    before = len(reading.found)
    for column in columns:
        if column not in known or columns.count(column) > 1:
            reading.found.append(
                problems.problem(
                    mark,
                    "key.unknown" if column not in known else "key.duplicate",
                    text.T("La colonne « {column} » est inconnue ou en double.", column=column),
                    text.T("Les colonnes possibles sont : {columns}.", columns=", ".join(known)),
                ),
            )
    for field in shape.fields:
        if field.is_required and field.name not in columns:
            reading.found.append(
                problems.problem(
                    mark,
                    "key.missing",
                    text.T("La colonne « {column} » manque.", column=field.name),
                    text.T("Ajoutez la colonne « {column} » : {expected}.", column=field.name, expected=text.T(field.doc)),
                ),
            )
    return len(reading.found) == before


def _wrong_width(reading: shapes.Reading, mark: problems.Mark, got: int, wanted: int) -> None:
    reading.found.append(
        problems.problem(
            mark,
            "file.columns",
            text.T("La ligne a {got} cellules, l’en-tête en a {wanted}.", got=got, wanted=wanted),
            text.T("Vérifiez le séparateur et les guillemets de cette ligne."),
        ),
    )
