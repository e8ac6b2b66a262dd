"""The documented usage file (docs/formats/usage.md): its lines, and what may be wrong with a file or a record."""

from __future__ import annotations

import dataclasses

from come.shared import text
from come.usage.rating import tables

SERVICES = tables.SERVICES
MAGIC = "COME-USAGE"
VERSION = "1"
DELIMITER = ";"
FIELDS = 10
LONGEST_LINE = 65_536
MAXIMUM_DURATION_SECONDS = 604_800
MAXIMUM_VOLUME_BYTES = 1_000_000_000_000

# Why a record waits in suspense: code -> (cause, what to do).
SUSPENSE_REASONS: dict[str, tuple[str, str]] = {
    "malformed_line": (
        text.noop("Ligne mal formée : le nombre de champs n’est pas celui du format."),
        text.noop("Demandez à la source de renvoyer l’enregistrement."),
    ),
    "unknown_event": (text.noop("Service ou sens inconnu."), text.noop("Vérifiez le format de la source.")),
    "bad_served_number": (
        text.noop("Numéro de la ligne mal écrit (format international attendu)."),
        text.noop("Demandez à la source de renvoyer l’enregistrement."),
    ),
    "bad_other_party": (text.noop("Numéro du correspondant mal écrit."), text.noop("Demandez à la source de renvoyer l’enregistrement.")),
    "bad_instant": (
        text.noop("Instant illisible, ou sans fuseau : « 2026-10-25T00:30:00Z » est attendu."),
        text.noop("Demandez à la source d’écrire les instants en temps universel."),
    ),
    "impossible_date": (
        text.noop("Date impossible : avant l’an 2000, ou dans le futur."),
        text.noop("Vérifiez l’horloge de l’équipement."),
    ),
    "bad_quantity": (text.noop("Durée ou volume illisible."), text.noop("Demandez à la source de renvoyer l’enregistrement.")),
    "negative_quantity": (text.noop("Durée ou volume négatif."), text.noop("Demandez à la source de renvoyer l’enregistrement.")),
    "impossible_quantity": (
        text.noop("Durée de plus de sept jours, ou volume de plus d’un téraoctet."),
        text.noop("Vérifiez l’équipement avant de recycler."),
    ),
    "bad_network": (
        text.noop("Réseau visité mal écrit (cinq ou six chiffres)."),
        text.noop("Demandez à la source de renvoyer l’enregistrement."),
    ),
    "same_id_other_content": (
        text.noop("Même identifiant qu’un enregistrement déjà reçu, mais un autre contenu."),
        text.noop("Demandez à la source lequel des deux est le bon."),
    ),
    "unknown_line": (
        text.noop("Aucune ligne n’avait ce numéro à cet instant."),
        text.noop("Rattachez le numéro à sa ligne dans le parc, puis recyclez."),
    ),
    "no_tariff": (
        text.noop("La ligne n’a aucun tarif à cet instant."),
        text.noop("Donnez un tarif à la ligne, puis relancez la valorisation."),
    ),
    "unknown_network": (
        text.noop("Le réseau visité n’est dans aucune zone."),
        text.noop("Ajoutez le réseau au catalogue, puis relancez la valorisation."),
    ),
    "unknown_destination": (
        text.noop("Aucun indicatif connu pour le numéro appelé."),
        text.noop("Ajoutez l’indicatif au catalogue, puis relancez la valorisation."),
    ),
    "expired_destination": (
        text.noop("L’indicatif du numéro appelé n’était plus valable ce jour-là."),
        text.noop("Prolongez l’indicatif au catalogue, puis relancez la valorisation."),
    ),
    "no_price": (
        text.noop("Le tarif de la ligne n’a pas de prix pour cet usage."),
        text.noop("Ajoutez le prix au tarif, puis relancez la valorisation."),
    ),
}

# What may be remarkable about a file: code -> sentence. Rejected files give none of their records.
FILE_FINDINGS: dict[str, str] = {
    "truncated_gzip": text.noop("Le fichier compressé est tronqué : ce qui se lit a été pris, redemandez le fichier entier."),
    "missing_trailer": text.noop(
        "La ligne de fin manque : le fichier est tronqué ; ce qui se lit a été pris, redemandez le fichier entier."
    ),
    "count_mismatch": text.noop("Le nombre d’enregistrements n’est pas celui que la ligne de fin annonce ; redemandez le fichier."),
    "sums_mismatch": text.noop("Les totaux de durée ou de volume ne sont pas ceux que la ligne de fin annonce ; redemandez le fichier."),
    "text_after_trailer": text.noop("Des lignes suivent la ligne de fin."),
    "byte_order_mark": text.noop("Le fichier commence par une marque d’ordre des octets (BOM), ignorée."),
    "carriage_returns": text.noop("Les fins de ligne sont celles de Windows (CRLF), acceptées."),
    "foreign_bytes": text.noop("Le fichier contient des octets qui ne sont pas de l’ASCII ; les champs touchés attendent."),
    "long_line": text.noop("Une ligne dépasse 64 Kio ; elle attend, coupée."),
}
REJECTIONS: dict[str, str] = {
    "empty_file": text.noop("Le fichier est vide."),
    "wrong_delimiter": text.noop("Le séparateur n’est pas « ; »."),
    "not_a_usage_file": text.noop("La première ligne n’est pas celle d’un fichier d’usage COME (« H;COME-USAGE;1;… »)."),
    "unsupported_version": text.noop("Cette version du format n’est pas prise en charge (la version 1 l’est)."),
    "bad_header": text.noop("La première ligne est incomplète : source, numéro d’ordre et instant de création sont attendus."),
    "unreadable_parquet": text.noop("Le fichier Parquet est illisible ou tronqué."),
    "parquet_columns": text.noop("Les colonnes du fichier Parquet ne sont pas celles du format."),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """Who made the file, its place in the source's sequence, and when."""

    source: str
    sequence: int
    created_at: str


class RejectedFile(Exception):  # noqa: N818 - the fact
    """The file as a whole cannot be read; `code` is one of REJECTIONS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def header(*, source: str, sequence: int, created_at: str) -> str:
    """Return the first line of a usage file."""
    return DELIMITER.join(("H", MAGIC, VERSION, source, str(sequence), created_at))


def trailer(*, count: int, duration_seconds: int, volume_bytes: int) -> str:
    """Return the last line of a usage file: number of records, sums of durations and volumes."""
    return DELIMITER.join(("T", str(count), str(duration_seconds), str(volume_bytes)))


def parse_header(line: str) -> Header:
    """Read the first line; raises RejectedFile with the precise cause."""
    fields = line.split(DELIMITER)
    if len(fields) == 1 and line.startswith("H") and line[1:2] in {",", "\t", "|", ":"}:
        raise RejectedFile("wrong_delimiter")
    if fields[:2] != ["H", MAGIC]:
        raise RejectedFile("not_a_usage_file")
    if fields[2:3] != [VERSION]:
        raise RejectedFile("unsupported_version")
    if len(fields) < 6 or not fields[3] or not fields[4].isascii() or not fields[4].isdigit():
        raise RejectedFile("bad_header")
    return Header(fields[3][:60], int(fields[4][:18]), fields[5][:40])


def parse_trailer(line: str) -> tuple[int, int, int] | None:
    """Read the last line; None when it is no trailer."""
    fields = line.split(DELIMITER)
    if fields[0] != "T" or len(fields) < 4 or not all(item.isascii() and item.isdigit() for item in fields[1:4]):
        return None
    return int(fields[1]), int(fields[2]), int(fields[3])
