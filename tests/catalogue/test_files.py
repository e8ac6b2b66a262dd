"""What is written is read back the same, whatever it says."""

# ruff: noqa: E501 - lines of catalogue files are shown as they are written

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings, strategies as st

import effort
import small_catalogue as small
from come.catalogue import records
from come.catalogue.commands import writing_rows
from come.catalogue.files import content, merging, reading, writing

codes = st.from_regex(r"[A-Z0-9][A-Z0-9_.-]{0,12}", fullmatch=True)
# Texts as people type them: no control character, no blank at the ends.
texts = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40).map(str.strip).filter(bool)
amounts = st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False, allow_infinity=False)
days = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2100, 1, 1))


@st.composite
def prices(draw) -> records.PriceRecord:
    kind = draw(st.sampled_from(content.PRICE_TYPES))
    return records.PriceRecord(
        code=draw(codes),
        price_type=kind,
        amount=draw(amounts),
        name_fr=draw(texts),
        tax_category=draw(st.sampled_from(content.TAX_CATEGORIES)),
        nature=draw(st.sampled_from(content.NATURES)),
        instalment_count=draw(st.integers(1, 48)) if kind == "instalment" else None,
        commitment_months=draw(st.none() | st.integers(1, 24)),
        cost_eur=draw(st.none() | amounts),
        in_advance=draw(st.booleans()),
    )


@st.composite
def offerings(draw) -> content.OfferingContent:
    start = draw(days)
    return content.OfferingContent(
        code=draw(codes),
        version=draw(st.integers(1, 99)),
        name_fr=draw(texts),
        description_fr=draw(st.just("") | texts),
        kind=draw(st.sampled_from(content.KINDS)),
        specification=draw(codes),
        segments=tuple(draw(st.lists(st.sampled_from(content.SEGMENTS), min_size=1, unique=True))),
        valid_from=start,
        valid_to=draw(st.none() | st.just(start + dt.timedelta(days=30))),
        approval=draw(st.sampled_from(content.APPROVALS)),
        tariff=draw(st.none() | codes),
        needs_msisdn=draw(st.booleans()),
        needs_sim=draw(st.booleans()),
        needs_device=draw(st.booleans()),
        is_sellable_alone=draw(st.booleans()),
        minimum_fleet=draw(st.none() | st.integers(0, 10_000)),
        maximum_fleet=None,
        is_free=draw(st.booleans()),
        prices=tuple(draw(st.lists(prices(), max_size=3))),
        allowances=(),
        terms=tuple(
            draw(
                st.lists(
                    st.builds(
                        records.TermRecord,
                        st.integers(0, 24),
                        st.integers(0, 90),
                        st.tuples(st.builds(records.EarlyTerminationStep, st.integers(0, 24), st.decimals(0, 100, places=3))),
                        st.just("") | texts,
                    ),
                    max_size=2,
                ),
            ),
        ),
        characteristics=(),
        members=tuple(draw(st.lists(st.builds(records.BundleMemberRecord, codes, st.just(0), st.just(5), st.integers(0, 5)), max_size=2))),
        discount_tiers=(),
    )


@st.composite
def rates(draw) -> records.RateRecord:
    return records.RateRecord(
        tariff_code=draw(codes),
        service=draw(st.sampled_from(content.SERVICES)),
        origin_zone=draw(codes),
        destination_zone=draw(codes),
        band_code=draw(st.just("") | codes),
        price_eur=draw(amounts),
        price_quantity=draw(st.integers(1, 10**9)),
        first_increment=draw(st.integers(1, 3600)),
        next_increment=draw(st.integers(1, 3600)),
        valid_from=draw(days),
        valid_to=None,
        connection_fee_eur=draw(amounts),
        maximum_charge_eur=draw(st.none() | amounts),
    )


@settings(max_examples=effort.examples(40), deadline=None)
@given(st.lists(offerings(), max_size=3), st.lists(rates(), max_size=3), texts)
def test_a_catalogue_is_read_back_as_it_was_written(made, priced, operator):
    catalogue = content.CatalogueContent(
        content.Header(content.FORMAT, operator, "EUR", "R-FR"), offerings=tuple(made), rates=tuple(priced)
    )

    files = writing.write_files(catalogue)
    back, read = reading.read_files(files)

    assert read.found == []
    assert back.header == catalogue.header
    assert set(back.offerings) == set(catalogue.offerings)
    assert set(back.rates) == set(catalogue.rates)
    assert writing.write_files(back) == files


@given(amounts)
def test_an_amount_is_written_without_losing_anything(amount):
    written = writing.decimal_text(amount)

    assert Decimal(written) == amount
    assert len(written.partition(".")[2]) >= 2


def test_zeros_at_the_end_change_neither_equality_nor_hash():
    given_files = {path: text.encode() for path, text in small.FILES.items()}
    other_files = {**given_files, "offers.yaml": small.FILES["offers.yaml"].replace("amount: 20.00", "amount: 20").encode()}
    one, other = (reading.read_files(files)[0] for files in (given_files, other_files))

    assert one == other
    assert [writing_rows.offering_hash(item) for item in one.offerings] == [writing_rows.offering_hash(item) for item in other.offerings]


def test_a_merge_adds_and_changes_but_never_removes():
    known = reading.read_files({path: text.encode() for path, text in small.FILES.items()})[0]
    folder = {
        "catalogue.yaml": small.FILES["catalogue.yaml"].encode(),
        "prefixes.csv": b"prefix,zone_code,name_fr,country,valid_from,valid_to\n336,FR,Mobiles,FR,2026-01-01,\n44,FR,Ailleurs,GB,2026-01-01,\n",
    }

    merged, difference = merging.merge(known, reading.read_files(folder)[0])

    assert [item.prefix for item in merged.prefixes] == ["33", "336", "44"]
    assert (difference.created_count, difference.changed_count, difference.unchanged_count) == (1, 1, 0)
    assert merged.offerings == known.offerings


def test_one_band_replaces_its_calendar():
    known = reading.read_files({path: text.encode() for path, text in small.FILES.items()})[0]
    bands = """\
bands:
  - {calendar_code: CAL, band_code: TOUT, name_fr: Tout, days: [mon, tue, wed, thu, fri, sat, sun, holiday], start_minute: "00:00", end_minute: "24:00"}
"""

    merged, _ = merging.merge(
        known, reading.read_files({"catalogue.yaml": small.FILES["catalogue.yaml"].encode(), "bands.yaml": bands.encode()})[0]
    )

    assert [band.band_code for band in merged.bands] == ["TOUT"]
