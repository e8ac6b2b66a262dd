"""The pricing kernel: equal to the slow reference to the micro-euro, and each rule in exact values."""

from __future__ import annotations

import collections
import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given, settings

import effort
import quote_worlds as worlds
from come.catalogue import policies as catalogue_policies, records as catalogue
from come.quote import pricing, records
from come.quote.pricing import reference

PLAN = worlds.offering(
    "MOB",
    "plan",
    [worlds.price("ABO", "20.00", cost_eur=Decimal("8.00")), worlds.price("MES", "10.00", "one_off")],
    terms=(catalogue.TermRecord(0, 30), catalogue.TermRecord(12, 30), catalogue.TermRecord(24, 30)),
)
OPTION = worlds.offering("OPT", "option", [worlds.price("ABO", "5.00", cost_eur=Decimal("1.00"))])
DEVICE = worlds.offering("TEL", "device", [worlds.price("MENS", "12.50", "instalment", instalment_count=24)])
FLEET = worlds.offering(
    "REMISE",
    "discount",
    discount_tiers=(
        catalogue.DiscountTierRecord(10, "recurring", Decimal(5), None, ("plan",), (), "5 % à partir de 10 lignes."),
        catalogue.DiscountTierRecord(50, "recurring", Decimal(8), None, ("plan",), (), "8 % à partir de 50 lignes."),
    ),
)
MOB = records.Pattern("MOB")
FULL = records.Pattern("MOB", ("OPT",), "TEL")


def priced(quantities, *clauses, offerings=(PLAN, OPTION, DEVICE, FLEET), rules=(), **given):
    values = {"segment": "pme", "agreement": worlds.agreement(*clauses) if clauses else None}
    return pricing.price_quote(quantities=quantities, snapshot=worlds.snapshot(*offerings, rules=rules), **(values | given))


def in_order(quote):
    return sorted(quote.patterns, key=lambda one: one.pattern)


def component(quote, offering_code="MOB", price_code="ABO", place=0):
    found = in_order(quote)[place].components
    return next(one for one in found if (one.offering_code, one.price_code) == (offering_code, price_code))


@settings(max_examples=effort.examples(150), deadline=None)
@given(worlds.deals())
def test_kernel_equals_the_slow_reference(deal):
    asked = {key: value for key, value in deal.items() if key != "lines"}
    found = pricing.price_quote(quantities=collections.Counter(deal["lines"]), **asked)
    assert not [one.obstacles for one in found.patterns if one.obstacles]
    assert dataclasses.replace(found.totals, margin_monthly=None) == reference.price_lines(reference.Deal(**deal))


@settings(max_examples=effort.examples(60), deadline=None)
@given(worlds.deals())
def test_every_price_says_who_decided_it(deal):
    asked = {key: value for key, value in deal.items() if key != "lines"}
    for pattern in pricing.price_quote(quantities=collections.Counter(deal["lines"]), **asked).patterns:
        for one in pattern.components:
            assert str(one.reason_fr).endswith(".")
            assert (one.clause_number is not None) == (one.level in {"line_option", "line_plan", "customer", "agreement"})
            assert one.amount >= 0
            assert one.level != "list" or one.amount == one.list_amount


def test_sums_of_a_line_and_of_the_quote():
    quote = priced({FULL: 3})
    assert quote.patterns[0].line_totals == records.Totals(
        one_off=Decimal("10.00"),
        monthly=Decimal("25.00"),
        instalments_monthly=Decimal("12.50"),
        deposit=Decimal(0),
        over_commitment=Decimal("910.00"),
        list_monthly=Decimal("25.00"),
        margin_monthly=Decimal("16.00"),
    )
    assert quote.totals.over_commitment == Decimal("2730.00")
    assert quote.totals.monthly == Decimal("75.00")


@pytest.mark.parametrize(("wanted", "months"), [(None, 24), (24, 24), (18, 12), (12, 12), (0, 0)])
def test_commitment_is_the_longest_term_within_what_is_wanted(wanted, months):
    assert priced({MOB: 1}, commitment_months=wanted).patterns[0].commitment_months == months


def test_an_unknown_cost_makes_the_margin_unknown():
    free = worlds.offering("LIB", "plan", [worlds.price("ABO", "9.00")])
    assert priced({records.Pattern("LIB"): 2, MOB: 1}, offerings=(PLAN, free)).totals.margin_monthly is None


def test_the_fleet_discount_counts_the_whole_quote():
    assert component(priced({MOB: 9})).amount == Decimal("20.00")
    quote = priced({MOB: 4, FULL: 6})
    assert component(quote).amount == Decimal("19.000000")
    assert component(quote).reason_fr == "5 % à partir de 10 lignes (prix du catalogue 20,00\u00a0€)."
    assert component(priced({MOB: 50})).amount == Decimal("18.400000")


def test_a_clause_replaces_the_discount_and_is_cited():
    quote = priced({MOB: 50}, worlds.clause("4.2", "amount", "price", "18.90", offering_code="MOB", price_code="ABO"))
    found = component(quote)
    assert (found.amount, found.level, found.clause_number) == (Decimal("18.90"), "agreement", "4.2")
    assert found.reason_fr == "Accord ACC-2026-000001, clause 4.2 : Texte de la clause 4.2."


def test_the_precise_clause_wins_then_the_highest_volume_reached():
    clauses = (
        worlds.clause("1", "percentage", "offering_kind", "10", offering_kind="plan", price_type="recurring"),
        worlds.clause("2", "amount", "price", "16.90", offering_code="MOB", price_code="ABO", minimum_quantity=100),
        worlds.clause("3", "amount", "price", "18.90", offering_code="MOB", price_code="ABO"),
    )
    assert component(priced({MOB: 99}, *clauses)).clause_number == "3"
    assert component(priced({MOB: 60, FULL: 40}, *clauses)).clause_number == "2"


def test_precedence_line_option_then_line_plan_then_customer_then_agreement():
    def granted(number, level, amount):
        return records.Concession(level, worlds.clause(number, "amount", "price", amount, offering_code="OPT", price_code="ABO"))

    levels = [
        granted("C1", records.PriceLevel.LINE_OPTION, "1.00"),
        granted("C2", records.PriceLevel.LINE_PLAN, "2.00"),
        granted("C3", records.PriceLevel.CUSTOMER, "3.00"),
    ]
    conceded = dataclasses.replace(FULL, concessions=("C1", "C2"))
    signed = worlds.clause("5.1", "amount", "price", "4.00", offering_code="OPT", price_code="ABO")
    amounts = [component(priced({conceded: 1}, signed, concessions=levels[place:]), "OPT").amount for place in range(4)]
    assert amounts == [Decimal("1.00"), Decimal("2.00"), Decimal("3.00"), Decimal("4.00")]
    other = records.Pattern("MOB", ("OPT",))
    quote = priced({conceded: 1, other: 1}, signed, concessions=levels[:2])
    assert component(quote, "OPT", place=0).amount == Decimal("4.00")


def test_an_ended_agreement_gives_no_price():
    ended = worlds.agreement(worlds.clause("1", "amount", "price", "1.00", offering_code="MOB", price_code="ABO"), valid_to=worlds.DAY)
    assert component(priced({MOB: 1}, agreement=ended)).level == "list"


def test_percentages_are_kept_to_the_micro_euro():
    third = worlds.offering("TIERS", "plan", [worlds.price("ABO", "9.99")])
    clause = worlds.clause("1", "percentage", "offering", "33.333", offering_code="TIERS", price_type="recurring")
    found = component(priced({records.Pattern("TIERS"): 1}, clause, offerings=(third,)), "TIERS")
    assert found.amount == Decimal("6.660033")


def obstacles_of(quote, place=0):
    return [one.code for one in in_order(quote)[place].obstacles]


def test_an_offering_without_price_is_an_obstacle_never_zero():
    bare = worlds.offering("NU", "plan")
    quote = priced({records.Pattern("NU"): 2, MOB: 1}, offerings=(PLAN, bare))
    assert obstacles_of(quote, 1) == ["quote.missing_price"]
    assert quote.totals.monthly == Decimal("20.00")


def test_unknown_and_ineligible_offerings_are_obstacles():
    public = worlds.offering("PUB", "plan", [worlds.price("ABO", "9.00")], segments=("public",))
    assert obstacles_of(priced({records.Pattern("RIEN"): 1})) == ["quote.unknown_offering"]
    assert obstacles_of(priced({records.Pattern("PUB"): 1}, offerings=(public,))) == ["quote.not_eligible"]
    assert obstacles_of(priced({records.Pattern("OPT"): 1})) == ["quote.not_alone"]


def test_fleet_size_limits():
    small = worlds.offering("PME", "plan", [worlds.price("ABO", "9.00")], maximum_fleet=2)
    big = worlds.offering("GC", "plan", [worlds.price("ABO", "9.00")], minimum_fleet=5)
    quantities = {records.Pattern("PME"): 2, records.Pattern("GC"): 1}
    quote = priced(quantities, offerings=(small, big))
    assert [obstacles_of(quote, 0), obstacles_of(quote, 1)] == [["quote.fleet_too_small"], ["quote.fleet_too_big"]]
    assert obstacles_of(priced({records.Pattern("GC"): 1}, offerings=(small, big), installed={"PME": 4})) == []


def rule(kind, source, *targets, scope="line", minimum=None, maximum=None):
    return catalogue.RuleRecord(f"R-{kind}", kind, source, targets, minimum, maximum, "La phrase de la règle.", scope)


@pytest.mark.parametrize(
    ("one_rule", "pattern", "is_broken"),
    [
        (rule("requires", "TEL", "OPT"), FULL, False),
        (rule("requires", "TEL", "OPT"), records.Pattern("MOB", (), "TEL"), True),
        (rule("excludes", "MOB", "OPT"), FULL, True),
        (rule("excludes", "MOB", "OPT"), MOB, False),
        (rule("replaces", "OPT", "TEL"), FULL, True),
        (rule("cardinality", "MOB", "MOB", "OPT", minimum=1, maximum=1), FULL, True),
        (rule("cardinality", "MOB", "MOB", "OPT", minimum=1, maximum=1), MOB, False),
    ],
)
def test_rules_of_a_line_say_their_own_sentence(one_rule, pattern, is_broken):
    found = priced({pattern: 1}, rules=(one_rule,)).patterns[0].obstacles
    assert [one.message for one in found] == (["La phrase de la règle."] if is_broken else [])


def test_a_clause_that_gives_no_price_is_an_obstacle_with_its_reason():
    empty = dataclasses.replace(worlds.clause("9", "amount", "offering", "1", offering_code="OPT"), amount=None)
    quote = priced({FULL: 1, MOB: 1}, empty)
    assert [obstacles_of(quote, 0), obstacles_of(quote, 1)] == [[], ["quote.clause_without_price"]]
    assert in_order(quote)[1].obstacles[0].message == "« Offre OPT » : La clause 9 ne donne pas de prix pour 1 unités."
    assert quote.totals.monthly == Decimal("20.00")


def test_at_most_one_of_two_options_whatever_else_the_line_holds():
    other, third = (worlds.offering(code, "option", [worlds.price("ABO", "1.00")]) for code in ("OPT-2", "OPT-3"))
    offerings = (PLAN, OPTION, other, third)
    # As a snapshot gives a rule that is written for a whole kind: once for each offering of it.
    one_of_two = [
        dataclasses.replace(rule("cardinality", source, "OPT", "OPT-2", minimum=0, maximum=1), code="R-UN")
        for source in ("OPT", "OPT-2", "OPT-3")
    ]

    def said(*options):
        return [
            one.message for one in priced({records.Pattern("MOB", options): 1}, offerings=offerings, rules=one_of_two).patterns[0].obstacles
        ]

    assert [said("OPT-3"), said("OPT", "OPT-3"), said("OPT-2")] == [[], [], []]
    assert set(said("OPT", "OPT-2", "OPT-3")) == set(said("OPT", "OPT-2")) == {"La phrase de la règle."}


def test_rules_of_the_quote_see_the_other_lines_and_what_is_installed():
    needs = rule("requires", "OPT", "TEL", scope="quote")
    with_option = records.Pattern("MOB", ("OPT",))
    assert obstacles_of(priced({with_option: 1}, rules=(needs,))) == ["quote.rule.R-requires"]
    assert obstacles_of(priced({with_option: 1, records.Pattern("TEL"): 1}, rules=(needs,))) == []
    assert obstacles_of(priced({with_option: 1}, rules=(needs,), installed={"TEL": 1})) == []


def test_a_bundle_counts_its_members_and_gives_its_own_discount():
    discount = worlds.offering(
        "CONV", "discount",
        discount_tiers=(catalogue.DiscountTierRecord(2, "recurring", None, Decimal("3.00"), (), ("MOB",), "3,00 € de moins par ligne."),),
    )  # fmt: skip
    members = (
        catalogue.BundleMemberRecord("MOB", 2, 3, 2),
        catalogue.BundleMemberRecord("CONV", 1, 1, 1),
    )
    bundle = worlds.offering("PACK", "bundle", members=members)
    inside = records.Pattern("MOB", bundle_code="PACK")
    everything = (PLAN, OPTION, DEVICE, FLEET, discount, bundle)
    quote = priced({inside: 2, MOB: 9}, offerings=everything)
    assert [component(quote, place=0).amount, component(quote, place=1).amount] == [Decimal("19.000000"), Decimal("17.00")]
    assert component(quote, place=1).level == "bundle"
    assert obstacles_of(priced({inside: 1}, offerings=everything)) == ["quote.bundle_member"]
    assert obstacles_of(priced({inside: 4}, offerings=everything)) == ["quote.bundle_member"]


def test_a_percentage_conceded_is_taken_off_what_would_be_paid_without_it():
    signed = worlds.clause("5.1", "amount", "price", "18.90", offering_code="MOB", price_code="ABO")
    conceded = records.Concession(records.PriceLevel.LINE_PLAN, worlds.clause("C1", "percentage", "offering", "10", offering_code="MOB"))
    found = component(priced({dataclasses.replace(MOB, concessions=("C1",)): 1}, signed, concessions=[conceded]))
    assert (found.amount, found.level, found.clause_number) == (Decimal("17.010000"), "line_plan", "C1")
    assert "18,90" in found.reason_fr


def test_offers_for_those_who_have_lines_already_or_none_yet():
    loyal = worlds.offering("FIDELE", "plan", [worlds.price("ABO", "9.00")], minimum_installed=3)
    first = worlds.offering("BIENVENUE", "plan", [worlds.price("ABO", "9.00")], maximum_installed=0)
    quantities = {records.Pattern("BIENVENUE"): 1, records.Pattern("FIDELE"): 1}
    for installed, expected in ((0, [[], ["quote.too_few_installed"]]), (3, [["quote.too_many_installed"], []])):
        quote = priced(quantities, offerings=(PLAN, loyal, first), installed={"MOB": installed})
        assert [obstacles_of(quote, 0), obstacles_of(quote, 1)] == expected


@pytest.mark.parametrize(
    ("postcode", "expected"), [("97410", []), ("69003", ["quote.not_sold_there"]), ("", []), ("97122", ["quote.not_sold_there"])]
)
def test_an_offer_of_one_territory_is_sold_there_alone(postcode, expected):
    island = worlds.offering("RUN", "plan", [worlds.price("ABO", "9.00")], territories=("reunion",))
    quote = priced({records.Pattern("RUN"): 1}, offerings=(island,), territory=catalogue_policies.territory_of(postcode))
    assert obstacles_of(quote) == expected
