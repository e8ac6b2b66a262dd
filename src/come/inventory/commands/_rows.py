"""Rows of the installed base that several verbs write: columns, prices that start or end, states."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from come.inventory import models, records
from come.shared import actor as actors, period

PRODUCT_COLUMNS = (
    "id", "customer_file_id", "agency_id", "billing_account_id", "parent_id", "offering_code", "offering_version",
    "name_fr", "kind", "user_label", "label_key", "cost_centre_id", "state", "state_reason", "created_at",
    "activated_at", "commitment_start_date", "commitment_end_date", "agreement_reference", "order_item_ref",
)  # fmt: skip
STATE_COLUMNS = ("product_id", "state", "reason", "start_at", "actor_name")
ASSIGNMENT_COLUMNS = ("product_id", "kind", "number_id", "sim_id", "device_id", "start_at")
PRICE_COLUMNS = (
    "product_id", "billing_account_id", "code", "name_fr", "price_type", "nature", "tax_category", "amount_exact",
    "list_amount_exact", "currency", "instalment_count", "start_date", "end_date", "in_advance",
    "agreement_reference", "clause_number", "clause_text", "reason_fr", "offering_code", "offering_version",
)  # fmt: skip
TERM_COLUMNS = (
    "product_id", "line_id", "tariff_code", "precedence", "allowance_code", "allowance_quantity", "valid_from",
)  # fmt: skip


def write_state(identifiers: Sequence[uuid.UUID], to: str, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Put products in a state from an instant on, closing the one before."""
    models.ProductState.objects.filter(product_id__in=identifiers, end_at=None).update(end_at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_product_state (product_id, state, reason, start_at, actor_name)"
            " SELECT id, %s, %s, %s, %s FROM unnest(%s::uuid[]) AS given(id)",
            [to, reason, at, actor.name, list(identifiers)],
        )
    ended = {"terminated_at": at} if to == "terminated" else {}
    models.Product.objects.filter(id__in=identifiers).update(state=to, state_reason=reason, **ended)


def end_prices(product_ids: Sequence[uuid.UUID], last_day: dt.date) -> None:
    """End recurring prices on that day; what is already due (one-off, instalments of a device) stays due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_product_price SET end_date = greatest(start_date, %s) WHERE product_id = ANY(%s)"
            " AND price_type = 'recurring' AND (end_date IS NULL OR end_date > %s)",
            [last_day, list(product_ids), last_day],
        )


def price_row(
    product_id: uuid.UUID, account_id: uuid.UUID | None, price: records.NewPrice, first_day: dt.date, agreement_reference: str
) -> tuple[Any, ...]:
    """Return a price as it is written (PRICE_COLUMNS), from a day on unless it names its own."""
    start = price.start_date or first_day
    return (
        product_id, account_id, price.code, price.name_fr, price.price_type, price.nature, price.tax_category, price.amount,
        price.list_amount, "EUR", price.instalment_count, start, price.end_date or _last_instalment(price, start), price.in_advance,
        agreement_reference if price.clause_number else "", price.clause_number, price.clause_text, price.reason_fr,
        price.offering_code, price.offering_version,
    )  # fmt: skip


def _last_instalment(price: records.NewPrice, start: dt.date) -> dt.date | None:
    """Return the day after an instalment plan's last month; None for prices that run on."""
    if price.price_type != "instalment" or not price.instalment_count:
        return None
    return period.add_months(start, price.instalment_count)
