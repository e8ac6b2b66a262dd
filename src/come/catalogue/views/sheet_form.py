"""The form of an offer being written: its sections and fields, from what was typed and back."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from come.catalogue import policies, queries, records
from come.catalogue.files import content, sheets
from come.shared.text import noop

Options = Mapping[str, list[tuple[str, str]]]
_LINE_KINDS = ("plan", "data_plan", "m2m", "sip_trunk")
_PRICED = tuple(kind for kind in content.KINDS if kind not in {"bundle", "discount"})


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One field of a section. `widget`: text, area, number, date, select, checks (several choices), tick (yes or no)."""

    name: str
    label: str
    widget: str = "text"
    options: str = ""
    default: str = ""
    help: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: one object, or rows that are added and removed. `kinds` empty = every kind of offer."""

    path: str
    title: str
    columns: tuple[Column, ...]
    is_list: bool = False
    add: str = ""
    kinds: tuple[str, ...] = ()
    help: str = ""


SECTIONS = (
    Section(
        "offering",
        noop("Présentation"),
        (
            Column("name_fr", noop("Nom")),
            Column("kind", noop("Famille"), "select", "kinds"),
            Column("valid_from", noop("En vente du"), "date"),
            Column("valid_to", noop("au (exclu)"), "date"),
            Column("description_fr", noop("Description"), "area"),
            Column("needs_msisdn", noop("Demande un numéro"), "tick"),
            Column("needs_sim", noop("Demande une carte SIM"), "tick"),
            Column("needs_device", noop("Demande un terminal"), "tick"),
            Column("is_sellable_alone", noop("Se vend seule"), "tick"),
            Column("is_free", noop("Gratuite, volontairement"), "tick"),
        ),
    ),
    Section(
        "offering.prices",
        noop("Prix"),
        (
            Column("price_type", noop("Nature"), "select", "price_types", "recurring"),
            Column("amount", noop("Montant HT en euros"), "number"),
            Column("name_fr", noop("Nom sur la facture")),
            Column("instalment_count", noop("Échéances"), "number"),
            Column("commitment_months", noop("Engagement (mois)"), "number"),
            Column("cost_eur", noop("Coût en euros"), "number"),
            Column("tax_category", noop("TVA"), "select", "taxes", "standard"),
            Column("nature", noop("Bien ou service"), "select", "natures", "service"),
            Column("in_advance", noop("Facturé d’avance"), "tick", default="true"),
            Column("code", noop("Code")),
        ),
        is_list=True,
        add=noop("Ajouter un prix"),
        kinds=_PRICED,
    ),
    Section(
        "offering.allowances",
        noop("Volumes inclus chaque mois"),
        (
            Column("service", noop("Service"), "select", "services", "data"),
            Column("quantity", noop("Quantité"), "number"),
            Column("measure", noop("Unité"), "select", "measures", "Go"),
            Column("scope", noop("Partage"), "select", "scopes", "line"),
            Column("zones", noop("Zones appelées"), help=noop("Codes séparés par des virgules ; vide = toutes")),
            Column("origin_zones", noop("Depuis les zones"), help=noop("Vide = toutes")),
            Column("name_fr", noop("Nom")),
            Column("priority", noop("Ordre de consommation"), "number", default="100"),
            Column("code", noop("Code")),
        ),
        is_list=True,
        add=noop("Ajouter un volume"),
        kinds=(*_LINE_KINDS, "option", "pool"),
    ),
    Section(
        "tariff",
        noop("Prix des consommations"),
        (
            Column("name_fr", noop("Nom du nouveau tarif")),
            Column("based_on", noop("Pour tout le reste, comme"), "select", "tariffs"),
            Column("calendar_code", noop("Calendrier des heures"), "select", "calendars"),
        ),
        kinds=(*_LINE_KINDS, "option"),
    ),
    Section(
        "rates",
        noop("Prix d’usage qui changent avec cette version"),
        (
            Column("service", noop("Service"), "select", "services", "voice"),
            Column("origin_zone", noop("Depuis"), "select", "origins", "ANY"),
            Column("destination_zone", noop("Vers"), "select", "destinations", "ANY"),
            Column("band_code", noop("Heures"), "select", "bands"),
            Column("price_eur", noop("Prix HT en euros"), "number"),
            Column("price_quantity", noop("pour"), "select", "price_quantities", "60"),
            Column("counting", noop("Comptage"), "select", "countings", "1/1"),
            Column("connection_fee_eur", noop("Par appel, en euros"), "number", default="0"),
            Column("minimum_charge_eur", noop("Minimum par acte"), "number", default="0"),
            Column("maximum_charge_eur", noop("Maximum par acte"), "number"),
        ),
        is_list=True,
        add=noop("Ajouter un prix d’usage"),
        kinds=(*_LINE_KINDS, "option"),
        help=noop("Ils valent pour toutes les offres et toutes les lignes de ce tarif, à partir du premier jour de vente."),
    ),
    Section(
        "offering.terms",
        noop("Engagements"),
        (
            Column("commitment_months", noop("Durée (mois)"), "number"),
            Column("notice_days", noop("Préavis (jours)"), "number", default="30"),
            Column(
                "early_termination",
                noop("Sortie anticipée"),
                help=noop("Mois : part des mensualités restantes. Par exemple 0: 100; 12: 25"),
            ),
            Column("text_fr", noop("Phrase du contrat")),
        ),
        is_list=True,
        add=noop("Ajouter un engagement"),
    ),
    Section(
        "offering#eligibility",
        noop("À qui"),
        (
            Column("segments", noop("Clientèles"), "checks", "segments"),
            Column("territories", noop("Territoires (aucun coché : partout)"), "checks", "territories"),
            Column("minimum_fleet", noop("Lignes au minimum"), "number"),
            Column("maximum_fleet", noop("Lignes au maximum"), "number"),
            Column("minimum_installed", noop("Lignes déjà installées, au moins"), "number"),
            Column("maximum_installed", noop("Lignes déjà installées, au plus"), "number", help=noop("0 : nouveaux clients seulement")),
        ),
    ),
    Section(
        "offering.members",
        noop("Composants de l’offre groupée"),
        (
            Column("code", noop("Offre"), "select", "offerings"),
            Column("minimum", noop("Minimum"), "number", default="0"),
            Column("default", noop("Proposé"), "number", default="1"),
            Column("maximum", noop("Maximum"), "number", default="1"),
        ),
        is_list=True,
        add=noop("Ajouter un composant"),
        kinds=("bundle",),
    ),
    Section(
        "offering.discount_tiers",
        noop("Paliers de remise"),
        (
            Column("minimum_quantity", noop("À partir de"), "number"),
            Column("price_type", noop("Prix réduits"), "select", "price_types", "recurring"),
            Column("percentage", noop("Réduction en points"), "number"),
            Column("amount", noop("ou en euros HT"), "number"),
            Column("target_kinds", noop("Familles visées"), "checks", "kinds"),
            Column("target_codes", noop("ou codes d’offres")),
            Column("text_fr", noop("Phrase du devis")),
        ),
        is_list=True,
        add=noop("Ajouter un palier"),
        kinds=("discount",),
    ),
    Section(
        "rules",
        noop("Règles de compatibilité"),
        (
            Column("source", noop("Offre"), help=noop("Vide = cette offre")),
            Column("kind", noop("Règle"), "select", "rule_kinds", "requires"),
            Column("targets", noop("Offres visées"), help=noop("Codes séparés par des virgules, ou kind:option pour toute une famille")),
            Column("minimum", noop("Minimum"), "number"),
            Column("maximum", noop("Maximum"), "number"),
            Column("scope", noop("Portée"), "select", "rule_scopes", "line"),
            Column("message_fr", noop("Phrase qui l’explique")),
        ),
        is_list=True,
        add=noop("Ajouter une règle"),
    ),
    Section(
        "offering.characteristics",
        noop("Caractéristiques"),
        (
            Column("name_fr", noop("Nom")),
            Column("name", noop("Nom technique"), help=noop("Minuscules, chiffres et soulignés")),
            Column("value_type", noop("Type"), "select", "value_types", "text"),
            Column("values", noop("Valeur, ou choix"), help=noop("Séparés par des virgules")),
            Column("unit", noop("Unité")),
            Column("is_configurable", noop("À choisir à la vente"), "tick"),
        ),
        is_list=True,
        add=noop("Ajouter une caractéristique"),
    ),
)
LISTS = {section.path: section for section in SECTIONS if section.is_list}
_PLACE = re.compile(r"\.(\d{1,3})\.")


def starting_fields(kind: str) -> dict[str, Any]:
    """Return what follows from the kind of a new offer: what it needs, and one row of what it always has."""
    own: dict[str, Any] = {
        "needs_msisdn": _yes(kind in {"plan", "m2m", "data_plan"}),
        "needs_sim": _yes(kind in {"plan", "m2m", "data_plan"}),
        "needs_device": _yes(kind == "device"),
        "is_sellable_alone": _yes(kind not in {"option", "discount"}),
    }
    if kind in _PRICED:
        own["prices"] = [new_row("offering.prices")]
    if kind == "bundle":
        own["members"] = [new_row("offering.members")]
    if kind == "discount":
        own["discount_tiers"] = [new_row("offering.discount_tiers")]
    return own


def _yes(value: bool) -> str:  # noqa: FBT001 - a value turned into its text
    return "true" if value else "false"


def new_row(path: str) -> dict[str, str]:
    """Return a new row of a list, with what most rows say."""
    return {column.name: column.default for column in LISTS[path].columns}


def sections(typed: sheets.Typed) -> list[Section]:
    """Return the parts of the page that an offer of this kind has; what was typed in another is still shown."""
    kind = typed["offering"].get("kind", "")
    return [
        section
        for section in SECTIONS
        if not section.kinds or kind in section.kinds or (section.is_list and bool(rows_of(typed, section.path)))
    ]


def rows_of(typed: sheets.Typed, path: str) -> list[dict[str, Any]]:
    """Return the rows of a list."""
    root, _dot, name = path.partition(".")
    found: list[dict[str, Any]] = typed["offering"].get(name, []) if name else typed[root]
    return found


def typed_from(post: QueryDict, before: sheets.Typed) -> sheets.Typed:
    """Return the sheet that a form says; what the form does not show stays as it was."""
    own = dict(before["offering"])
    typed: sheets.Typed = {"offering": own, "tariff": dict(before["tariff"]), "rules": before["rules"], "rates": before["rates"]}
    for section in sections(before):
        root, _hash, _part = section.path.partition("#")
        if section.is_list:
            kept = rows_of(before, section.path)
            made = [_row(post, section, place, kept) for place in _places(post, section.path)]
            if section.path.startswith("offering."):
                own[section.path.removeprefix("offering.")] = made
            else:
                typed[section.path] = made
        else:
            typed[root].update(_values(post, section, root, typed[root]))
    if "offering.tariff" in post:
        own["tariff"] = post["offering.tariff"]
    return typed


def _places(post: QueryDict, path: str) -> list[int]:
    found = {int(match[1]) for name in post if name.startswith(f"{path}.") and (match := _PLACE.match(name, len(path)))}
    return sorted(found)


def _row(post: QueryDict, section: Section, place: int, kept: list[dict[str, Any]]) -> dict[str, Any]:
    before = kept[place] if place < len(kept) else {}
    return {**before, **_values(post, section, f"{section.path}.{place}", before)}


def _values(post: QueryDict, section: Section, prefix: str, before: Mapping[str, Any]) -> dict[str, str]:
    values = {}
    for column in section.columns:
        name = f"{prefix}.{column.name}"
        if column.widget == "tick":
            values[column.name] = _yes(name in post)
        elif column.widget == "checks":
            values[column.name] = "|".join(post.getlist(name))
        else:
            values[column.name] = post.get(name, before.get(column.name, "")).strip()
    return values


def options() -> Options:
    """Return the choices of every list of the form."""
    shown = queries.sheet_choices()
    nothing = ("", "—")
    services = [(code, _(name)) for code, name in policies.SERVICE_NAMES_FR.items()]
    return {
        "tariffs": [nothing, *shown["tariffs"]],
        "calendars": [nothing, *shown["calendars"]],
        "origins": [("ANY", _("Partout")), *shown["origins"]],
        "destinations": [("ANY", _("Toutes destinations")), (content.INCOMING, _("Reçus")), *shown["destinations"]],
        "bands": [("", _("Toutes")), *shown["bands"]],
        "offerings": [nothing, *shown["offerings"]],
        "kinds": [(kind.value, _(name)) for kind, name in policies.KIND_NAMES_FR.items()],
        "price_types": [(kind.value, _(name)) for kind, name in policies.PRICE_TYPE_NAMES_FR.items() if kind != records.PriceType.USAGE],
        "services": services,
        "scopes": [(code, _(name)) for code, name in policies.SCOPE_NAMES_FR.items()],
        "segments": [(code, _(name)) for code, name in policies.SEGMENT_NAMES_FR.items()],
        "territories": [(code, _(name)) for code, name in policies.TERRITORY_NAMES_FR.items()],
        "rule_kinds": [(kind.value, _(name)) for kind, name in policies.RULE_NAMES_FR.items()],
        "rule_scopes": [("line", _("La ligne")), ("quote", _("Tout le devis"))],
        "taxes": [("standard", _("taux normal")), ("reduced", _("taux réduit")), ("exempt", _("exonéré"))],
        "natures": [("service", _("Service")), ("goods", _("Bien"))],
        "measures": [("Go", _("Go")), ("Mo", _("Mo")), ("h", _("heures")), ("min", _("minutes")), ("unités", _("messages"))],
        "price_quantities": [
            ("60", _("une minute")),
            ("1", _("un acte ou une seconde")),
            ("1000000", _("un Mo")),
            ("1000000000", _("un Go")),
        ],
        "countings": [
            ("1/1", _("à la seconde, à l’unité")),
            ("60/60", _("par minute entière")),
            ("60/1", _("1 min puis à la seconde")),
            ("30/1", _("30 s puis à la seconde")),
            ("1000/1000", _("par Ko")),
            ("1000000/1000000", _("par Mo")),
        ],
        "value_types": [("text", _("Texte")), ("number", _("Nombre")), ("boolean", _("Oui ou non"))],
    }


def drawn(typed: sheets.Typed, choices: Options) -> list[dict[str, Any]]:
    """Return the sections as the template draws them: fields with their path, label, value and choices."""
    shown = []
    whole = sheets.completed(typed)
    for section in sections(typed):
        root = section.path.partition("#")[0]
        if section.is_list:
            pairs = zip(rows_of(typed, section.path), rows_of(whole, section.path), strict=True)
            rows = [
                [_drawn_field(column, f"{section.path}.{place}", row, full, choices) for column in section.columns]
                for place, (row, full) in enumerate(pairs)
            ]
        else:
            rows = [[_drawn_field(column, root, typed[root], whole[root], choices) for column in section.columns]]
        shown.append({"section": section, "id": section.path.replace(".", "-").replace("#", "-"), "rows": rows})
    return shown


def _drawn_field(column: Column, prefix: str, values: Mapping[str, Any], full: Mapping[str, Any], choices: Options) -> dict[str, Any]:
    path = f"{prefix}.{column.name}"
    value = str(values.get(column.name, ""))
    if column.name == "counting" and not value and values.get("first_increment"):
        value = f"{values['first_increment']}/{values['next_increment']}"
    given = list(choices.get(column.options, []))
    if column.widget == "select" and value and value not in {code for code, _words in given}:
        given.append((value, value))
    return {
        "path": path,
        "id": "f-" + path.replace(".", "-"),
        "label": _(column.label),
        "widget": column.widget,
        "value": value,
        "placeholder": "" if value else str(full.get(column.name, "")),
        "chosen": value.split("|") if value else [],
        "options": given,
        "help": _(column.help) if column.help else "",
    }
