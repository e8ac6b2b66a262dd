"""Rated usage as bills and screens need it: by line, tariff, zone and band."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from come.inventory import queries as inventory_queries
from come.shared import actor as actors
from come.staff import policies as rights
from come.usage import models, records
from come.usage.queries import price_book
from come.usage.rating import detail, tables


def bill_charges(*, billing_account_ids: Iterable[uuid.UUID], cycle: str) -> list[records.UsageCharge]:
    """Return the charges of these accounts in the cycle's current rating, in a stable order (two statements)."""
    run = _current(cycle)
    if run is None:
        return []
    rows = models.LineCharge.objects.filter(rating_run=run, billing_account_id__in=list(billing_account_ids))
    return _charges(run, rows)


def line_charges(*, line_id: uuid.UUID, cycle: str) -> list[records.UsageCharge]:
    """Return one line's charges of a cycle (two statements); the caller checks the right to see the line."""
    run = _current(cycle)
    return [] if run is None else _charges(run, models.LineCharge.objects.filter(rating_run=run, line_id=line_id))


def line_usage(*, line_id: uuid.UUID, viewer: actors.Actor, cycle: str = "") -> records.LineUsage:
    """Return a line's usage of a cycle, the latest by default; raises NotAllowed, NotFound when the line is not the viewer's to see."""
    rights.require(viewer, "usage.read")
    inventory_queries.line(product_id=line_id, viewer=viewer)
    known = tuple(
        models.LineCharge.objects.filter(line_id=line_id, rating_run__is_current=True)
        .order_by("-rating_run__cycle")
        .values_list("rating_run__cycle", flat=True)
        .distinct(),
    )
    wanted = cycle or (known[0] if known else "")
    return records.LineUsage(line_id, wanted, known, tuple(line_charges(line_id=line_id, cycle=wanted)) if wanted else ())


def _current(cycle: str) -> models.RatingRun | None:
    return models.RatingRun.objects.filter(cycle=cycle, is_current=True).first()


def _charges(run: models.RatingRun, rows: QuerySet[models.LineCharge]) -> list[records.UsageCharge]:
    names = price_book.names(run.price_book_hash)
    ordered = rows.order_by(
        "billing_account_id", "line_id", "service", "origin_zone", "destination_zone", "tariff_code", "band_code", "clause"
    )
    return [_charge(row, names) for row in ordered]


def _charge(row: models.LineCharge, names: detail.Names) -> records.UsageCharge:
    zone_code, zone_name_fr = names.zone(row.service, row.origin_zone, row.destination_zone)
    return records.UsageCharge(
        billing_account_id=row.billing_account_id,
        line_id=row.line_id,
        tariff_code=row.tariff_code,
        service=row.service,
        zone_code=zone_code,
        zone_name_fr=zone_name_fr,
        band=names.bands.get(row.band_code, row.band_code),
        events=row.events,
        quantity_rated=row.units,
        quantity_free=row.units_free,
        unit=tables.UNITS[row.service],
        charge_micro_eur=row.charge_micro_eur,
        allowance_code=", ".join(row.allowance_codes) or None,
        clause_number=row.clause or None,
        rating_run_id=row.rating_run_id,
    )
