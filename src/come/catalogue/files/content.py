"""The shapes of everything that a catalogue's folder may hold: what reads, writes and documents it."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from come.catalogue import records
from come.catalogue.files.dealing import AGREEMENT_TEMPLATE, CLAUSE, COMMITMENT
from come.catalogue.files.fields import BIG as _BIG, CODE as _CODE, FROM as _FROM, MAYBE_FROM as _MAYBE_FROM, NAME as _NAME, TO as _TO
from come.catalogue.files.shapes import Field, Shape
from come.catalogue.files.values import (
    APPROVALS,
    CLAUSE_QUANTITIES,
    CURRENCY,
    DAYS,
    FORMAT,
    FREQUENCIES,
    INCOMING,
    KINDS,
    NATURES,
    PRICE_TYPES,
    ROUNDINGS,
    SCOPES,
    SCOPES_OF_RULES,
    SEGMENTS,
    SERVICES,
    TAX_CATEGORIES,
    TERRITORIES,
    UNITS,
    ZONE_KINDS,
    CatalogueContent,
    Header,
    OfferingContent,
    RuleContent,
    SpecificationContent,
)
from come.shared.text import noop

__all__ = [
    "AGREEMENT_TEMPLATE",
    "ALLOWANCE",
    "APPROVALS",
    "BAND",
    "CHARACTERISTIC",
    "CLAUSE",
    "CLAUSE_QUANTITIES",
    "COMMITMENT",
    "CURRENCY",
    "DAYS",
    "DISCOUNT_TIER",
    "EARLY_TERMINATION",
    "FORMAT",
    "FREQUENCIES",
    "HEADER",
    "HOLIDAY",
    "INCOMING",
    "KINDS",
    "MEMBER",
    "NATURES",
    "NETWORK",
    "OFFERING",
    "PREFIX",
    "PRICE",
    "PRICE_TYPES",
    "RATE",
    "ROOT",
    "ROUNDINGS",
    "RULE",
    "SCOPES",
    "SCOPES_OF_RULES",
    "SEGMENTS",
    "SERVICES",
    "SPECIFICATION",
    "TABLES",
    "TARIFF",
    "TAX_CATEGORIES",
    "TERM",
    "TERRITORIES",
    "UNITS",
    "ZONE",
    "ZONE_KINDS",
    "_BIG",
    "_CODE",
    "_FROM",
    "_MAYBE_FROM",
    "_NAME",
    "_SHORT_NAME",
    "_SMALL",
    "_TO",
    "CatalogueContent",
    "Header",
    "OfferingContent",
    "RuleContent",
    "SpecificationContent",
]


def _field(name: str, kind: str, doc: str, **options: Any) -> Field:
    return Field(name, kind, doc, **options)


_SHORT_NAME = dataclasses.replace(_NAME, longest=120)
_SMALL = 32_767

HEADER = Shape(
    noop("catalogue"),
    Header,
    (
        _field("format", "choice", noop("le nom du format"), is_required=True, choices=(FORMAT,)),
        _field("operator", "text", noop("l’opérateur"), is_required=True),
        _field("currency", "text", noop("la monnaie de tous les montants"), is_required=True),
        _field("home_zone", "code", noop("la zone d’itinérance du pays de l’opérateur"), is_required=True),
        _field("contract_zone", "text", noop("le fuseau horaire des contrats"), default="Europe/Paris"),
        _field("description_fr", "text", noop("ce que contient le dossier"), default=""),
    ),
)
CHARACTERISTIC = Shape(
    noop("caractéristique"),
    records.CharacteristicRecord,
    (
        _field("name", "name", noop("un nom technique"), is_required=True),
        _SHORT_NAME,
        _field("value_type", "choice", noop("le type de la valeur"), default="text", choices=("text", "number", "boolean")),
        _field("values", "texts", noop("la valeur, ou les choix possibles"), is_required=True, longest=200),
        _field("unit", "text", noop("l’unité"), default="", longest=20),
        _field("is_configurable", "boolean", noop("vrai s’il faut choisir"), default=False),
    ),
)
SPECIFICATION = Shape(
    noop("spécification"),
    SpecificationContent,
    (
        _CODE,
        _NAME,
        _field("description_fr", "text", noop("la description"), default=""),
        _field("brand", "text", noop("la marque"), default="", longest=80),
        _field("characteristics", "objects", noop("les caractéristiques"), default=(), shape=CHARACTERISTIC),
    ),
)
PRICE = Shape(
    noop("prix"),
    records.PriceRecord,
    (
        _CODE,
        _field("price_type", "choice", noop("la nature du paiement"), is_required=True, choices=PRICE_TYPES),
        _field("amount", "decimal", noop("le montant hors taxes en euros"), is_required=True),
        _NAME,
        _field("tax_category", "choice", noop("la catégorie de TVA"), default="standard", choices=TAX_CATEGORIES),
        _field("nature", "choice", noop("service ou bien"), default="service", choices=NATURES),
        _field("instalment_count", "integer", noop("le nombre d’échéances"), largest=_SMALL),
        _field("instalment_frequency", "choice", noop("la fréquence des échéances"), default="month", choices=FREQUENCIES),
        _field("commitment_months", "integer", noop("l’engagement auquel ce prix est accordé, en mois"), largest=_SMALL),
        _field("cost_eur", "decimal", noop("ce que cela coûte à l’opérateur")),
        _field("in_advance", "boolean", noop("facturé avant le mois (terme à échoir)"), default=True),
    ),
)
ALLOWANCE = Shape(
    noop("volume inclus"),
    records.AllowanceRecord,
    (
        _CODE,
        _NAME,
        _field("service", "choice", noop("le service"), is_required=True, choices=SERVICES),
        _field("quantity", "integer", noop("la quantité incluse par mois"), largest=_BIG, is_required=True),
        _field("unit", "choice", noop("l’unité"), is_required=True, choices=("seconds", "bytes", "events")),
        _field("scope", "choice", noop("le partage"), default="line", choices=SCOPES),
        _field("zones", "codes", noop("les zones appelées ; absent = toutes"), default=()),
        _field("origin_zones", "codes", noop("les zones d’où l’on appelle ; absent = toutes"), default=()),
        _field("priority", "integer", noop("l’ordre de consommation, le plus petit d’abord"), largest=_SMALL, default=100),
    ),
)
EARLY_TERMINATION = Shape(
    noop("palier de résiliation anticipée"),
    records.EarlyTerminationStep,
    (
        _field("from_month", "integer", noop("le mois à partir duquel le palier vaut"), largest=_SMALL, is_required=True),
        _field("percentage", "decimal", noop("la part des mensualités restantes, en points"), is_required=True),
    ),
)
TERM = Shape(
    noop("engagement"),
    records.TermRecord,
    (
        _field("commitment_months", "integer", noop("la durée d’engagement en mois"), largest=_SMALL, is_required=True),
        _field("notice_days", "integer", noop("le préavis en jours"), largest=_SMALL, is_required=True),
        _field("early_termination", "objects", noop("le coût d’une sortie anticipée"), default=(), shape=EARLY_TERMINATION),
        _field("text_fr", "text", noop("la phrase du contrat"), default=""),
    ),
)
MEMBER = Shape(
    noop("composant d’offre groupée"),
    records.BundleMemberRecord,
    (
        _CODE,
        _field("minimum", "integer", noop("le nombre minimal"), is_required=True),
        _field("maximum", "integer", noop("le nombre maximal"), is_required=True),
        _field("default", "integer", noop("le nombre proposé"), is_required=True),
    ),
)
DISCOUNT_TIER = Shape(
    noop("palier de remise"),
    records.DiscountTierRecord,
    (
        _field("minimum_quantity", "integer", noop("le nombre à partir duquel le palier vaut"), is_required=True),
        _field("price_type", "choice", noop("les prix réduits"), is_required=True, choices=PRICE_TYPES),
        _field("percentage", "decimal", noop("la réduction en points")),
        _field("amount", "decimal", noop("la réduction en euros hors taxes")),
        _field("target_kinds", "choices", noop("les sortes d’offres visées"), default=(), choices=KINDS),
        _field("target_codes", "codes", noop("les offres visées"), default=()),
        _field("text_fr", "text", noop("la phrase du devis"), is_required=True),
    ),
)
OFFERING = Shape(
    noop("offre"),
    OfferingContent,
    (
        _CODE,
        _field("version", "integer", noop("le numéro de version"), default=1),
        _NAME,
        _field("description_fr", "text", noop("la description"), default=""),
        _field("kind", "choice", noop("la sorte d’offre"), is_required=True, choices=KINDS),
        _field("specification", "code", noop("la spécification technique"), is_required=True),
        _field("segments", "choices", noop("les clientèles"), default=SEGMENTS, choices=SEGMENTS),
        _FROM,
        _TO,
        _field("approval", "choice", noop("l’avancement : draft, review ou approved"), default="approved", choices=APPROVALS),
        _field("tariff", "code", noop("le tarif des consommations")),
        _field("needs_msisdn", "boolean", noop("demande un numéro"), default=False),
        _field("needs_sim", "boolean", noop("demande une carte SIM"), default=False),
        _field("needs_device", "boolean", noop("demande un terminal identifié"), default=False),
        _field("is_sellable_alone", "boolean", noop("se vend seule"), default=True),
        _field("minimum_fleet", "integer", noop("le nombre de lignes minimal")),
        _field("maximum_fleet", "integer", noop("le nombre de lignes maximal")),
        _field("territories", "choices", noop("les territoires des sites ; absent = tous"), default=(), choices=TERRITORIES),
        _field("minimum_installed", "integer", noop("le nombre de lignes que le client doit déjà avoir")),
        _field("maximum_installed", "integer", noop("le nombre de lignes que le client peut déjà avoir (0 : nouveaux clients)")),
        _field("is_free", "boolean", noop("vrai pour une offre sans prix, voulue ainsi"), default=False),
        _field("prices", "objects", noop("les prix"), default=(), shape=PRICE),
        _field("allowances", "objects", noop("les volumes inclus"), default=(), shape=ALLOWANCE),
        _field("terms", "objects", noop("les engagements"), default=(), shape=TERM),
        _field("characteristics", "objects", noop("les caractéristiques propres à l’offre"), default=(), shape=CHARACTERISTIC),
        _field("members", "objects", noop("les composants d’une offre groupée"), default=(), shape=MEMBER),
        _field("discount_tiers", "objects", noop("les paliers d’une remise"), default=(), shape=DISCOUNT_TIER),
    ),
)
RULE = Shape(
    noop("règle"),
    RuleContent,
    (
        _CODE,
        _field("kind", "choice", noop("ce que dit la règle"), is_required=True, choices=tuple(item.value for item in records.RuleKind)),
        _field("source", "code", noop("l’offre qui déclenche la règle"), is_required=True),
        _field("targets", "codes", noop("les offres visées"), is_required=True),
        _field("minimum", "integer", noop("le nombre minimal")),
        _field("maximum", "integer", noop("le nombre maximal")),
        _field("scope", "choice", noop("la ligne, ou tout le devis"), default="line", choices=SCOPES_OF_RULES),
        _FROM,
        _TO,
        _field("message_fr", "text", noop("la phrase qui explique la règle"), is_required=True),
    ),
)
BAND = Shape(
    noop("plage horaire"),
    records.TimeBandRecord,
    (
        _field("calendar_code", "code", noop("le calendrier"), is_required=True),
        _field("band_code", "code", noop("la plage"), is_required=True),
        _SHORT_NAME,
        _field("days", "choices", noop("les jours"), is_required=True, choices=DAYS),
        _field("start_minute", "clock", noop("l’heure de début"), is_required=True),
        _field("end_minute", "clock", noop("l’heure de fin (24:00 possible)"), is_required=True),
    ),
)
HOLIDAY = Shape(
    noop("jour férié"),
    records.HolidayRecord,
    (
        _field("calendar_code", "code", noop("le calendrier"), is_required=True),
        _field("day", "date", noop("le jour"), is_required=True),
        _SHORT_NAME,
    ),
)
ZONE = Shape(
    noop("zone"),
    records.ZoneRecord,
    (_CODE, _field("kind", "choice", noop("destination ou itinérance"), is_required=True, choices=ZONE_KINDS), _SHORT_NAME),
)
TARIFF = Shape(
    noop("tarif"),
    records.TariffRecord,
    (
        _CODE,
        _NAME,
        _field("calendar_code", "code", noop("le calendrier des plages horaires"), is_required=True),
        _field("based_on", "code", noop("le tarif qui vaut pour tout le reste")),
        _field("description_fr", "text", noop("la description"), default=""),
    ),
)
PREFIX = Shape(
    noop("indicatif"),
    records.PrefixRecord,
    (
        _field("prefix", "prefix", noop("l’indicatif international, chiffres seuls, ou #3646 pour un numéro court"), is_required=True),
        _field("zone_code", "code", noop("la zone appelée"), is_required=True),
        _SHORT_NAME,
        _field("country", "text", noop("le pays, code ISO à deux lettres"), is_required=True),
        _FROM,
        _TO,
    ),
)
NETWORK = Shape(
    noop("réseau visité"),
    records.NetworkRecord,
    (
        _field("mcc", "digits", noop("l’indicatif mobile du pays"), is_required=True),
        _field("mnc", "digits", noop("le code du réseau"), is_required=True),
        _SHORT_NAME,
        _field("country", "text", noop("le pays, code ISO à deux lettres"), is_required=True),
        _field("zone_code", "code", noop("la zone d’itinérance"), is_required=True),
        _FROM,
        _TO,
    ),
)
RATE = Shape(
    noop("prix d’usage"),
    records.RateRecord,
    (
        _field("tariff_code", "code", noop("le tarif"), is_required=True),
        _field("service", "choice", noop("le service"), is_required=True, choices=SERVICES),
        _field("origin_zone", "code", noop("la zone d’où l’on appelle"), is_required=True),
        _field("destination_zone", "code", noop("la zone appelée (ANY pour la data)"), is_required=True),
        _field("band_code", "code", noop("la plage horaire ; vide = toutes"), default=""),
        _field("price_eur", "decimal", noop("le prix hors taxes"), is_required=True),
        _field("price_quantity", "integer", noop("le nombre d’unités que ce prix paie"), largest=_BIG, is_required=True),
        _field("first_increment", "integer", noop("le premier pas de comptage"), largest=_BIG, is_required=True),
        _field("next_increment", "integer", noop("les pas suivants"), largest=_BIG, is_required=True),
        _FROM,
        _TO,
        _field("connection_fee_eur", "decimal", noop("les frais de mise en relation"), default=Decimal(0)),
        _field("minimum_charge_eur", "decimal", noop("le montant minimal d’un acte"), default=Decimal(0)),
        _field("maximum_charge_eur", "decimal", noop("le montant maximal d’un acte")),
        _field("rounding", "choice", noop("l’arrondi d’un acte"), default=ROUNDINGS[0], choices=ROUNDINGS),
    ),
)
ROOT = {
    "specifications": SPECIFICATION,
    "offerings": OFFERING,
    "rules": RULE,
    "bands": BAND,
    "holidays": HOLIDAY,
    "zones": ZONE,
    "tariffs": TARIFF,
    "agreement_templates": AGREEMENT_TEMPLATE,
}
"""Lists that a YAML file of the folder may hold at its top."""

TABLES = {"prefixes": PREFIX, "networks": NETWORK, "rates": RATE}
"""Lists that come as CSV files of that name."""
