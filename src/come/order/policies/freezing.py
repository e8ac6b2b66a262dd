"""Freeze what lines were sold with, and turn it back into what the inventory installs; pure.

A frozen pattern is JSON: `{"offerings": [{code, version, name_fr, kind, prices: […], terms: […]}]}`, the main offering first,
amounts as text so that no digit is lost.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from come.catalogue import records as catalogue
from come.inventory import policies as inventory_policies, records as inventory
from come.shared import obstacles, text


@dataclasses.dataclass(frozen=True, slots=True)
class AgreedPrice:
    """One price as it was agreed: the fields of a quote's priced component that the order keeps."""

    offering_code: str
    offering_version: int
    price_code: str
    price_type: str
    list_amount: Decimal
    amount: Decimal
    clause_number: str = ""
    clause_text: str = ""
    reason_fr: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class FrozenPattern:
    """What lines sold alike have in common, ready to be written."""

    plan_code: str
    plan_version: int
    plan_name_fr: str
    plan_kind: str
    option_codes: tuple[str, ...]
    device_code: str
    needs_msisdn: bool
    needs_sim: bool
    needs_device: bool
    commitment_months: int
    frozen: dict[str, Any]
    # What the order does to the lines of this pattern, where that is not the same for the whole order.
    action: str = ""
    operation: str = ""

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of its offerings."""
        return frozenset(offering["kind"] for offering in self.frozen["offerings"])


# Lines that are changed, not sold.
NOTHING_SOLD = FrozenPattern(
    plan_code="",
    plan_version=1,
    plan_name_fr="",
    plan_kind="",
    option_codes=(),
    device_code="",
    needs_msisdn=False,
    needs_sim=False,
    needs_device=False,
    commitment_months=0,
    frozen={"offerings": []},
)


def freeze(
    *,
    plan_code: str,
    option_codes: Sequence[str],
    device_code: str,
    prices: Sequence[AgreedPrice],
    offerings: Mapping[str, catalogue.OfferingRecord],
) -> tuple[FrozenPattern | None, tuple[obstacles.Obstacle, ...]]:
    """Return the pattern with its prices and usage terms, or every reason why it cannot be.

    A price that the catalogue does not know is an obstacle, never a zero.
    """
    codes = _codes(plan_code, option_codes, device_code, prices)
    found = [_unknown_offering(code) for code in codes if code not in offerings]
    found += [
        _unknown_price(price)
        for price in prices
        if price.offering_code in offerings and offerings[price.offering_code].price(price.price_code) is None
    ]
    if found or not codes:
        return None, tuple(found) or (_unknown_offering(plan_code),)
    records = [offerings[code] for code in codes]
    main = records[0]
    return (
        FrozenPattern(
            plan_code=main.code,
            plan_version=main.version,
            plan_name_fr=main.name_fr,
            plan_kind=str(main.kind),
            option_codes=tuple(option_codes),
            device_code=device_code,
            needs_msisdn=any(record.needs_msisdn for record in records),
            needs_sim=any(record.needs_sim for record in records),
            needs_device=any(record.needs_device for record in records) or bool(device_code),
            commitment_months=max(record.commitment_months for record in records),
            frozen={"offerings": [_frozen_offering(record, prices) for record in records]},
        ),
        (),
    )


def _codes(plan_code: str, option_codes: Sequence[str], device_code: str, prices: Sequence[AgreedPrice]) -> list[str]:
    wanted = [plan_code, *option_codes, device_code, *(price.offering_code for price in prices)]
    return list(dict.fromkeys(code for code in wanted if code))


def _frozen_offering(record: catalogue.OfferingRecord, prices: Sequence[AgreedPrice]) -> dict[str, Any]:
    return {
        "code": record.code,
        "version": record.version,
        "name_fr": record.name_fr,
        "kind": str(record.kind),
        "needs_msisdn": record.needs_msisdn,
        "prices": [
            _frozen_price(price, record)
            for price in prices
            if price.offering_code == record.code and price.price_type in inventory_policies.CHARGED_PRICE_TYPES
        ],
        "terms": [dataclasses.asdict(term) for term in usage_terms(record)],
    }


def _frozen_price(agreed: AgreedPrice, record: catalogue.OfferingRecord) -> dict[str, Any]:
    listed = record.price(agreed.price_code)
    if listed is None:
        raise AssertionError
    return {
        "code": agreed.price_code,
        "name_fr": listed.name_fr,
        "price_type": str(agreed.price_type),
        "nature": str(listed.nature),
        "tax_category": str(listed.tax_category),
        "amount": str(agreed.amount),
        "list_amount": str(agreed.list_amount),
        "instalment_count": listed.instalment_count,
        "in_advance": listed.in_advance,
        "clause_number": agreed.clause_number,
        "clause_text": str(agreed.clause_text),
        "reason_fr": str(agreed.reason_fr),
        "offering_version": agreed.offering_version,
    }


def usage_terms(record: catalogue.OfferingRecord) -> tuple[inventory.NewUsageTerm, ...]:
    """Return what an offering brings to the rating of its line: its tariff, its allowances."""
    precedence = inventory_policies.precedence_of(str(record.kind))
    tariff = (inventory.NewUsageTerm(precedence, tariff_code=record.tariff_code),) if record.tariff_code else ()
    return tariff + tuple(
        inventory.NewUsageTerm(
            precedence,
            tariff_code=record.tariff_code or "",
            allowance_code=allowance.code,
            allowance_quantity=allowance.quantity,
        )
        for allowance in record.allowances
    )


def new_parts(
    frozen: Mapping[str, Any],
) -> tuple[tuple[inventory.NewPrice, ...], tuple[inventory.NewUsageTerm, ...], tuple[inventory.NewPart, ...]]:
    """Return the prices and terms of the line itself, and the parts under it, from a frozen pattern."""
    main, *others = frozen["offerings"]
    parts = tuple(part_of(offering) for offering in others)
    return _prices(main), _terms(main), parts


def part_of(offering: Mapping[str, Any]) -> inventory.NewPart:
    """Return one frozen offering as the inventory takes it."""
    return inventory.NewPart(
        offering_code=offering["code"],
        offering_version=offering["version"],
        name_fr=offering["name_fr"],
        kind=inventory_policies.product_kind(offering["kind"]),
        prices=_prices(offering),
        terms=_terms(offering),
    )


def line_change(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a frozen change asks of the inventory: the fields of its LineChange that lines changed alike share."""
    change = frozen["change"]
    parts = [part_of(offering) for offering in frozen["offerings"]]
    has_plan = bool(change["plan"])
    return {
        "ended_codes": tuple(change["ended"]),
        "plan": parts[0] if has_plan else None,
        "parts": tuple(parts[1:] if has_plan else parts),
        "repriced": tuple((offering["code"], _prices(offering)) for offering in change["repriced"]),
        "commitment_start_date": _day(change["commitment_start_date"]),
        "commitment_end_date": _day(change["commitment_end_date"]),
    }


def _day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


def _prices(offering: Mapping[str, Any]) -> tuple[inventory.NewPrice, ...]:
    return tuple(
        inventory.NewPrice(
            code=price["code"],
            name_fr=price["name_fr"],
            price_type=price["price_type"],
            nature=price["nature"],
            tax_category=price["tax_category"],
            amount=Decimal(price["amount"]),
            list_amount=Decimal(price["list_amount"]),
            offering_code=offering["code"],
            offering_version=price["offering_version"],
            instalment_count=price["instalment_count"],
            in_advance=price["in_advance"],
            clause_number=price["clause_number"],
            clause_text=price["clause_text"],
            reason_fr=price["reason_fr"],
        )
        for price in offering["prices"]
    )


def _terms(offering: Mapping[str, Any]) -> tuple[inventory.NewUsageTerm, ...]:
    return tuple(inventory.NewUsageTerm(**term) for term in offering["terms"])


def _unknown_offering(code: str) -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "order.offering_unknown",
        obstacles.Severity.REFUSAL,
        text.T("L’offre « {code} » n’est plus au catalogue.", code=code),
        text.T("Demandez au responsable des offres de la publier, ou refaites le devis avec une offre actuelle."),
        f"offerings/{code}",
    )


def _unknown_price(price: AgreedPrice) -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "order.price_missing",
        obstacles.Severity.REFUSAL,
        text.T(
            "Le prix « {price} » de l’offre « {offering} » n’est plus au catalogue.", price=price.price_code, offering=price.offering_code
        ),
        text.T("Recalculez le devis : un prix absent n’est jamais compté pour zéro."),
        f"offerings/{price.offering_code}/prices/{price.price_code}",
    )
