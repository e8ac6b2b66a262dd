"""The one calculator of periods: month ends, leap days, prorations, endings, instalments."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from come.billing import records
from come.billing.policies import charges
from come.inventory import records as inventory
from come.shared import period

DAY = dt.date


def item(**given_fields) -> inventory.ChargeItem:
    values = {
        "product_id": uuid.UUID(int=1),
        "line_id": uuid.UUID(int=1),
        "billing_account_id": uuid.UUID(int=2),
        "cost_centre": "",
        "user_label": "Camille",
        "msisdn": "+33639980001",
        "price_id": 1,
        "code": "PLAN",
        "name_fr": "Abonnement",
        "price_type": "recurring",
        "nature": "service",
        "tax_category": "standard",
        "amount_exact": Decimal("31.00"),
        "list_amount_exact": Decimal("31.00"),
        "instalment_count": None,
        "start_date": DAY(2026, 10, 12),
        "end_date": None,
        "in_advance": True,
        "agreement_reference": "",
        "clause_number": "",
        "clause_text": "",
        "offering_code": "PRO",
        "offering_version": 1,
        "offering_name_fr": "Forfait Pro",
    }
    return inventory.ChargeItem(**(values | given_fields))


def cycle(text: str, opening: str = "2020-01") -> records.CycleDays:
    days, first = period.parse_cycle(text), period.parse_cycle(opening)
    assert days.end
    assert first.end
    return records.CycleDays(days.start, days.end, period.add_months(days.start, 2), first.start, first.end)


def parts(found: list[records.Charge]) -> list[tuple]:
    return [(charge.kind, charge.start_date, charge.end_date, charge.days, charge.month_days, charge.amount_exact) for charge in found]


NEVER = records.Progress()


def charge(price, text, progress=NEVER, **given_fields) -> list[records.Charge]:
    return charges.charges(item=price, progress=progress, cycle=cycle(text, **given_fields))


def test_a_start_in_mid_month_pays_its_days_then_the_next_month():
    assert parts(charge(item(), "2026-10")) == [
        ("recurring", DAY(2026, 10, 12), DAY(2026, 11, 1), 20, 31, Decimal("20.000000")),
        ("recurring", DAY(2026, 11, 1), DAY(2026, 12, 1), 30, 30, Decimal("31.00")),
    ]


def test_a_price_in_arrears_pays_its_days_only():
    assert parts(charge(item(in_advance=False), "2026-10")) == [
        ("recurring", DAY(2026, 10, 12), DAY(2026, 11, 1), 20, 31, Decimal("20.000000")),
    ]


def test_a_leap_february_has_29_days():
    price = item(start_date=DAY(2028, 2, 29), in_advance=False, amount_exact=Decimal("29.00"))
    assert parts(charge(price, "2028-02")) == [("recurring", DAY(2028, 2, 29), DAY(2028, 3, 1), 1, 29, Decimal("1.000000"))]


def test_what_was_charged_beyond_the_end_is_given_back_once():
    price = item(start_date=DAY(2026, 1, 1), end_date=DAY(2026, 10, 17))
    found = charge(price, "2026-10", records.Progress(DAY(2026, 11, 1)))
    assert parts(found) == [("reversal", DAY(2026, 10, 17), DAY(2026, 11, 1), 15, 31, Decimal("-15.000000"))]
    assert charge(price, "2026-11", records.Progress(found[-1].charged_through_date)) == []


def test_prices_older_than_the_opening_start_where_the_other_biller_stopped():
    old = item(start_date=DAY(2024, 3, 1))
    assert parts(charge(old, "2026-10", opening="2026-10")) == [("recurring", DAY(2026, 11, 1), DAY(2026, 12, 1), 30, 30, Decimal("31.00"))]
    arrears = item(start_date=DAY(2024, 3, 1), in_advance=False)
    assert parts(charge(arrears, "2026-10", opening="2026-10")) == [
        ("recurring", DAY(2026, 10, 1), DAY(2026, 11, 1), 31, 31, Decimal("31.00"))
    ]
    assert charge(item(start_date=DAY(2024, 3, 1), end_date=DAY(2026, 9, 30)), "2026-10", opening="2026-10") == []


def test_a_one_off_is_charged_once_in_its_month():
    price = item(price_type="one_off", start_date=DAY(2026, 10, 31))
    found = charge(price, "2026-10")
    assert parts(found) == [("one_off", DAY(2026, 10, 31), DAY(2026, 11, 1), 1, 1, Decimal("31.00"))]
    assert charge(price, "2026-11", records.Progress(found[0].charged_through_date)) == []
    assert charge(price, "2026-09") == []


def test_instalments_fall_on_their_day_even_at_month_ends():
    price = item(price_type="instalment", instalment_count=3, start_date=DAY(2026, 1, 31), amount_exact=Decimal("10.00"))
    found = charge(price, "2026-03")
    assert [(one.start_date, one.instalments_charged) for one in found] == [
        (DAY(2026, 1, 31), 1),
        (DAY(2026, 2, 28), 2),
        (DAY(2026, 3, 31), 3),
    ]
    assert charge(price, "2026-04", records.Progress(DAY(2026, 4, 1), 3)) == []


def test_an_unknown_price_type_is_refused():
    with pytest.raises(ValueError, match="no rule charges"):
        charge(item(price_type="mystery"), "2026-10")
    with pytest.raises(ValueError, match="no number of instalments"):
        charge(item(price_type="instalment"), "2026-10")


@pytest.mark.parametrize(
    ("proration", "wanted"),
    [(charges.Proration.ACTUAL_DAYS, (20, 31)), (charges.Proration.THIRTY_DAYS, (20, 30)), (charges.Proration.NONE, (31, 31))],
)
def test_variants_of_proration(proration, wanted):
    assert charges.shares(start=DAY(2026, 10, 12), end=DAY(2026, 11, 1), proration=proration) == wanted


DAYS = st.dates(min_value=DAY(2026, 1, 1), max_value=DAY(2027, 12, 31))


@given(DAYS, st.one_of(st.none(), st.integers(min_value=0, max_value=500)), st.booleans(), st.integers(min_value=1, max_value=12))
def test_whatever_happens_each_day_is_paid_exactly_once(start, length, in_advance, end_known_after):
    """Bill every month of three years; the end of the price becomes known in some month. The days paid are those of the price."""
    end = None if length is None else start + dt.timedelta(days=length)
    progress, paid = records.Progress(), {}
    for index in range(36):
        first = period.add_months(DAY(2026, 1, 1), index)
        knows_end = end is not None and (index >= end_known_after and period.add_months(first, 1) >= end)
        price = item(start_date=start, end_date=end if knows_end else None, in_advance=in_advance)
        if price.start_date >= period.add_months(first, 2):
            continue
        for one in charges.charges(item=price, progress=progress, cycle=cycle(f"{first:%Y-%m}")):
            sign = -1 if one.kind == "reversal" else 1
            for ordinal in range(one.start_date.toordinal(), one.end_date.toordinal()):
                paid[ordinal] = paid.get(ordinal, 0) + sign
            progress = records.Progress(one.charged_through_date)
    assert set(paid.values()) <= {0, 1}
    last = DAY(2029, 2, 1) if in_advance else DAY(2029, 1, 1)
    # The last billing ignores an end that comes after its month: the next one gives back what was paid beyond it.
    until = last if end is None or end > DAY(2029, 1, 1) else max(end, start)
    assert {ordinal for ordinal, count in paid.items() if count} == set(range(start.toordinal(), until.toordinal()))


@given(st.integers(min_value=1, max_value=31), st.integers(min_value=0, max_value=99_999_999))
def test_two_parts_of_a_month_make_the_month_within_a_micro_euro(day, micro):
    amount = Decimal(micro).scaleb(-6)
    whole = sum((charges.prorated(amount, days, 31) for days in (day - 1, 32 - day) if days), Decimal(0))
    assert abs(whole - amount) <= Decimal("0.000001")
