"""Rate records slowly, readably and exactly: the second opinion on the SQL kernel, and the reading of the rules.

Fractions and loops, one record after another in order of event time; nothing is shared with `sql.py` and `compiled.py` but the
documented tables. The numbers of the steps are those of docs/formats/pricebook.md.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from come.usage.rating import tables, values

Row = Mapping[str, Any]


class _Suspend(Exception):  # noqa: N818 - control flow of this module alone
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclasses.dataclass(frozen=True, slots=True)
class _Price:
    """The price of one band after negotiation."""

    per_unit: Fraction
    first_increment: int
    next_increment: int
    connection_fee: int
    minimum: int
    maximum: int | None
    clause: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    """The units of one band, or of one allowance in it."""

    band: str
    used: int
    units: int
    allowance: str | None = None


def rate(*, book: Mapping[str, Sequence[Row]], records: Iterable[values.Record]) -> tuple[list[values.Portion], list[values.Suspended]]:
    """Return the portions and the suspended records of a whole set of records."""
    rater = _Rater(book)
    portions: list[values.Portion] = []
    suspended: list[values.Suspended] = []
    for record in sorted(records, key=lambda item: (item.start_at, item.record_key)):
        try:
            portions += rater.rate(record)
        except _Suspend as why:
            suspended.append(values.Suspended(record.record_id, why.reason))
    return portions, suspended


def _half_up(amount: Fraction) -> int:
    return (amount.numerator * 2 + amount.denominator) // (amount.denominator * 2)


class _Rater:
    def __init__(self, book: Mapping[str, Sequence[Row]]) -> None:
        self.book = book
        parameters = {row["name"]: row["value"] for row in book["parameters"]}
        self.home_zone = parameters["home_zone"]
        self.zone = zoneinfo.ZoneInfo(parameters.get("contract_zone", "Europe/Paris"))
        self.tariffs = {row["tariff_code"]: row for row in book["tariffs"]}
        self.allowances = {row["allowance_code"]: row for row in book.get("allowances", ())}
        self.consumed: dict[tuple[str, str, str], int] = {}

    def rate(self, record: values.Record) -> list[values.Portion]:
        """Apply the nine rules to one record."""
        day = record.start_at.astimezone(self.zone).date()
        terms = self._terms(record)
        origin = self._origin(record, day)
        destination = self._destination(record, day)
        layer, tariff, is_plan, rates = self._tariff(record.service, origin, destination, day, terms)
        cut = list(self._bands(record, tariff, rates))
        prices = {
            band: self._price(
                record,
                band,
                rates,
                layer=layer,
                tariff=tariff,
                is_plan=is_plan,
                origin=origin,
                destination=destination,
                day=day,
                terms=terms,
            )
            for band, _ in cut
        }
        first = prices[cut[0][0]]
        parts = self._free(record, self._units(cut, record.quantity, first), origin, destination, terms)
        return self._charge(
            record, parts, prices, first, origin=origin, destination=destination, tariff=tariff, line_id=terms[0]["line_id"]
        )

    # 1. line

    def _terms(self, record: values.Record) -> list[Row]:
        own = [
            row
            for row in self.book["subscriptions"]
            if row["line_id"] and row["msisdn"] == record.served_msisdn and _holds(row, record.start_at)
        ]
        if not own:
            raise _Suspend("unknown_line")
        shared = [
            {**row, "line_id": own[0]["line_id"]}
            for row in self.book["subscriptions"]
            if not row["line_id"] and row["account_id"] == own[0]["account_id"] and _holds(row, record.start_at)
        ]
        terms = own + shared
        if not any(row["tariff_code"] for row in terms):
            raise _Suspend("no_tariff")
        return terms

    # 2. origin

    def _origin(self, record: values.Record, day: dt.date) -> str:
        if not record.visited_network:
            return str(self.home_zone)
        for row in self.book.get("networks", ()):
            if row["mccmnc"] == record.visited_network and _on(row, day):
                return str(row["zone_code"])
        raise _Suspend("unknown_network")

    # 3. destination

    def _destination(self, record: values.Record, day: dt.date) -> str | None:
        if record.direction == "in":
            return tables.INCOMING
        if record.service == "data":
            return None
        number = record.other_party[1:] if record.other_party.startswith("+") else tables.SHORT_NUMBER_MARK + record.other_party
        known = [row for row in self.book["prefixes"] if number.startswith(row["prefix"])]
        valid = [row for row in known if _on(row, day)]
        if valid:
            return str(max(valid, key=lambda row: len(row["prefix"]))["zone_code"])
        raise _Suspend("expired_destination" if known else "unknown_destination")

    # 4. tariff

    def _tariff(
        self, service: str, origin: str, destination: str | None, day: dt.date, terms: Sequence[Row]
    ) -> tuple[str, str, bool, list[Row]]:
        layers = sorted({(-row["precedence"], row["tariff_code"]) for row in terms if row["tariff_code"]})
        lowest = layers[-1][0]
        to = destination or tables.ANY
        exactness = [(origin, to), (origin, tables.ANY), (tables.ANY, to), (tables.ANY, tables.ANY)]
        for precedence, layer in layers:
            for tariff in self._lineage(layer):
                for zones in exactness:
                    rates = [
                        row
                        for row in self.book["rates"]
                        if row["tariff_code"] == tariff
                        and row["service"] == service
                        and (row["origin_zone"], row["destination_zone"]) == zones
                        and _on(row, day)
                    ]
                    if rates:
                        return layer, tariff, precedence == lowest, rates
        raise _Suspend("no_price")

    def _lineage(self, tariff: str) -> Iterator[str]:
        following: str | None = tariff
        while following:
            yield following
            following = self.tariffs[following]["based_on"]

    # 5. band

    def _bands(self, record: values.Record, tariff: str, rates: Sequence[Row]) -> Iterator[tuple[str, int]]:
        """Yield (band, seconds used), in order; one pair for anything but a call that crosses bands."""
        if not any(row["band_code"] for row in rates):
            yield "", record.quantity
            return
        calendar = self.tariffs[tariff]["calendar_code"]
        start = record.start_at.replace(microsecond=0)
        band, used = self._band_at(calendar, start), 0
        if record.service != "voice" or not record.quantity:
            yield band, record.quantity
            return
        instant, left = start, record.quantity
        while left:
            # Bands change on whole minutes: step to the next one.
            step = min(left, 60 - instant.second)
            here = self._band_at(calendar, instant)
            if here != band:
                yield band, used
                band, used = here, 0
            used, left, instant = used + step, left - step, instant + dt.timedelta(seconds=step)
        yield band, used

    def _band_at(self, calendar: str, instant: dt.datetime) -> str:
        local = instant.astimezone(self.zone)
        holidays = {row["day"] for row in self.book.get("holidays", ()) if row["calendar_code"] == calendar}
        day = tables.HOLIDAY if local.date() in holidays else tables.DAYS[local.weekday()]
        minute = local.hour * 60 + local.minute
        for row in self.book["bands"]:
            if row["calendar_code"] == calendar and day in row["days"].split() and row["start_minute"] <= minute < row["end_minute"]:
                return str(row["band_code"])
        raise AssertionError((calendar, instant))

    # 6. negotiated price

    def _price(
        self,
        record: values.Record,
        band: str,
        rates: Sequence[Row],
        *,
        layer: str,
        tariff: str,
        is_plan: bool,
        origin: str,
        destination: str | None,
        day: dt.date,
        terms: Sequence[Row],
    ) -> _Price:
        of_band = [row for row in rates if row["band_code"] == band and band] or [row for row in rates if not row["band_code"]]
        if not of_band:
            raise _Suspend("no_price")
        rate = of_band[0]
        price, quantity, keep, clause = rate["price_micro_eur"], rate["price_quantity"], Fraction(1), None
        candidates = [
            row
            for row in self.book.get("overrides", ())
            if _on(row, day)
            and row["scope_id"] == terms[0]["account_id" if row["scope"] == "account" else "company_id"]
            and (row["tariff_code"] in (tariff, layer) if row["tariff_code"] else is_plan)
            and row["service"] in (None, record.service)
            and row["origin_zone"] in (None, origin)
            and row["destination_zone"] in (None, destination)
            and (
                row.get("list_price_micro_eur") is None
                or (row["list_price_micro_eur"], row["list_price_quantity"]) == (rate["price_micro_eur"], rate["price_quantity"])
            )
        ]
        if candidates:
            chosen = max(candidates, key=_override_weight)
            clause = chosen["clause"]
            if chosen["kind"] == "refused":
                raise _Suspend("no_price")
            if chosen["kind"] == "amount":
                price, quantity = chosen["price_micro_eur"], chosen["price_quantity"]
            else:
                keep = 1 - Fraction(chosen["percentage"]) / 100
        maximum = rate["maximum_charge_micro_eur"]
        return _Price(
            per_unit=Fraction(price, quantity) * keep,
            first_increment=rate["first_increment"],
            next_increment=rate["next_increment"],
            connection_fee=_half_up(rate["connection_fee_micro_eur"] * keep),
            minimum=_half_up(rate["minimum_charge_micro_eur"] * keep),
            maximum=None if maximum is None else _half_up(maximum * keep),
            clause=clause,
        )

    # 7. quantity

    @staticmethod
    def _units(cut: Sequence[tuple[str, int]], quantity: int, first: _Price) -> list[_Part]:
        parts = [_Part(band, used, used) for band, used in cut]
        if not quantity:
            return parts
        counted = first.first_increment
        while counted < quantity:
            missing = -(-(quantity - counted) // first.next_increment)
            counted += missing * first.next_increment
        last = parts[-1]
        return [*parts[:-1], dataclasses.replace(last, units=last.units + counted - quantity)]

    # 8. allowances

    def _free(
        self, record: values.Record, parts: Sequence[_Part], origin: str, destination: str | None, terms: Sequence[Row]
    ) -> list[_Part]:
        codes = sorted(
            {row["allowance_code"] for row in terms if row["allowance_code"]}, key=lambda code: (self.allowances[code]["priority"], code)
        )
        fitting = [code for code in codes if self._fits(self.allowances[code], record.service, origin, destination)]
        cycle = f"{record.start_at.astimezone(self.zone):%Y-%m}"
        found: list[_Part] = []
        for part in parts:
            left, used = part.units, part.used
            for code in fitting:
                owner = terms[0]["line_id" if self.allowances[code]["scope"] == "line" else "account_id"]
                bucket = (code, owner, cycle)
                free = min(left, self._quantity(code, terms[0], cycle) - self.consumed.get(bucket, 0))
                if free > 0:
                    self.consumed[bucket] = self.consumed.get(bucket, 0) + free
                    found.append(_Part(part.band, min(free, used), free, code))
                    left, used = left - free, max(used - free, 0)
            if left or not part.units:
                found.append(_Part(part.band, used, left))
        return found

    @staticmethod
    def _fits(allowance: Row, service: str, origin: str, destination: str | None) -> bool:
        destinations, origins = (allowance["destination_zones"] or "").split(), (allowance["origin_zones"] or "").split()
        return allowance["service"] == service and (not destinations or destination in destinations) and (not origins or origin in origins)

    def _quantity(self, code: str, term: Row, cycle: str) -> int:
        start, end = self._month(cycle)
        rows = [
            row
            for row in self.book["subscriptions"]
            if row["allowance_code"] == code and row["valid_from"] < end and (row["valid_to"] is None or start < row["valid_to"])
        ]
        scope = self.allowances[code]["scope"]
        if scope == "line":
            own = (
                row for row in rows if row["line_id"] == term["line_id"] or (not row["line_id"] and row["account_id"] == term["account_id"])
            )
            return sum(row["quantity"] for row in own)
        of_account = [row for row in rows if row["account_id"] == term["account_id"]]
        of_lines: list[int] = [row["quantity"] for row in of_account if row["line_id"]]
        of_itself: int = sum(row["quantity"] for row in of_account if not row["line_id"])
        return of_itself + (sum(of_lines) if scope == "pool_per_line" else max(of_lines, default=0))

    def _month(self, cycle: str) -> tuple[dt.datetime, dt.datetime]:
        year, month = (int(part) for part in cycle.split("-"))
        following = (year + month // 12, month % 12 + 1)
        return dt.datetime(year, month, 1, tzinfo=self.zone), dt.datetime(*following, 1, tzinfo=self.zone)

    # 9. charge

    @staticmethod
    def _charge(
        record: values.Record,
        parts: Sequence[_Part],
        prices: Mapping[str, _Price],
        first: _Price,
        *,
        origin: str,
        destination: str | None,
        tariff: str,
        line_id: str,
    ) -> list[values.Portion]:
        is_charged = [part.allowance is None and part.units > 0 for part in parts]
        fees = [0] * len(parts)
        if any(is_charged):
            fees[is_charged.index(True)] = first.connection_fee
        raw = [
            _half_up(part.units * prices[part.band].per_unit) + fee if charged else 0
            for part, fee, charged in zip(parts, fees, is_charged, strict=True)
        ]
        final = list(raw)
        if any(is_charged) and sum(raw) < first.minimum:
            final[len(parts) - 1 - is_charged[::-1].index(True)] += first.minimum - sum(raw)
        elif first.maximum is not None and sum(raw) > first.maximum:
            left = first.maximum
            for index, amount in enumerate(raw):
                final[index] = min(amount, left)
                left -= final[index]
        return [
            values.Portion(
                record_id=record.record_id,
                portion_number=number,
                line_id=line_id,
                origin_zone=origin,
                destination_zone=destination,
                tariff_code=tariff,
                band_code=part.band or None,
                quantity=part.used,
                units=part.units,
                allowance_code=part.allowance,
                connection_fee_micro_eur=fees[number],
                adjustment_micro_eur=final[number] - raw[number],
                charge_micro_eur=final[number],
                clause=prices[part.band].clause,
            )
            for number, part in enumerate(parts)
        ]


def _override_weight(row: Row) -> tuple[bool, bool, bool, bool, bool, bool]:
    return (
        row["scope"] == "account",
        bool(row["tariff_code"]),
        bool(row["destination_zone"]),
        bool(row["origin_zone"]),
        bool(row["service"]),
        row.get("list_price_micro_eur") is not None,
    )


def _on(row: Row, day: dt.date) -> bool:
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"]))


def _holds(row: Row, instant: dt.datetime) -> bool:
    return bool(row["valid_from"] <= instant and (row["valid_to"] is None or instant < row["valid_to"]))
