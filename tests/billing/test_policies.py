"""Grouping, comparison, anomalies, explanations, bookings, states."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from come.billing import records
from come.billing.invoicing import totals
from come.billing.policies import anomalies, assembly, bookings, comparison, explanation, grouping, showing, states, taxes

NOV, DEC = dt.date(2026, 11, 1), dt.date(2026, 12, 1)


def rate(exact: str, /, *, line: int = 1, kind: str = "recurring", **given_fields) -> records.Rate:
    values = {
        "kind": kind,
        "section": {"usage": "usage", "reversal": "correction"}.get(kind, "recurring"),
        "name_fr": "Abonnement",
        "nature": "service",
        "tax_category": "standard",
        "vat_category": "S",
        "vat_rate": Decimal(20),
        "exemption_reason": "",
        "exemption_code": "",
        "start_date": NOV,
        "end_date": DEC,
        "full_amount_exact": Decimal(exact),
        "list_amount_exact": Decimal(exact),
        "days": 30,
        "month_days": 30,
        "amount_exact": Decimal(exact),
        "line_id": uuid.UUID(int=line),
        "offering_code": "PRO",
        "offering_name_fr": "Forfait Pro",
        "price_code": "PRO-M",
        "user_label": f"Salarié {line}",
    }
    return records.Rate(**(values | given_fields))


def test_alike_amounts_make_one_line_rounded_once_and_shared():
    found = grouping.group(rates=[rate("0.333333", line=number) for number in (1, 2, 3)])
    (line,) = found.lines
    assert (line.quantity, line.unit_price_exact, line.net_amount_exact, line.net_amount) == (
        Decimal(3),
        Decimal("0.333333"),
        Decimal("0.999999"),
        Decimal("1.00"),
    )
    assert sorted(one.amount for one in found.rates) == [Decimal("0.33"), Decimal("0.33"), Decimal("0.34")]
    assert {one.invoice_line for one in found.rates} == {1}
    assert line.name_fr == "Forfait Pro – Abonnement"


def test_reversals_have_a_negative_quantity_and_a_positive_price():
    (line,) = grouping.group(rates=[rate("-15.00", kind="reversal")]).lines
    assert (line.quantity, line.unit_price_exact, line.net_amount) == (Decimal(-1), Decimal("15.00"), Decimal("-15.00"))


def test_usage_is_one_line_per_service_and_zone_and_free_usage_makes_none():
    used = {"service": "voice", "zone_code": "EU", "zone_name_fr": "Europe", "events": 3, "quantity_rated": 61, "unit": "seconds"}
    free = used | {"zone_code": "FR", "zone_name_fr": "France", "quantity_free": 61}
    found = grouping.group(
        rates=[rate("0.004", kind="usage", **used), rate("0.004", line=2, kind="usage", **used), rate("0", kind="usage", **free)]
    )
    (line,) = found.lines
    assert (line.name_fr, line.quantity, line.net_amount) == ("Appels – Europe", Decimal(1), Decimal("0.01"))
    assert [one.invoice_line for one in found.rates] == [1, 1, 0]
    shown = showing.usage_sums(found.rates)
    assert [(one.name, one.amount) for one in shown] == [("Appels – Europe", Decimal("0.01")), ("Appels – France", Decimal("0.00"))]


def test_cost_centres_split_lines_only_when_asked():
    rates = [rate("10.00", cost_centre="A"), rate("10.00", line=2, cost_centre="B")]
    assert [line.cost_centre for line in grouping.group(rates=rates).lines] == [""]
    assert [line.cost_centre for line in grouping.group(rates=rates, by_cost_centre=True).lines] == ["A", "B"]


AMOUNTS = st.integers(min_value=-50_000_000, max_value=50_000_000).map(lambda value: Decimal(value).scaleb(-6))
RATES = st.lists(
    st.builds(
        lambda amount, line, kind, centre: rate(str(amount), line=line, kind="reversal" if amount < 0 else kind, cost_centre=centre),
        AMOUNTS,
        st.integers(min_value=1, max_value=6),
        st.sampled_from(["recurring", "usage"]),
        st.sampled_from(["", "A", "B"]),
    ),
    min_size=1,
    max_size=30,
)


@given(RATES, st.booleans())
def test_amounts_of_lines_sections_centres_and_phone_lines_are_the_same_money(rates, by_centre):
    found = grouping.group(rates=rates, by_cost_centre=by_centre)
    net = sum((line.net_amount for line in found.lines), Decimal(0))
    assert sum((one.amount for one in found.rates), Decimal(0)) == net
    sections = showing.section_sums(found.rates)
    assert sum((section.amount for section in sections), Decimal(0)) == net
    centres = showing.cost_centre_sums(rates=found.rates, section_codes=[section.code for section in sections], names={})
    assert sum((centre.total_amount for centre in centres), Decimal(0)) == net
    assert sum((line.total_amount for centre in centres for line in centre.phone_lines), Decimal(0)) == net
    for line in found.lines:
        assert (
            totals.line_net_exact(quantity=line.quantity, unit_price=line.unit_price_exact) == line.net_amount_exact
            or line.unit_price_exact < 0
        )


def key(
    amount: str, *, line: int = 1, kind: str = "recurring", name: str = "Forfait", price: str = "10", days: int = 30
) -> records.ComparedKey:
    return records.ComparedKey(uuid.UUID(int=line), kind, "PRO", name, name, Decimal(price), days, Decimal(amount))


def test_each_part_of_the_change_has_its_reason():
    previous = [
        key("10.00"),
        key("10.00", line=2),
        key("5.00", line=3),
        key("3.00", kind="usage", name="Europe"),
        key("49.00", kind="one_off", name="Mise en service"),
    ]
    current = [
        key("12.00", price="12"),
        key("10.00", line=2),
        key("10.00", line=4),
        key("1.00", kind="usage", name="Europe"),
        key("4.00", line=2, name="Option", price="4"),
    ]
    found = {(one.code, one.lines): one.amount for one in comparison.compare(previous=previous, current=current)}
    assert found == {
        ("price_changed", 1): Decimal("2.00"),
        ("line_closed", 1): Decimal("-5.00"),
        ("line_opened", 1): Decimal("10.00"),
        ("usage_less", 1): Decimal("-2.00"),
        ("one_off_before", 1): Decimal("-49.00"),
        ("price_added", 1): Decimal("4.00"),
    }


KEYS = st.lists(
    st.builds(
        lambda cents, line, kind, name, days: key(str(Decimal(cents).scaleb(-2)), line=line, kind=kind, name=name, days=days),
        st.integers(min_value=-5000, max_value=5000),
        st.integers(min_value=1, max_value=5),
        st.sampled_from(["recurring", "usage", "one_off", "reversal", "instalment", "deposit"]),
        st.sampled_from(["A", "B"]),
        st.integers(min_value=1, max_value=31),
    ),
    max_size=25,
)


@given(KEYS, KEYS)
def test_reasons_sum_to_the_change_exactly(previous, current):
    found = comparison.compare(previous=previous, current=current)
    change = sum((one.amount for one in current), Decimal(0)) - sum((one.amount for one in previous), Decimal(0))
    assert sum((one.amount for one in found), Decimal(0)) == change
    assert sum((one.amount for one in showing.top_differences(found)), Decimal(0)) == change


@pytest.mark.parametrize(
    ("figures", "codes"),
    [
        (records.BillFigures(3, Decimal("30.00"), (), ()), []),
        (records.BillFigures(3, Decimal("0.00"), (), ()), ["billing.zero_bill"]),
        (records.BillFigures(3, Decimal("-1.00"), (), ()), ["billing.negative_bill"]),
        (records.BillFigures(3, Decimal("301.00"), (Decimal("100.00"), Decimal("100.00")), ()), ["billing.three_times_habit"]),
        (records.BillFigures(3, Decimal("300.00"), (Decimal("100.00"),), ()), []),
        (records.BillFigures(3, Decimal("40.00"), (Decimal("1.00"),), ()), []),
        (records.BillFigures(3, Decimal("40.00"), (), ("Camille",)), ["billing.missing_line"]),
    ],
)
def test_anomalies(figures, codes):
    assert [found.code for found in anomalies.bill_obstacles(figures)] == codes


def test_an_amount_is_explained_with_each_number():
    one = rate(
        "12.903226",
        full_amount_exact=Decimal("20.00"),
        list_amount_exact=Decimal("24.00"),
        days=20,
        month_days=31,
        amount=Decimal("12.90"),
        invoice_line=2,
        clause_number="4.2",
        clause_text="20 € par ligne",
        agreement_reference="ACC-2026-000001",
    )
    assert [str(said).replace("\u202f", " ").replace("\u00a0", " ") for said in explanation.explain(one)] == [
        "« Forfait Pro – Abonnement » est facturé pour la période 01/11/2026 – 30/11/2026.",
        "20,00 € par mois × 20 jours sur 31 = 12,903226 €.",
        "Montant exact 12,903226 €, soit 12,90 € ici : la ligne 2 de la facture est arrondie une fois au centime, puis répartie.",
        "Prix négocié : article 4.2 de l’accord ACC-2026-000001. 20 € par ligne",
        "Au catalogue : 24,00 € ; écart −4,00 € par unité.",
        "TVA à 20 %, calculée une seule fois sur le total de la facture à ce taux.",
    ]


def test_bookings_balance_also_with_reversals():
    grouped = grouping.group(
        rates=[rate("10.00"), rate("-15.00", kind="reversal", line=2), rate("99.99", kind="one_off", nature="goods", section="device")]
    )
    sums = totals.tax_sums(lines=[assembly.document_line(line) for line in grouped.lines])
    gross = sum((row.base_amount + row.tax_amount for row in sums), Decimal(0))
    booked = bookings.entry_lines(lines=grouped.lines, tax_sums=sums, gross_amount=gross, customer_number="CF-1", customer_name="Client")
    assert [(line.account_number, line.debit, line.credit) for line in booked] == [
        ("411000", Decimal("113.99"), Decimal("0.00")),
        ("706000", Decimal("5.00"), Decimal("0.00")),
        ("707000", Decimal("0.00"), Decimal("99.99")),
        ("445710", Decimal("0.00"), Decimal("19.00")),
    ]
    with pytest.raises(ValueError, match="balance"):
        bookings.entry_lines(lines=grouped.lines, tax_sums=sums, gross_amount=gross + 1, customer_number="", customer_name="")


def test_a_territory_without_a_rule_has_no_rate_by_default():
    assert taxes.find(rules=taxes.STANDARD_RULES, territory="GF_YT", tax_category="standard", nature="service", day=NOV) is None
    found = taxes.find(rules=taxes.STANDARD_RULES, territory="DROM", tax_category="standard", nature="service", day=NOV)
    assert found is not None
    assert found.rate == Decimal("8.5")


@pytest.mark.parametrize("table", [states.BILL_TRANSITIONS, states.RUN_TRANSITIONS])
def test_every_state_is_named_and_leads_to_known_states(table):
    words = states.BILL_WORDS if table is states.BILL_TRANSITIONS else states.RUN_WORDS
    assert set(words) == set(table)
    assert {target for targets in table.values() for target in targets} <= set(table)
    assert not table["issued"] or table is states.RUN_TRANSITIONS, "an issued bill is final"
