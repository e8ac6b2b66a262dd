"""Offerings, prices and specifications in the shapes of TMF620."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import http

from come.catalogue import policies, records
from come.shared import period, tmf

BASE = "/tmf-api/productCatalogManagement/v4"
STATUSES = {"draft": "In design", "review": "In test", "scheduled": "Active", "live": "Launched", "retired": "Retired"}


def _offering_id(record: records.OfferingRecord) -> str:
    return f"{record.code}:{record.version}"


def _valid_for(start: dt.date | None, end: dt.date | None) -> dict[str, str]:
    days = {"startDateTime": start, "endDateTime": end}
    return {name: period.day_start(day).isoformat() for name, day in days.items() if day is not None}


def offering(request: http.HttpRequest, record: records.OfferingRecord) -> dict[str, Any]:
    """Return an offering version as a ProductOffering."""
    identifier = _offering_id(record)
    return {
        "id": identifier,
        "href": tmf.href(request, f"{BASE}/productOffering/{identifier}"),
        "name": record.name_fr,
        "description": record.description_fr,
        "version": str(record.version),
        "lifecycleStatus": STATUSES[record.lifecycle_status],
        "lastUpdate": record.updated_at.isoformat() if record.updated_at else None,
        "isBundle": record.kind == records.OfferingKind.BUNDLE,
        "isSellable": record.is_sellable_alone,
        "validFor": _valid_for(record.valid_from, record.valid_to),
        "category": [{"id": record.kind, "name": policies.KIND_NAMES_FR[records.OfferingKind(record.kind)], "@type": "CategoryRef"}],
        "marketSegment": [{"id": segment, "name": policies.SEGMENT_NAMES_FR[segment]} for segment in record.segments],
        "productSpecification": {
            "id": record.specification_code,
            "href": tmf.href(request, f"{BASE}/productSpecification/{record.specification_code}"),
            "@type": "ProductSpecificationRef",
        },
        "productOfferingPrice": [_price_reference(request, record, price) for price in record.prices],
        "productOfferingTerm": [
            {"name": term.text_fr, "duration": {"amount": term.commitment_months, "units": "month"}, "@type": "ProductOfferingTerm"}
            for term in record.terms
        ],
        "bundledProductOffering": [_member_body(request, member) for member in record.members],
        "@type": "ProductOffering",
    }


def _member_body(request: http.HttpRequest, member: records.BundleMemberRecord) -> dict[str, Any]:
    return {
        "id": member.code,
        "href": tmf.href(request, f"{BASE}/productOffering/{member.code}"),
        "bundledProductOfferingOption": {
            "numberRelOfferDefault": member.default,
            "numberRelOfferLowerLimit": member.minimum,
            "numberRelOfferUpperLimit": member.maximum,
        },
        "@type": "BundledProductOffering",
    }


def _price_reference(request: http.HttpRequest, record: records.OfferingRecord, price: records.PriceRecord) -> dict[str, Any]:
    identifier = f"{_offering_id(record)}:{price.code}"
    return {
        "id": identifier,
        "href": tmf.href(request, f"{BASE}/productOfferingPrice/{identifier}"),
        "name": price.name_fr,
        "@type": "ProductOfferingPriceRef",
    }


def price(request: http.HttpRequest, record: records.OfferingRecord, price: records.PriceRecord) -> dict[str, Any]:
    """Return a price as a ProductOfferingPrice."""
    is_monthly = price.price_type in {records.PriceType.RECURRING, records.PriceType.INSTALMENT}
    body = {
        **_price_reference(request, record, price),
        "version": str(record.version),
        "lifecycleStatus": STATUSES[record.lifecycle_status],
        "lastUpdate": record.updated_at.isoformat() if record.updated_at else None,
        "isBundle": False,
        "priceType": {"one_off": "oneTime"}.get(price.price_type, price.price_type),
        "price": {"unit": "EUR", "value": _number(price.amount)},
        "tax": [{"taxCategory": price.tax_category, "@type": "TaxItem"}],
        "validFor": _valid_for(record.valid_from, record.valid_to),
        "@type": "ProductOfferingPrice",
    }
    if is_monthly:
        body |= {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}
    if price.instalment_count is not None:
        body["productOfferingTerm"] = [{"name": price.name_fr, "duration": {"amount": price.instalment_count, "units": "month"}}]
    return body


def _number(amount: Decimal) -> int | float:
    """Return an amount as the JSON number that the standard asks for; up to fifteen digits it is read back exactly."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def specification(request: http.HttpRequest, record: records.SpecificationRecord) -> dict[str, Any]:
    """Return a specification as a ProductSpecification."""
    return {
        "id": str(record.id),
        "href": tmf.href(request, f"{BASE}/productSpecification/{record.id}"),
        "name": record.name_fr,
        "description": record.description_fr,
        "brand": record.brand,
        "productNumber": record.code,
        "isBundle": False,
        "version": "1",
        "lifecycleStatus": "Retired" if record.lifecycle_status == "retired" else "Active",
        "lastUpdate": record.updated_at.isoformat(),
        "productSpecCharacteristic": [
            {
                "id": one.name,
                "name": one.name,
                "description": one.name_fr,
                "valueType": one.value_type,
                "configurable": one.is_configurable,
                "productSpecCharacteristicValue": [{"value": value, "unitOfMeasure": one.unit} for value in one.values],
                "@type": "ProductSpecificationCharacteristic",
            }
            for one in record.characteristics
        ],
        "@type": "ProductSpecification",
    }
