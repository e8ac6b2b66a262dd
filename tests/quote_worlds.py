"""Small catalogues made in memory, and offers of chance for the property tests."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st

from come.catalogue import records as catalogue
from come.quote import records
from come.shared import ids

DAY = dt.date(2026, 10, 5)
KINDS = ("plan", "data_plan", "m2m", "device", "option")


def price(code, amount, price_type="recurring", **given):
    return catalogue.PriceRecord(code, price_type, Decimal(amount), f"Prix {code}", "standard", "service", **given)


def offering(code, kind, prices=(), **given):
    values = {
        "id": ids.derived("test.offering", code),
        "code": code,
        "version": 1,
        "name_fr": f"Offre {code}",
        "description_fr": "",
        "kind": kind,
        "segments": (),
        "valid_from": dt.date(2026, 1, 1),
        "valid_to": None,
        "lifecycle_status": "live",
        "prices": tuple(prices),
    }
    return catalogue.OfferingRecord(**(values | given))


def snapshot(*offerings, rules=(), at=DAY):
    return catalogue.CatalogueSnapshot(at, "test", {one.code: one for one in offerings}, tuple(rules))


def agreement(*clauses, valid_to=None, reference="ACC-2026-000001"):
    return catalogue.AgreementRecord(
        id=ids.derived("test.agreement"),
        reference=reference,
        name="Accord-cadre",
        legal_unit_id=ids.derived("test.unit"),
        valid_from=dt.date(2026, 1, 1),
        valid_to=valid_to,
        state="signed",
        clauses=tuple(clauses),
    )


def clause(number, kind, target_kind, value, **given):
    amounts = {kind: value if kind == "formula" else Decimal(value)}
    return catalogue.ClauseRecord(number, kind, target_kind, f"Texte de la clause {number}.", **amounts, **given)


_amounts = st.decimals(min_value=0, max_value=900, places=6)
_points = st.decimals(min_value=0, max_value=100, places=3)
_price_types = st.sampled_from(["one_off", "recurring", "instalment", "deposit"])
_minimums = st.sampled_from([None, 1, 2, 3, 5, 8])


@st.composite
def _offerings(draw):
    found = []
    for kind in KINDS:
        for number in range(draw(st.integers(1, 3))):
            code = f"{kind}-{number}"
            prices = [
                price(f"P{place}", draw(_amounts), draw(_price_types), instalment_count=draw(st.integers(1, 36)))
                for place in range(draw(st.integers(1, 3)))
            ]
            terms = tuple(catalogue.TermRecord(months, 30) for months in draw(st.sets(st.sampled_from([0, 12, 24, 36]), max_size=3)))
            found.append(offering(code, kind, prices, terms=terms))
    return found


@st.composite
def _tiers(draw, codes):
    by_code = draw(st.booleans())
    is_points = draw(st.booleans())
    return catalogue.DiscountTierRecord(
        minimum_quantity=draw(st.integers(0, 6)),
        price_type=draw(_price_types),
        percentage=draw(_points) if is_points else None,
        amount=None if is_points else draw(_amounts),
        target_kinds=() if by_code else tuple(draw(st.sets(st.sampled_from(KINDS), min_size=1))),
        target_codes=tuple(sorted(draw(st.sets(st.sampled_from(codes), min_size=1)))) if by_code else (),
        text_fr="Remise.",
    )


# Formulas that make a price of any list price, and of any number of units.
FORMULAS = (
    "liste * 0,85",
    "arrondi(liste / 3; 2)",
    "min(liste; 12,50)",
    "max(liste - quantite, 0)",
    "liste / (1 + quantite / 7)",
    "max(0; liste - 5,125) * (1 - min(quantite; 10) / 100)",
)


@st.composite
def _clauses(draw, offerings, kinds=("amount", "percentage", "formula")):
    target = draw(st.sampled_from(["price", "offering", "offering_kind"]))
    about = draw(st.sampled_from(offerings))
    kind = draw(st.sampled_from(kinds))
    return catalogue.ClauseRecord(
        number=str(draw(st.integers(1, 99))),
        kind=kind,
        target_kind=target,
        text_fr="Clause.",
        offering_code=about.code if target != "offering_kind" else None,
        offering_kind=about.kind if target == "offering_kind" else None,
        price_code=draw(st.sampled_from(about.prices)).code if target == "price" else None,
        price_type=draw(st.one_of(st.none(), _price_types)) if target != "price" else None,
        amount=draw(_amounts) if kind == "amount" else None,
        percentage=draw(_points) if kind == "percentage" else None,
        formula=draw(st.sampled_from(FORMULAS)) if kind == "formula" else None,
        minimum_quantity=draw(_minimums),
        valid_from=draw(st.sampled_from([None, dt.date(2026, 1, 1), DAY, DAY + dt.timedelta(days=1)])),
        valid_to=draw(st.sampled_from([None, DAY, DAY + dt.timedelta(days=1)])),
    )


@st.composite
def deals(draw):
    """Return a catalogue, an agreement, concessions and lines of chance: the arguments of the slow reference's Deal."""
    sold = draw(_offerings())
    codes = [one.code for one in sold]
    segments = st.sampled_from([(), ("pme",), ("enterprise",)])
    discounts = [
        offering(
            f"discount-{number}",
            "discount",
            segments=draw(segments),
            discount_tiers=tuple(draw(st.lists(_tiers(codes), min_size=1, max_size=3))),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    members = [catalogue.BundleMemberRecord(code, 0, 999, 1) for code in codes]
    members += [catalogue.BundleMemberRecord(one.code, 0, 1, 1) for one in discounts[:1]]
    bundle = offering("bundle-0", "bundle", members=tuple(members))
    plans = [one.code for one in sold if one.kind in {"plan", "data_plan", "m2m"}]
    options = [one.code for one in sold if one.kind == "option"]
    devices = [one.code for one in sold if one.kind == "device"]
    patterns = draw(
        st.lists(
            st.builds(
                records.Pattern,
                plan_code=st.sampled_from(plans),
                option_codes=st.sets(st.sampled_from(options)).map(lambda found: tuple(sorted(found))),
                device_code=st.sampled_from(["", *devices]),
                bundle_code=st.sampled_from(["", "", "bundle-0"]),
            ),
            min_size=1,
            max_size=5,
        ),
    )
    lines = [pattern for pattern in patterns for _ in range(draw(st.integers(1, 4)))]
    concessions = [
        records.Concession(level, dataclasses.replace(draw(_clauses(sold)), number=f"C{place}"))
        for place, level in enumerate(draw(st.lists(st.sampled_from(list(records.PriceLevel)[:3]), max_size=4)))
    ]
    numbers = [one.clause.number for one in concessions]
    lines = [
        dataclasses.replace(line, concessions=tuple(sorted(draw(st.sets(st.sampled_from(numbers)))))) if numbers else line for line in lines
    ]
    signed = draw(st.one_of(st.none(), st.lists(_clauses(sold), max_size=8)))
    end = draw(st.sampled_from([None, DAY, DAY + dt.timedelta(days=1)]))
    return {
        "lines": lines,
        "snapshot": snapshot(*sold, *discounts, bundle),
        "agreement": None if signed is None else agreement(*signed, valid_to=end),
        "segment": draw(st.sampled_from(["pme", "enterprise"])),
        "concessions": concessions,
        "commitment_months": draw(st.sampled_from([None, 0, 12, 24])),
    }
