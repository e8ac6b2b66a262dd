"""An agreement or an amendment being written on screen: what was typed, read and judged by the rules of files. No Django here.

`typed` is JSON of texts as they were typed, `{"agreement": {name, valid_from, valid_to}, "clauses": […], "commitments": […],
"members": […]}`: the whole agreement as it reads from its first day on. A row says what it is about in one field (`subject`:
"offering:CODE", "offering_kind:plan", "tariff_zone:ZONE", "allowance:CODE", or "all" for a commitment), which price of it in another
(`price`: a price type, a service, or "code:ABO"), and its value in a third. The place of a mistake is the path of its field
("clauses.0.value"). `taken`, if there, lists the numbers that other texts of the agreement used: no new clause receives them.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from come.catalogue import policies, records
from come.catalogue.files import content, located, problems, shapes, sheets
from come.catalogue.files.checks import agreements as clause_checks, commitments as commitment_checks, index
from come.shared import identifiers, text

Typed = dict[str, Any]
LISTS = ("clauses", "commitments", "members")
MAIN = "agreement"
_SHOWN = {
    "offering_code": "subject", "offering_kind": "subject", "zone_code": "subject", "allowance_code": "subject", "target_kind": "subject",
    "price_code": "price", "price_type": "price", "service": "price", "amount": "value", "percentage": "value", "formula": "value",
    "allowance_quantity": "value",
}  # fmt: skip
"""The field of the screen that says a key of files."""
_VALUES = {"amount": "amount", "percentage": "percentage", "formula": "formula", "quantity": "allowance_quantity"}
_PRICE_KEYS = {"offering": "price_type", "offering_kind": "price_type", "tariff_zone": "service"}
_SUBJECT_KEYS = {
    "offering": "offering_code", "offering_kind": "offering_kind", "tariff_zone": "zone_code", "allowance": "allowance_code",
}  # fmt: skip
_MEASURED = re.compile(r"([\d .,\u00a0\u202f]+?)\s*(go|mo|h|min|unités)?", re.IGNORECASE)
_MEASURES = {name.lower(): size for name, (_unit, size) in sheets.MEASURES.items()}
_AMENDED = re.compile(r"/A\d+$")


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """A company of the group, by its SIREN."""

    siren: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """The name of an agreement and the days on which it reads so, `[valid_from, valid_to)`."""

    name: str
    valid_from: dt.date
    valid_to: dt.date | None = None


WORDS = shapes.Shape(
    text.noop("accord"),
    Words,
    (
        shapes.Field("name", "text", text.noop("le nom sous lequel vos interlocuteurs le connaissent"), is_required=True, longest=200),
        shapes.Field("valid_from", "date", text.noop("le premier jour"), is_required=True),
        shapes.Field("valid_to", "date", text.noop("le lendemain du dernier jour ; vide = sans fin")),
    ),
)
MEMBER = shapes.Shape(
    text.noop("entreprise du groupe"),
    Member,
    (
        shapes.Field("siren", "text", text.noop("son SIREN, neuf chiffres"), is_required=True, longest=20),
        shapes.Field("valid_from", "date", text.noop("le premier jour où elle est couverte")),
        shapes.Field("valid_to", "date", text.noop("le lendemain du dernier jour")),
    ),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """What a text says, and everything that stands in the way of signing it; `words` is None when it cannot be read."""

    words: Words | None
    clauses: tuple[records.ClauseRecord, ...]
    commitments: tuple[records.CommitmentRecord, ...]
    members: tuple[Member, ...]
    problems: tuple[problems.Problem, ...]


# ------------------------------------------------------------------------------------------------ from records to texts


def typed_of(
    *,
    name: str,
    valid_from: dt.date,
    valid_to: dt.date | None,
    clauses: Iterable[records.ClauseRecord],
    commitments: Iterable[records.CommitmentRecord],
    members: Iterable[Member] = (),
) -> Typed:
    """Return the texts that say an agreement."""
    return {
        MAIN: {"name": name, "valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat() if valid_to else ""},
        "clauses": [_clause_text(clause) for clause in clauses],
        "commitments": [_commitment_text(commitment) for commitment in commitments],
        "members": [{"siren": one.siren, "valid_from": _day(one.valid_from), "valid_to": _day(one.valid_to)} for one in members],
    }


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _clause_text(clause: records.ClauseRecord) -> Typed:
    target = "offering" if clause.target_kind == records.ClauseTarget.PRICE else str(clause.target_kind)
    price = f"code:{clause.price_code}" if clause.price_code else (clause.price_type or clause.service or "")
    value = sheets.said(getattr(clause, _VALUES[str(clause.kind)]))
    return {
        "number": clause.number,
        "subject": f"{target}:{getattr(clause, _SUBJECT_KEYS[target])}",
        "price": price,
        "kind": str(clause.kind),
        "value": value if clause.formula is not None else value.replace(".", ","),
        "minimum_quantity": sheets.said(clause.minimum_quantity),
        "text_fr": clause.text_fr,
        "tariff_code": clause.tariff_code or "",
        "origin_zone_code": clause.origin_zone_code or "",
        "allowance_scope": clause.allowance_scope or "",
        "of_offering": clause.offering_code or "" if target == "allowance" else "",
        "valid_from": _day(clause.valid_from),
        "valid_to": _day(clause.valid_to),
    }


def _commitment_text(commitment: records.CommitmentRecord) -> Typed:
    target = str(commitment.target_kind)
    code = {"offering": commitment.offering_code, "offering_kind": commitment.offering_kind}.get(target)
    return {
        "number": commitment.number,
        "kind": str(commitment.kind),
        "subject": f"{target}:{code}" if code else "all",
        "period": str(commitment.period),
        "minimum": sheets.said(commitment.minimum),
        "shortfall_rule": str(commitment.shortfall_rule),
        "unit_amount": sheets.said(commitment.unit_amount),
        "percentage": sheets.said(commitment.percentage),
        "text_fr": commitment.text_fr,
    }


# ------------------------------------------------------------------------------------------------ what goes without typing


def completed(typed: Typed, names: Mapping[str, str]) -> Typed:
    """Return the text with the numbers and sentences that need no typing; what was typed is never changed.

    `names` gives the French name of what rows are about, by `subject`.
    """
    rows = [*typed["clauses"], *typed["commitments"]]
    used = {row.get("number", "") for row in rows} | set(typed.get("taken", ()))
    made = {**typed, "clauses": [dict(row) for row in typed["clauses"]], "commitments": [dict(row) for row in typed["commitments"]]}
    for row in (*made["clauses"], *made["commitments"]):
        if not row.get("number"):
            row["number"] = next(str(number) for number in range(1, len(rows) + len(used) + 2) if str(number) not in used)
            used.add(row["number"])
    for row in made["clauses"]:
        row["text_fr"] = row.get("text_fr") or str(policies.clause_sentence_fr(row, names.get(row.get("subject", ""), "")))
    for row in made["commitments"]:
        row["text_fr"] = row.get("text_fr") or str(policies.commitment_sentence_fr(row, names.get(row.get("subject", ""), "")))
    return made


def amended_number(number: str, amendment: int) -> str:
    """Return the number of a clause that an amendment words anew: 4.2 is 4.2/A1, then 4.2/A2; what bills cite stays one text."""
    return f"{_AMENDED.sub('', number)}/A{amendment}"


# ------------------------------------------------------------------------------------------------ reading and judging


def judged(*, known: content.CatalogueContent, typed: Typed, names: Mapping[str, str]) -> Sheet:
    """Return what a text says and everything that stands in the way of signing it against this catalogue."""
    reading = shapes.Reading()
    whole = completed(typed, names)
    words = _read(reading, WORDS, whole[MAIN], MAIN)
    clauses = [_read(reading, content.CLAUSE, _clause_keys(row), f"clauses.{place}") for place, row in enumerate(whole["clauses"])]
    commitments = [
        _read(reading, content.COMMITMENT, _commitment_keys(row), f"commitments.{place}") for place, row in enumerate(whole["commitments"])
    ]
    members = [_read(reading, MEMBER, row, f"members.{place}") for place, row in enumerate(whole["members"])]
    reading.found[:] = [_beside_its_field(problem) for problem in reading.found]
    held = tuple(one for one in clauses if one is not None)
    promised = tuple(one for one in commitments if one is not None)
    looked_up = index.Index(dataclasses.replace(known, agreement_templates=()), reading)
    found = [
        *reading.found,
        *clause_checks.check_clauses(looked_up, held),
        *commitment_checks.check_commitments(looked_up, promised),
        *_twice(whole),
        *_nothing(whole),
        *_days(words),
        *_sirens(whole),
        *_members(members),
        *_sentences(whole),
        *_never(words, clauses),
    ]
    return Sheet(words, held, promised, tuple(one for one in members if one is not None), tuple(dict.fromkeys(map(_on_screen, found))))


def _clause_keys(row: Mapping[str, str]) -> dict[str, str]:
    """Return a clause's row in the keys of files; what makes no sense for its subject is left aside."""
    target, _, code = row.get("subject", "").partition(":")
    price = row.get("price", "")
    keys = {"number": row.get("number", ""), "kind": row.get("kind", ""), "text_fr": row.get("text_fr", "")}
    keys |= {name: row.get(name, "") for name in ("minimum_quantity", "valid_from", "valid_to")}
    if target == "offering" and price.startswith("code:"):
        target = "price"
        keys |= {"offering_code": code, "price_code": price.removeprefix("code:")}
    elif target in _SUBJECT_KEYS:
        keys[_SUBJECT_KEYS[target]] = code
        if target in _PRICE_KEYS:
            keys[_PRICE_KEYS[target]] = price
    if target == "tariff_zone":
        keys |= {"tariff_code": row.get("tariff_code", ""), "origin_zone_code": row.get("origin_zone_code", "")}
    if target == "allowance":
        keys |= {"allowance_scope": row.get("allowance_scope", ""), "offering_code": row.get("of_offering", "")}
    keys["target_kind"] = target
    value = row.get("value", "")
    keys[_VALUES.get(row.get("kind", ""), "amount")] = _measured(value) if row.get("kind") == "quantity" else value
    return keys


def _measured(written: str) -> str:
    """Read "20 Go" as a number of bytes; a number alone is in the volume's own unit."""
    found = _MEASURED.fullmatch(written.strip())
    if found is None:
        return written
    digits = "".join(found[1].split()).replace("\u00a0", "").replace("\u202f", "")
    return str(int(digits) * _MEASURES.get((found[2] or "").lower(), 1)) if digits.isdigit() else written


def _commitment_keys(row: Mapping[str, str]) -> dict[str, str]:
    target, _, code = row.get("subject", "").partition(":")
    keys = {name: row.get(name, "") for name in ("number", "kind", "period", "minimum", "shortfall_rule", "text_fr")}
    keys["target_kind"] = target or "all"
    if target in {"offering", "offering_kind"}:
        keys[_SUBJECT_KEYS[target]] = code
    if row.get("shortfall_rule") != "none" and row.get("kind") == "volume":
        keys["unit_amount"] = row.get("unit_amount", "")
    if row.get("shortfall_rule") == "percentage":
        keys["percentage"] = row.get("percentage", "")
    return keys


def _read(reading: shapes.Reading, shape: shapes.Shape, given: Mapping[str, str], path: str) -> Any:
    items: dict[str, located.Value] = {
        field.name: located.Scalar(
            problems.Mark(f"{path}.{_SHOWN.get(field.name, field.name)}"), sheets.plain(field, str(given.get(field.name, "")))
        )
        for field in shape.fields
    }
    return shapes.read_object(reading, shape, located.Mapping(problems.Mark(path), items))


def _beside_its_field(problem: problems.Problem) -> problems.Problem:
    """Say a mistake of form as one says it beside a field, not in a file."""
    if problem.code == "catalogue.key.missing":
        return dataclasses.replace(problem, message=text.T("Ce champ est nécessaire."), next_step=text.T("Complétez-le."))
    if problem.code.startswith("catalogue.value.") and problem.code != "catalogue.value.negative":
        return dataclasses.replace(
            problem,
            message=text.T("Cette valeur ne convient pas."),
            next_step=text.T("Corrigez-la : un nombre, une date, ou un choix de la liste."),
        )
    return problem


def _on_screen(problem: problems.Problem) -> problems.Problem:
    path, _, key = problem.file.rpartition(".")
    return dataclasses.replace(problem, file=f"{path}.{_SHOWN.get(key, key)}") if path else problem


def _twice(whole: Typed) -> Iterable[problems.Problem]:
    seen: set[str] = set()
    for part in ("clauses", "commitments"):
        for place, row in enumerate(whole[part]):
            if row["number"] in seen:
                yield problems.problem(
                    problems.Mark(f"{part}.{place}.number"),
                    "code.duplicate",
                    text.T("Deux clauses portent le numéro {number}.", number=row["number"]),
                    text.T("Donnez un numéro propre à chaque clause : il est cité sur les devis et les factures."),
                )
            seen.add(row["number"])


def _nothing(whole: Typed) -> Iterable[problems.Problem]:
    if not whole["clauses"]:
        yield problems.problem(
            problems.Mark("clauses"),
            "agreement.empty",
            text.T("L’accord n’a aucune clause : il ne négocierait aucun prix."),
            text.T("Ajoutez au moins une clause, ou partez d’un modèle."),
        )


def _days(words: Words | None) -> Iterable[problems.Problem]:
    if words is not None and words.valid_to is not None and words.valid_to <= words.valid_from:
        yield problems.problem(
            problems.Mark(f"{MAIN}.valid_to"),
            "period.reversed",
            text.T("La fin n’est pas après le début."),
            text.T("Choisissez une fin postérieure au début."),
        )


def _sirens(whole: Typed) -> Iterable[problems.Problem]:
    for place, row in enumerate(whole["members"]):
        if not row.get("siren"):
            continue
        try:
            identifiers.check_siren(row["siren"])
        except identifiers.InvalidIdentifier as error:
            yield problems.problem(
                problems.Mark(f"members.{place}.siren"), "member.siren", error.reason, text.T("Corrigez le SIREN de cette entreprise.")
            )


def _sentences(whole: Typed) -> Iterable[problems.Problem]:
    """Report a sentence that says another value than its clause: the one before, most often."""
    for place, row in enumerate(whole["clauses"]):
        said = policies.contradicted_value(row)
        if said is not None:
            yield problems.problem(
                problems.Mark(f"clauses.{place}.text_fr"),
                "clause.sentence",
                text.T("La phrase dit {said}, la clause {value}.", said=said, value=row.get("value", "")),
                text.T("Réécrivez la phrase, ou videz-la : elle se propose seule."),
            )


def _never(words: Words | None, clauses: Iterable[records.ClauseRecord | None]) -> Iterable[problems.Problem]:
    """Report a clause that would never apply: its days are over before the text's first one, or begin after its end."""
    for place, clause in enumerate(clauses):
        if words is None or clause is None:
            continue
        start = max(clause.valid_from or words.valid_from, words.valid_from)
        key = "valid_to" if clause.valid_to is not None and clause.valid_to <= start else "valid_from"
        ends = [day for day in (clause.valid_to, words.valid_to) if day is not None]
        if start >= min(ends, default=dt.date.max) and (clause.valid_from or clause.valid_to):
            yield problems.problem(
                problems.Mark(f"clauses.{place}.{key}"),
                "clause.never",
                text.T("À ces dates, cette clause ne s’appliquerait jamais."),
                text.T("Donnez-lui des jours qui tombent pendant l’accord, ou videz ses dates."),
            )


def _members(members: Iterable[Member | None]) -> Iterable[problems.Problem]:
    """Report a company named twice, or covered until before it is."""
    seen: set[str] = set()
    for place, one in enumerate(members):
        if one is None:
            continue
        siren = "".join(one.siren.split())
        if siren in seen:
            yield problems.problem(
                problems.Mark(f"members.{place}.siren"),
                "member.duplicate",
                text.T("Cette entreprise est déjà dans la liste."),
                text.T("Gardez une seule ligne par entreprise."),
            )
        seen.add(siren)
        if one.valid_from is not None and one.valid_to is not None and one.valid_to <= one.valid_from:
            yield problems.problem(
                problems.Mark(f"members.{place}.valid_to"),
                "period.reversed",
                text.T("La fin n’est pas après le début."),
                text.T("Choisissez une fin postérieure au début."),
            )


# ------------------------------------------------------------------------------------------------ from a spreadsheet

COLUMNS = {
    "numero": "number", "clause": "number", "vise": "subject", "offre": "subject", "famille": "subject", "zone": "subject",
    "prix": "price", "comment": "kind", "nature": "kind", "valeur": "value", "montant": "value", "a partir de": "minimum_quantity",
    "lignes": "minimum_quantity", "phrase": "text_fr", "texte": "text_fr",
}  # fmt: skip
"""What the columns of a pasted table are called, without accents."""
DEFAULT_ORDER = ("number", "subject", "price", "kind", "value", "minimum_quantity", "text_fr")
_KINDS = {"%": "percentage", "pourcentage": "percentage", "remise": "percentage", "€": "amount", "montant": "amount", "formule": "formula"}


def pasted(table: str, subjects: Mapping[str, str], prices: Mapping[str, str]) -> list[Typed]:
    """Return the rows of clauses that a table from a spreadsheet says; what is not understood stays as typed, to be corrected.

    `subjects` and `prices` give the value of each name or code that people write, in lower case. The first line names the columns when
    all its cells are names of columns; else they come in the order of the screen.
    """
    lines = [line for line in csv.reader(io.StringIO(table.strip("\r\n")), delimiter="\t") if any(cell.strip() for cell in line)]
    if not lines:
        return []
    named = [COLUMNS.get(_bare(cell), "") for cell in lines[0] if cell.strip()]
    columns = named if named and all(named) else list(DEFAULT_ORDER)
    return [_pasted_row(columns, line, subjects, prices) for line in (lines[1:] if columns is named else lines)]


def _bare(cell: str) -> str:
    return unicodedata.normalize("NFD", cell).encode("ascii", "ignore").decode().strip().lower()


def _pasted_row(columns: list[str], line: list[str], subjects: Mapping[str, str], prices: Mapping[str, str]) -> Typed:
    row = dict.fromkeys(DEFAULT_ORDER, "")
    row |= {name: cell.strip() for name, cell in zip(columns, line, strict=False)}
    row["subject"] = subjects.get(row["subject"].lower(), row["subject"])
    row["price"] = prices.get(row["price"].lower(), row["price"]) or "recurring"
    kind = _KINDS.get(row["kind"].lower(), row["kind"])
    value = row["value"]
    row["kind"] = kind or ("percentage" if value.endswith("%") else "formula" if "liste" in value.lower() else "amount")
    row["value"] = value.rstrip("%€ ").lstrip("-") if row["kind"] in {"percentage", "amount"} else value
    return row
