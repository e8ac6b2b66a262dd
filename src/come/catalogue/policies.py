"""Decisions of the catalogue: where a version stands, who may publish it, which clause makes a price. No Django."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from come.catalogue import records
from come.shared import formatting, money, obstacles, text

WHOLE = Decimal(100)
_POSTCODE_LENGTH = 5
TRANSITIONS = {
    "draft": {"review", "approved", "withdrawn"},
    "review": {"draft", "approved", "withdrawn"},
    "approved": {"withdrawn"},
    "withdrawn": set[str](),
}
"""From one state of approval to the next ones; the dates of an approved version do the rest."""

STATUS_NAMES_FR = {
    records.LifecycleStatus.DRAFT: text.noop("Brouillon"),
    records.LifecycleStatus.REVIEW: text.noop("En relecture"),
    records.LifecycleStatus.SCHEDULED: text.noop("Programmée"),
    records.LifecycleStatus.LIVE: text.noop("En vente"),
    records.LifecycleStatus.RETIRED: text.noop("Retirée"),
}


def lifecycle_status(*, approval: str, valid_from: dt.date, valid_to: dt.date | None, on: dt.date) -> records.LifecycleStatus:
    """Return where a version stands on a day."""
    if approval in {"draft", "review"}:
        return records.LifecycleStatus(approval)
    if approval == "withdrawn" or (valid_to is not None and valid_to <= on):
        return records.LifecycleStatus.RETIRED
    return records.LifecycleStatus.SCHEDULED if on < valid_from else records.LifecycleStatus.LIVE


def transition_obstacles(*, code: str, before: str, after: str) -> list[obstacles.Obstacle]:
    """Return why a version may not pass from one state of approval to another."""
    if after in TRANSITIONS[before]:
        return []
    return [
        obstacles.Obstacle(
            "catalogue.transition",
            obstacles.Severity.REFUSAL,
            text.T(
                "L’offre « {code} » est à l’état « {before} » : elle ne peut pas passer à « {after} ».",
                code=code,
                before=before,
                after=after,
            ),
            text.T("Créez une nouvelle version si l’offre doit changer."),
        ),
    ]


def publication_obstacles(
    *,
    code: str,
    approval: str,
    edited_by_id: uuid.UUID | None,
    publisher_id: uuid.UUID | None,
    author_ids: Iterable[uuid.UUID] = (),
) -> list[obstacles.Obstacle]:
    """Return why this person may not publish this version: it is read by somebody else than those who wrote it."""
    found = transition_obstacles(code=code, before=approval, after="approved")
    if publisher_id is not None and publisher_id in {edited_by_id, *author_ids}:
        found.append(
            obstacles.Obstacle(
                "catalogue.second_person",
                obstacles.Severity.REFUSAL,
                text.T("Vous avez écrit cette version de « {code} » : une autre personne doit la relire et la publier.", code=code),
                text.T("Demandez la relecture ; l’offre reste en attente, rien n’est perdu."),
            ),
        )
    return found


def writing_obstacles(*, code: str, version: int, approval: str) -> list[obstacles.Obstacle]:
    """Return why a version may not be written in: only a draft is."""
    if approval == "draft":
        return []
    if approval == "review":
        return [
            obstacles.Obstacle(
                "catalogue.in_review",
                obstacles.Severity.REFUSAL,
                text.T("La version {version} de « {code} » est en relecture : elle ne change plus.", version=version, code=code),
                text.T("Rendez-la à son auteur si elle doit changer."),
            ),
        ]
    return [
        obstacles.Obstacle(
            "catalogue.not_a_draft",
            obstacles.Severity.REFUSAL,
            text.T("La version {version} de « {code} » n’est plus un brouillon : elle ne change plus.", version=version, code=code),
            text.T("Créez une nouvelle version pour changer l’offre."),
        ),
    ]


def retirement_obstacles(*, code: str, approval: str, valid_to: dt.date | None, last: dt.date, today: dt.date) -> list[obstacles.Obstacle]:
    """Return why a version may not stop being sold on that day: the past is not rewritten, an end is not put off."""
    found = []
    if approval != "approved":
        found += transition_obstacles(code=code, before=approval, after="retired") if approval == "withdrawn" else []
    if last < today:
        found.append(
            obstacles.Obstacle(
                "catalogue.retired_in_past",
                obstacles.Severity.REFUSAL,
                text.T("L’offre « {code} » ne peut pas être retirée le {day}, un jour passé.", code=code, day=formatting.day(last)),
                text.T("Choisissez aujourd’hui ou un jour à venir."),
                "valid_to",
            ),
        )
    if valid_to is not None and valid_to < last:
        found.append(
            obstacles.Obstacle(
                "catalogue.already_ending",
                obstacles.Severity.REFUSAL,
                text.T("L’offre « {code} » s’arrête déjà le {day}.", code=code, day=formatting.day(valid_to)),
                text.T("Créez une nouvelle version pour la vendre plus longtemps."),
                "valid_to",
            ),
        )
    return found


def change_obstacles(
    *,
    code: str,
    version: int,
    approval: str,
    valid_from: dt.date,
    today: dt.date,
    only_end_changes: bool,
    new_end: dt.date | None,
) -> list[obstacles.Obstacle]:
    """Return why a version may not be rewritten: what has been sold is frozen; only its end may still be set, in the future."""
    if approval in {"draft", "review"} or (approval == "approved" and today < valid_from):
        return []
    if only_end_changes and (new_end is None or new_end >= today):
        return []
    return [
        obstacles.Obstacle(
            "catalogue.version.frozen",
            obstacles.Severity.REFUSAL,
            text.T("La version {version} de « {code} » a déjà été en vente : son contenu ne change plus.", version=version, code=code),
            text.T("Donnez-lui une fin (« valid_to ») à partir d’aujourd’hui, et décrivez le changement dans une nouvelle version."),
        ),
    ]


def clauses_in_force(clauses: Iterable[records.ClauseRecord], on: dt.date) -> list[records.ClauseRecord]:
    """Return the clauses that apply on a day."""
    return [
        clause
        for clause in clauses
        if (clause.valid_from is None or clause.valid_from <= on) and (clause.valid_to is None or on < clause.valid_to)
    ]


_PRECISION = {
    records.ClauseTarget.PRICE: 0,
    records.ClauseTarget.OFFERING: 1,
    records.ClauseTarget.OFFERING_KIND: 2,
    records.ClauseTarget.TARIFF_ZONE: 3,
}


def clause_for_price(
    clauses: Sequence[records.ClauseRecord],
    *,
    offering_code: str,
    offering_kind: str,
    price_code: str,
    price_type: str,
    quantity: int,
    on: dt.date,
) -> records.ClauseRecord | None:
    """Return the clause that makes a price, or None when the list price holds.

    The most precise target wins (price, then offering, then kind of offerings); among equals, the highest
    `minimum_quantity` that the quantity reaches.
    """

    def speaks_of(clause: records.ClauseRecord) -> bool:
        if (clause.minimum_quantity or 0) > quantity:
            return False
        match clause.target_kind:
            case records.ClauseTarget.PRICE:
                return clause.offering_code == offering_code and clause.price_code == price_code
            case records.ClauseTarget.OFFERING:
                return clause.offering_code == offering_code and clause.price_type == price_type
            case records.ClauseTarget.OFFERING_KIND:
                return clause.offering_kind == offering_kind and clause.price_type == price_type
            case _:
                return False

    found = [clause for clause in clauses_in_force(clauses, on) if speaks_of(clause)]
    return min(
        found, key=lambda clause: (_PRECISION[records.ClauseTarget(clause.target_kind)], -(clause.minimum_quantity or 0)), default=None
    )


def clause_for_rate(
    clauses: Sequence[records.ClauseRecord],
    *,
    tariff_code: str,
    service: str,
    origin_zone: str,
    destination_zone: str,
    on: dt.date,
) -> records.ClauseRecord | None:
    """Return the clause that makes a usage price: one on the tariff before one on every tariff, then the destination before the origin."""
    found = [
        clause
        for clause in clauses_in_force(clauses, on)
        if clause.target_kind == records.ClauseTarget.TARIFF_ZONE
        and clause.tariff_code in {None, tariff_code}
        and clause.service == service
        and clause.zone_code in {origin_zone, destination_zone}
        and clause.origin_zone_code in {None, origin_zone}
    ]
    return min(
        found,
        key=lambda clause: (clause.tariff_code is None, clause.zone_code != destination_zone, clause.origin_zone_code is None),
        default=None,
    )


class NoAmountError(ValueError):
    """A clause makes no price of this list price; the text says why, for people."""

    def __init__(self, said: text.T) -> None:
        super().__init__(said)
        self.said = said


def negotiated_amount(*, listed: Decimal, clause: records.ClauseRecord, quantity: int) -> Decimal:
    """Return the exact amount that a clause makes of a list price, to the six decimals that prices keep.

    `quantity` is how many units the clause speaks of. The one home of this rule: quotes, bills and usage ask it. Raises NoAmountError.
    """
    if clause.kind == records.ClauseKind.AMOUNT and clause.amount is not None:
        return clause.amount
    if clause.kind == records.ClauseKind.PERCENTAGE and clause.percentage is not None:
        return (listed * (WHOLE - clause.percentage) / WHOLE).quantize(money.MICRO, rounding=decimal.ROUND_HALF_UP)
    raise NoAmountError(text.T("La clause {number} ne donne pas de prix pour {quantity} unités.", number=clause.number, quantity=quantity))


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
