"""The form of an agreement being written: its sections and fields, from what was typed and back."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from come.catalogue import policies, queries, records
from come.catalogue.files import agreement_sheets
from come.catalogue.views.sheet_form import Column, Section
from come.shared.text import noop

SECTIONS = (
    Section(
        "agreement",
        noop("Accord"),
        (
            Column("name", noop("Nom de l’accord")),
            Column("valid_from", noop("Prend effet le"), "date"),
            Column("valid_to", noop("Prend fin le (exclu)"), "date", help=noop("Vide : sans fin")),
        ),
    ),
    Section(
        "clauses",
        noop("Clauses"),
        (
            Column("number", noop("Numéro")),
            Column("subject", noop("Ce qui est visé"), "select", "subjects"),
            Column("price", noop("Prix visé"), "select", "prices", "recurring"),
            Column("kind", noop("Comment"), "select", "clause_kinds", "amount"),
            Column("value", noop("Valeur")),
            Column("minimum_quantity", noop("À partir de (lignes)"), "number"),
            Column("valid_from", noop("S’applique du"), "date"),
            Column("valid_to", noop("au (exclu)"), "date"),
            Column("text_fr", noop("Phrase citée sur le devis et la facture"), "area"),
        ),
        is_list=True,
        add=noop("Ajouter une clause"),
        help=noop("La valeur s’écrit 18,90, 12, arrondi(liste * 0,9; 2) ou 20 Go ; une phrase vide se propose seule."),
    ),
    Section(
        "commitments",
        noop("Engagements de volume ou de chiffre d’affaires"),
        (
            Column("number", noop("Numéro")),
            Column("kind", noop("Porte sur"), "select", "commitment_kinds", "volume"),
            Column("subject", noop("Ce qui compte"), "select", "commitment_subjects", "all"),
            Column("minimum", noop("Au moins"), "number"),
            Column("period", noop("Chaque"), "select", "periods", "month"),
            Column("shortfall_rule", noop("S’il en manque"), "select", "shortfalls", "difference"),
            Column("unit_amount", noop("Prix d’une ligne manquante, HT"), "number"),
            Column("percentage", noop("Part due, en points"), "number"),
            Column("text_fr", noop("Phrase"), "area"),
        ),
        is_list=True,
        add=noop("Ajouter un engagement"),
    ),
    Section(
        "members",
        noop("Autres entreprises du groupe"),
        (
            Column("siren", noop("SIREN")),
            Column("valid_from", noop("Couverte à partir du"), "date", help=noop("Vide : dès le premier jour")),
            Column("valid_to", noop("jusqu’au (exclu)"), "date"),
        ),
        is_list=True,
        add=noop("Ajouter une entreprise"),
        help=noop("Elles ont les mêmes prix que l’entreprise qui signe."),
    ),
)
LISTS = {section.path: section for section in SECTIONS if section.is_list}
_PLACE = re.compile(r"\.(\d{1,4})\.")


def new_row(path: str) -> dict[str, str]:
    """Return a new row of a list, with what most rows say."""
    return {column.name: column.default for column in LISTS[path].columns}


def with_copy(typed: agreement_sheets.Typed, path: str, place: int) -> agreement_sheets.Typed:
    """Return the text with a copy of a row at the end of its list, under a number still to come."""
    rows = typed[path]
    return {**typed, path: [*rows, {**rows[place], "number": ""}]} if place < len(rows) else typed


def typed_from(post: QueryDict, before: agreement_sheets.Typed) -> agreement_sheets.Typed:
    """Return the text that a form says; what the form does not show stays as it was."""
    typed = dict(before)
    for section in SECTIONS:
        if section.is_list:
            typed[section.path] = [_row(post, section, place, before[section.path]) for place in _places(post, section.path)]
        else:
            typed[section.path] = {**before[section.path], **_values(post, section, section.path, before[section.path])}
    return typed


def _places(post: QueryDict, path: str) -> list[int]:
    return sorted({int(match[1]) for name in post if name.startswith(f"{path}.") and (match := _PLACE.match(name, len(path)))})


def _row(post: QueryDict, section: Section, place: int, kept: list[dict[str, Any]]) -> dict[str, Any]:
    before = kept[place] if place < len(kept) else {}
    return {**before, **_values(post, section, f"{section.path}.{place}", before)}


def _values(post: QueryDict, section: Section, prefix: str, before: Mapping[str, Any]) -> dict[str, str]:
    return {column.name: post.get(f"{prefix}.{column.name}", str(before.get(column.name, ""))).strip() for column in section.columns}


def subject_groups(choices: Mapping[str, list[tuple[str, str]]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what a clause may be about, as the groups of one list."""
    titles = {
        "offering": _("Une offre"),
        "offering_kind": _("Une famille d’offres"),
        "tariff_zone": _("Les consommations d’une zone"),
        "allowance": _("Un volume inclus"),
    }
    return [("", [("", "—")]), *((titles[name], group) for name, group in choices.items())]


def options() -> dict[str, list[tuple[str, str]]]:
    """Return the choices of every list but that of subjects."""
    prices = [(kind.value, _(name)) for kind, name in policies.PRICE_TYPE_NAMES_FR.items() if kind != records.PriceType.USAGE]
    return {
        "prices": [*prices, *((code, _(name)) for code, name in policies.SERVICE_NAMES_FR.items())],
        "clause_kinds": [
            ("amount", _("Prix en €")),
            ("percentage", _("Remise %")),
            ("formula", _("Formule")),
            ("quantity", _("Quantité incluse")),
        ],
        "commitment_kinds": [("volume", _("Des lignes")), ("revenue", _("Des euros facturés HT"))],
        "periods": [("month", _("mois")), ("quarter", _("trimestre")), ("year", _("an"))],
        "shortfalls": [
            ("difference", _("la différence est due")),
            ("percentage", _("une part de la différence est due")),
            ("none", _("rien n’est dû")),
        ],
    }


def pasted(table: str, choices: Mapping[str, list[tuple[str, str]]]) -> list[dict[str, str]]:
    """Return the rows of clauses that a table from a spreadsheet says, by the names and codes that people write."""
    subjects: dict[str, str] = {}
    for group in choices.values():
        for value, name in group:
            for written in (name, name.rpartition(" (")[0], value.partition(":")[2]):
                if written:
                    subjects.setdefault(written.lower(), value)
    prices = {name.lower(): value for value, name in options()["prices"]} | {
        _("abonnement"): "recurring",
        _("frais"): "one_off",
        _("mise en service"): "one_off",
    }
    return agreement_sheets.pasted(table, subjects, prices)


def drawn(typed: agreement_sheets.Typed, choices: Mapping[str, list[tuple[str, str]]]) -> list[dict[str, Any]]:
    """Return the sections as the template draws them: fields with their path, label, value and choices."""
    groups = subject_groups(choices)
    given = options()
    names = queries.subject_names(choices)
    whole = agreement_sheets.completed(typed, names)
    shown = []
    for section in SECTIONS:
        if section.is_list:
            rows = [
                [_field(column, f"{section.path}.{place}", row, full, given, groups) for column in section.columns]
                for place, (row, full) in enumerate(zip(typed[section.path], whole[section.path], strict=True))
            ]
        else:
            rows = [[_field(column, section.path, typed[section.path], whole[section.path], given, groups) for column in section.columns]]
        shown.append({"section": section, "id": section.path, "rows": rows})
    return shown


def _field(  # noqa: PLR0917 - one private caller
    column: Column,
    prefix: str,
    values: Mapping[str, Any],
    full: Mapping[str, Any],
    given: Mapping[str, list[tuple[str, str]]],
    groups: list[tuple[str, list[tuple[str, str]]]],
) -> dict[str, Any]:
    path = f"{prefix}.{column.name}"
    value = str(values.get(column.name, ""))
    own_groups = groups if column.options == "subjects" else _counted(groups) if column.options == "commitment_subjects" else []
    choices = list(given.get(column.options, []))
    known = {code for code, _name in choices} | {code for _title, group in own_groups for code, _name in group}
    if column.widget == "select" and value and value not in known:
        extra = (value, value.removeprefix("code:"))
        choices.append(extra)
        own_groups = [*own_groups, ("", [extra])] if own_groups else []
    return {
        "path": path,
        "id": "f-" + path.replace(".", "-"),
        "label": _(column.label),
        "widget": column.widget,
        "value": value,
        "placeholder": "" if value else str(full.get(column.name, "")),
        "options": choices,
        "groups": own_groups,
        "help": _(column.help) if column.help else "",
        "rows": 1,
    }


def _counted(groups: list[tuple[str, list[tuple[str, str]]]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what may count towards a commitment: everything, an offer, or a family of offers."""
    kept = [group for group in groups if group[1] and group[1][0][0].partition(":")[0] in {"offering", "offering_kind"}]
    return [("", [("all", _("Tout"))]), *kept]


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What an amendment changes of one clause, as people read it."""

    number: str
    before: str
    after: str
    word: str
    tone: str


def changes(found: list[policies.Changed]) -> list[Change]:
    """Return the changes of an amendment in words."""
    made = []
    for one in found:
        if one.before is None:
            word, tone = _("ajoutée"), "done"
        elif one.after is None:
            word, tone = _("retirée"), "cancelled"
        else:
            word, tone = _("changée"), "progress"
        made.append(Change(one.number, one.before.text_fr if one.before else "", one.after.text_fr if one.after else "", word, tone))
    return made
