"""What screens and documents say of the catalogue's words and quantities."""

from __future__ import annotations

from come.catalogue import records
from come.shared import formatting, text

_POSTCODE_LENGTH = 5
_OVERSEAS = {"971": "guadeloupe", "972": "martinique", "973": "guyane", "974": "reunion", "976": "mayotte"}


def territory_of(postcode: str) -> str:
    """Return the territory of a French postcode, one of `files.values.TERRITORIES`; empty when it is no postcode."""
    digits = postcode.strip()
    return _OVERSEAS.get(digits[:3], "metropole") if len(digits) == _POSTCODE_LENGTH and digits.isdigit() else ""


KIND_NAMES_FR = {
    records.OfferingKind.PLAN: text.noop("Forfait mobile"),
    records.OfferingKind.DATA_PLAN: text.noop("Internet mobile"),
    records.OfferingKind.M2M: text.noop("Objets connectés"),
    records.OfferingKind.DEVICE: text.noop("Terminal"),
    records.OfferingKind.ACCESSORY: text.noop("Accessoire"),
    records.OfferingKind.OPTION: text.noop("Option"),
    records.OfferingKind.POOL: text.noop("Volume partagé"),
    records.OfferingKind.SIP_TRUNK: text.noop("Accès Xoip"),
    records.OfferingKind.NUMBER_BLOCK: text.noop("Tranche de numéros"),
    records.OfferingKind.BUNDLE: text.noop("Offre convergente"),
    records.OfferingKind.DISCOUNT: text.noop("Remise"),
    records.OfferingKind.SERVICE: text.noop("Prestation"),
}
PRICE_TYPE_NAMES_FR = {
    records.PriceType.ONE_OFF: text.noop("Une fois"),
    records.PriceType.RECURRING: text.noop("Par mois"),
    records.PriceType.INSTALMENT: text.noop("Mensualité"),
    records.PriceType.DEPOSIT: text.noop("Dépôt"),
    records.PriceType.USAGE: text.noop("À l’usage"),
}
SERVICE_NAMES_FR = {
    "voice": text.noop("Appels"),
    "sms": text.noop("SMS"),
    "mms": text.noop("MMS"),
    "data": text.noop("Internet"),
}
SCOPE_NAMES_FR = {
    "line": text.noop("Par ligne"),
    "account_shared": text.noop("Commun au compte"),
    "pool_per_line": text.noop("Apporté par chaque ligne au volume commun"),
}
TERRITORY_NAMES_FR = {
    "metropole": text.noop("Métropole"),
    "guadeloupe": text.noop("Guadeloupe"),
    "martinique": text.noop("Martinique"),
    "guyane": text.noop("Guyane"),
    "reunion": text.noop("La Réunion"),
    "mayotte": text.noop("Mayotte"),
}
SEGMENT_NAMES_FR = {
    "pro": text.noop("Professionnels"),
    "pme": text.noop("PME"),
    "enterprise": text.noop("Grandes entreprises"),
    "public": text.noop("Secteur public"),
}
RULE_NAMES_FR = {
    records.RuleKind.REQUIRES: text.noop("Exige"),
    records.RuleKind.EXCLUDES: text.noop("Exclut"),
    records.RuleKind.CARDINALITY: text.noop("Compte"),
    records.RuleKind.REPLACES: text.noop("Remplace"),
}
_MINUTE_SECONDS = 60
_MEGABYTE = 1_000_000


def rate_unit_fr(*, service: str, quantity: int) -> text.T:
    """Return what a usage price pays for, in words: "la minute", "le Mo"."""
    if service == "voice":
        if quantity == _MINUTE_SECONDS:
            return text.T("la minute")
        return text.T("la seconde") if quantity == 1 else text.T("les {seconds} s", seconds=quantity)
    if service == "data":
        return text.T("le Mo") if quantity == _MEGABYTE else text.T("les {volume}", volume=formatting.bytes_fr(quantity))
    return text.T("l’unité") if quantity == 1 else text.T("les {count}", count=quantity)


def increments_fr(*, service: str, first: int, following: int) -> text.T:
    """Return how units are counted, in words: "à la seconde", "30 s puis à la seconde"."""
    if service == "voice":
        if first == following == 1:
            return text.T("à la seconde")
        if first == following == _MINUTE_SECONDS:
            return text.T("par minute entière")
        return text.T("{first} s, puis par {following} s", first=first, following=following)
    if service == "data":
        return text.T("par {volume}", volume=formatting.bytes_fr(following))
    return text.T("à l’unité")


def quantity_fr(*, unit: str, quantity: int) -> str:
    """Return an included quantity in words: "50 Go", "2 h 00 min 00 s", "100"."""
    if unit == "bytes":
        return formatting.bytes_fr(quantity)
    return formatting.duration(quantity) if unit == "seconds" else formatting.number(quantity)
