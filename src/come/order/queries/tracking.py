"""The customer's link: a signed name of an order, and what it shows to whoever holds it."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid

from django.core import signing
from django.db.models import Count

from come.order import models, records
from come.order.policies import tracking
from come.party import queries as party_queries
from come.shared import obstacles, text
from come.staff import queries as staff_queries

_SIGNER_SALT = "order.tracking"
_SEPARATOR = "."
TRACKED_LINES = 100


def tracking_token(*, order_id: uuid.UUID) -> str:
    """Return the part of the customer's link that names an order: nobody makes one without our key."""
    packed = base64.urlsafe_b64encode(order_id.bytes).decode().rstrip("=")
    return signing.Signer(sep=_SEPARATOR, salt=_SIGNER_SALT).sign(packed)


def tracked_order(*, token: str, at: dt.datetime, offset: int = 0) -> records.TrackedOrder:
    """Return what a customer may know of their order, one page of lines at a time (six statements).

    Raises NotFound for a link that we did not make.
    """
    order_id = _order_id(token)
    row = models.ProductOrder.objects.filter(id=order_id).first() if order_id is not None else None
    if row is None:
        raise obstacles.not_found(text.T("Ce suivi de commande"), "")
    is_over = tracking.is_over(completed_at=row.completed_at, at=at)
    counts = dict(models.ProductOrderItem.objects.filter(order=row).order_by().values_list("state").annotate(Count("id")))
    promises = models.Promise.objects.filter(order=row, item=None).order_by("-made_at", "-id")
    items = models.ProductOrderItem.objects.filter(order=row).select_related("pattern").order_by("position")
    company = party_queries.customer_files(ids=[row.customer_file_id])[row.customer_file_id]
    return records.TrackedOrder(
        reference=row.reference,
        customer_name=company.name,
        agency_name=staff_queries.agency_names().get(row.agency_id, ""),
        seller_name=row.ordered_by_name,
        ordered_at=row.ordered_at,
        completed_at=row.completed_at,
        state=row.state,
        is_over=is_over,
        line_count=row.line_count,
        done_count=counts.get("completed", 0),
        promises=()
        if is_over
        else tuple(
            records.PromiseRecord(one.promised_date, one.previous_date, one.made_at, one.made_by_name, one.reason_fr, "")
            for one in promises
        ),
        lines=()
        if is_over
        else tuple(
            records.TrackedLine(one.user_label, one.pattern.plan_name_fr, one.msisdn or one.wanted_msisdn, one.state)
            for one in items[offset : offset + TRACKED_LINES]
        ),
    )


def _order_id(token: str) -> uuid.UUID | None:
    try:
        packed = signing.Signer(sep=_SEPARATOR, salt=_SIGNER_SALT).unsign(token)
        return uuid.UUID(bytes=base64.urlsafe_b64decode(packed + "=="))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
