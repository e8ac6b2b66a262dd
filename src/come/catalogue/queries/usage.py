"""The price book: reference data of rating in the columns of docs/formats/pricebook.md."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from come.catalogue import models, records
from come.catalogue.files import content
from come.catalogue.queries import negotiated_usage, stored
from come.shared import money, obstacles, text

COLUMNS: dict[str, tuple[str, ...]] = {
    "parameters": ("name", "value"),
    "zones": ("zone_code", "kind", "name_fr"),
    "prefixes": ("prefix", "zone_code", "valid_from", "valid_to"),
    "networks": ("mccmnc", "zone_code", "country", "valid_from", "valid_to"),
    "bands": ("calendar_code", "band_code", "name_fr", "days", "start_minute", "end_minute"),
    "holidays": ("calendar_code", "day"),
    "tariffs": ("tariff_code", "name_fr", "calendar_code", "based_on"),
    "rates": (
        "tariff_code", "service", "origin_zone", "destination_zone", "band_code", "price_micro_eur", "price_quantity", "first_increment",
        "next_increment", "connection_fee_micro_eur", "minimum_charge_micro_eur", "maximum_charge_micro_eur", "valid_from", "valid_to",
    ),
    "allowances": ("allowance_code", "name_fr", "service", "unit", "scope", "priority", "destination_zones", "origin_zones"),
    "overrides": (
        "scope", "scope_id", "tariff_code", "service", "origin_zone", "destination_zone", "kind", "price_micro_eur", "price_quantity",
        "percentage", "clause", "valid_from", "valid_to", "list_price_micro_eur", "list_price_quantity",
    ),
}  # fmt: skip


RATE_COLUMNS = COLUMNS["rates"]
OVERRIDE_COLUMNS = COLUMNS["overrides"]


def usage_tables(*, start: dt.date, end: dt.date) -> records.UsageTables:
    """Return everything that rates usage between two days (end excluded), in fourteen statements at most.

    Amounts are integer micro-euros. Overrides are the usage clauses of the agreements signed, for each company
    that they cover: their scope is `company` and `scope_id` the legal unit's id. Raises Refusal when no catalogue was ever imported.
    """
    header = stored.header()
    if header == stored.ABSENT:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "catalogue.empty",
                obstacles.Severity.REFUSAL,
                text.T("Aucun catalogue n’est en place : les consommations n’ont pas de prix."),
                text.T("Importez un catalogue : « come catalogue import DOSSIER --publish »."),
            ),
        )
    rates = [_rate(stored.rate_record(row)) for row in _during(models.Rate.objects.order_by("id"), start, end)]
    # A usage price in the columns of `rates`: its service, its micro-euros, the units that they pay.
    list_prices = [(rate[1], rate[5], rate[6]) for rate in rates]
    rows: dict[str, Iterable[tuple[Any, ...]]] = {
        "parameters": (("home_zone", header.home_zone), ("contract_zone", header.contract_zone), ("currency", header.currency)),
        "zones": models.Zone.objects.order_by("code").values_list("code", "kind", "name_fr"),
        "prefixes": _during(models.Prefix.objects.order_by("prefix", "valid_from"), start, end).values_list(
            "prefix", "zone_id", "valid_from", "valid_to"
        ),
        "networks": (
            (mcc + mnc, *rest)
            for mcc, mnc, *rest in _during(models.Network.objects.order_by("mcc", "mnc", "valid_from"), start, end).values_list(
                "mcc", "mnc", "zone_id", "country", "valid_from", "valid_to"
            )
        ),
        "bands": (
            (calendar, band, name, " ".join(days), first, last)
            for calendar, band, name, days, first, last in models.TimeBand.objects.order_by("id").values_list(
                "calendar_code", "band_code", "name_fr", "days", "start_minute", "end_minute"
            )
        ),
        "holidays": models.Holiday.objects.filter(day__gte=start, day__lt=end)
        .order_by("calendar_code", "day")
        .values_list("calendar_code", "day"),
        "tariffs": models.Tariff.objects.order_by("code").values_list("code", "name_fr", "calendar_code", "based_on_id"),
        "rates": rates,
        "allowances": _allowances(),
        "overrides": negotiated_usage.usage_overrides(start=start, end=end, list_prices=list_prices),
    }
    return records.UsageTables(columns=COLUMNS, rows={name: tuple(found) for name, found in rows.items()})


def _during(rows: QuerySet[Any], start: dt.date, end: dt.date) -> QuerySet[Any]:
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=start), valid_from__lt=end)


def rate_row(rate: records.RateRecord) -> tuple[Any, ...]:
    """Return one usage price in the columns of the price book's `rates`."""
    return _rate(rate)


def _rate(rate: records.RateRecord) -> tuple[Any, ...]:
    return (
        rate.tariff_code,
        rate.service,
        rate.origin_zone,
        rate.destination_zone,
        rate.band_code or None,
        money.micro(rate.price_eur),
        rate.price_quantity,
        rate.first_increment,
        rate.next_increment,
        money.micro(rate.connection_fee_eur),
        money.micro(rate.minimum_charge_eur),
        None if rate.maximum_charge_eur is None else money.micro(rate.maximum_charge_eur),
        rate.valid_from,
        rate.valid_to,
    )


def _allowances() -> Iterable[tuple[Any, ...]]:
    """Return each allowance once: offerings that feed the same one describe it alike (checked at import)."""
    found = (
        models.Allowance.objects.filter(offering__approval="approved")
        .order_by("code", "offering__code", "-offering__version")
        .distinct("code")
        .values_list("code", "name_fr", "service", "unit", "scope", "priority", "zones", "origin_zones")
    )
    for *first, zones, origins in found:
        yield (*first, " ".join(zones) or None, " ".join(origins) or None)


@dataclasses.dataclass(frozen=True, slots=True)
class TariffLine:
    """One usage price as a person reads it, the nearest tariff that says it beside."""

    rate: records.RateRecord
    tariff_name_fr: str
    origin_fr: str
    destination_fr: str
    band_fr: str


def tariff_lines(*, code: str, at: dt.date) -> list[TariffLine]:
    """Return the usage prices of a tariff on a day, with those of the tariffs it is based on (five statements).

    A price of a more general tariff is left out where a nearer one prices the same zones.
    """
    tariffs = {row.code: row for row in models.Tariff.objects.all()}
    chain: list[str] = []
    following: str | None = code
    while following is not None and following in tariffs and following not in chain:
        chain.append(following)
        following = tariffs[following].based_on_id
    zones = zone_names()
    bands = {(row.calendar_code, row.band_code): row.name_fr for row in models.TimeBand.objects.all()}
    found = [
        stored.rate_record(row)
        for row in _during(models.Rate.objects.filter(tariff__in=chain), at, at + dt.timedelta(days=1)).order_by("id")
    ]
    lines: list[TariffLine] = []
    said: set[tuple[str, str, str]] = set()
    for name in chain:
        mine = [rate for rate in found if rate.tariff_code == name]
        for rate in mine:
            if not _is_hidden(rate, said):
                band = bands.get((tariffs[name].calendar_code, rate.band_code), "")
                lines.append(
                    TariffLine(rate, tariffs[name].name_fr, zones.get(rate.origin_zone, ""), zones.get(rate.destination_zone, ""), band)
                )
        said |= {(rate.service, rate.origin_zone, rate.destination_zone) for rate in mine}
    home = stored.header().home_zone
    return sorted(lines, key=lambda line: _reading_order(line.rate, home, line))


def _reading_order(rate: records.RateRecord, home: str, line: TariffLine) -> tuple[int, bool, str, bool, str, str]:
    """Return where people look for a price: by service, from home first, what is received last."""
    is_incoming = rate.destination_zone == content.INCOMING
    return (content.SERVICES.index(rate.service), rate.origin_zone != home, line.origin_fr, is_incoming, line.destination_fr, line.band_fr)


def zone_names() -> dict[str, str]:
    """Return the name of every zone by its code (one statement)."""
    return dict(models.Zone.objects.values_list("code", "name_fr"))


def _is_hidden(rate: records.RateRecord, said: set[tuple[str, str, str]]) -> bool:
    origins, destinations = {rate.origin_zone, "ANY"}, {rate.destination_zone, "ANY"}
    return any((rate.service, origin, destination) in said for origin in origins for destination in destinations)
