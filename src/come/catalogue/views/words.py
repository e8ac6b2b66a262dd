"""Words and tones of the catalogue for templates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import http
from django.utils.translation import gettext as _

from come.catalogue import policies, records

TONES = {"draft": "draft", "review": "waiting", "scheduled": "progress", "live": "done", "retired": "cancelled"}


def context() -> dict[str, Any]:
    """Return the words that every template of the catalogue needs, in the reader's language."""
    return {
        "kind_names": {kind.value: _(name) for kind, name in policies.KIND_NAMES_FR.items()},
        "price_type_names": {kind.value: _(name) for kind, name in policies.PRICE_TYPE_NAMES_FR.items()},
        "status_names": {status.value: _(name) for status, name in policies.STATUS_NAMES_FR.items()},
        "status_tones": TONES,
        "service_names": {code: _(name) for code, name in policies.SERVICE_NAMES_FR.items()},
        "scope_names": {code: _(name) for code, name in policies.SCOPE_NAMES_FR.items()},
        "territory_names": {code: _(name) for code, name in policies.TERRITORY_NAMES_FR.items()},
        "segment_names": {code: _(name) for code, name in policies.SEGMENT_NAMES_FR.items()},
        "rule_names": {kind.value: _(name) for kind, name in policies.RULE_NAMES_FR.items()},
        "rate_unit": policies.rate_unit_fr,
        "increments": policies.increments_fr,
        "quantity": policies.quantity_fr,
    }


def asked_day(request: http.HttpRequest, default: dt.date, name: str = "date") -> dt.date:
    """Return the day of `?date=` (or of another name), or the default where it is absent or no day."""
    try:
        return dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return default


def main_price(record: records.OfferingRecord) -> records.PriceRecord | None:
    """Return the price by which people know an offer: the monthly one, else the first."""
    for kind in (records.PriceType.RECURRING, records.PriceType.INSTALMENT, records.PriceType.ONE_OFF):
        found = record.prices_of(kind)
        if found:
            return found[0]
    return record.prices[0] if record.prices else None
