"""Plans, dates, causes and breakers: pure decisions, exact values."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies

from come.inventory import policies as inventory_policies
from come.order import jobs
from come.order.policies import breaker, dates, decomposition, freezing, rules, states

FRIDAY = dt.date(2026, 10, 30)


def facts(**given):
    values = {"operation": "install", "kinds": frozenset({"plan"}), "needs_msisdn": True, "needs_sim": True, "needs_device": False}
    return decomposition.PatternFacts(**(values | given))


def kinds(plan):
    return [step.kind for step in plan]


def test_a_mobile_line_with_options_has_every_step_and_each_waits_for_those_it_has():
    plan = decomposition.plan(facts=facts(kinds=frozenset({"plan", "option"})), has_rio=True, from_day=FRIDAY)
    assert [(step.kind, step.after) for step in plan] == [
        ("reserve_resources", ()),
        ("port_in", ("reserve_resources",)),
        ("ship", ("reserve_resources",)),
        ("activate", ("reserve_resources", "port_in", "ship")),
        ("add_options", ("activate",)),
        ("set_up_billing", ("reserve_resources", "ship", "activate", "add_options")),
        ("notify", ("set_up_billing",)),
    ]


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        (facts(), ["reserve_resources", "ship", "activate", "set_up_billing", "notify"]),
        (facts(kinds=frozenset({"pool"}), needs_msisdn=False, needs_sim=False), ["set_up_billing", "notify"]),
        (facts(kinds=frozenset({"accessory"}), needs_msisdn=False, needs_sim=False), ["ship", "set_up_billing", "notify"]),
        (facts(kinds=frozenset({"sip_trunk"}), needs_msisdn=False, needs_sim=False), ["activate", "set_up_billing", "notify"]),
        (
            facts(operation="suspend", kinds=frozenset(), needs_msisdn=False, needs_sim=False),
            ["change_network", "update_inventory", "notify"],
        ),
    ],
)
def test_other_lines_have_only_the_steps_they_need(given_facts, expected):
    assert kinds(decomposition.plan(facts=given_facts, has_rio=False, from_day=FRIDAY)) == expected


def test_the_promised_day_skips_the_week_end_and_all_saints():
    plan = decomposition.plan(facts=facts(), has_rio=False, from_day=FRIDAY)
    # Sunday 1 November 2026 is a holiday anyway; Monday 2 works.
    assert decomposition.promised_date([plan]) == dt.date(2026, 11, 2)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (dt.date(2026, 10, 30), 0, dt.date(2026, 10, 30)),
        (dt.date(2026, 10, 31), 0, dt.date(2026, 11, 2)),
        (dt.date(2026, 11, 10), 1, dt.date(2026, 11, 12)),
        (dt.date(2026, 12, 24), 1, dt.date(2026, 12, 28)),
        (dt.date(2027, 3, 26), 1, dt.date(2027, 3, 30)),
    ],
)
def test_working_days(day, count, expected):
    assert dates.after_working_days(day, count) == expected


def test_public_holidays_of_2026():
    assert sorted(dates.public_holidays(2026)) == [
        dt.date(2026, 1, 1), dt.date(2026, 4, 6), dt.date(2026, 5, 1), dt.date(2026, 5, 8), dt.date(2026, 5, 14), dt.date(2026, 5, 25),
        dt.date(2026, 7, 14), dt.date(2026, 8, 15), dt.date(2026, 11, 1), dt.date(2026, 11, 11), dt.date(2026, 12, 25),
    ]  # fmt: skip


@given(strategies.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), strategies.integers(0, 30))
def test_a_promised_day_is_a_working_day_and_never_earlier(day, count):
    promised = dates.after_working_days(day, count)
    assert promised >= day
    assert dates.is_working_day(promised)
    assert dates.after_working_days(day, count + 1) > promised


def test_every_rule_and_cause_of_the_data_is_sound():
    known = {rule.kind for rule in rules.step_rules()}
    for rule in rules.step_rules():
        assert set(rule.after) <= known
        assert rule.adapter == "inventory" or rule.adapter in jobs.PORTS
        decomposition._applies(rule.when, facts(), has_rio=False)
    for code, cause in rules.causes().items():
        assert cause.owner in {"seller", "support"}
        assert cause.due_hours > 0
        assert set(cause.repairs) <= {"retry", "replace_sim", "choose_number", "any_number", "billing_account"}
        assert rules.cause_sentence(code=code, adapter="réseau", msisdn="06", iccid="89").endswith(".")
        assert rules.next_step_sentence(code=code).endswith(".")


def test_a_code_that_nobody_has_explained_keeps_its_name():
    assert rules.cause_sentence(code="HLR-77", adapter="réseau") == "Le système « réseau » a refusé la demande (code HLR-77)."
    assert rules.title_sentence(code="HLR-77") == "Refus HLR-77"
    assert rules.signature(adapter="network", step_kind="activate", code="HLR-77", release="1") == "network/activate/HLR-77/1"


def test_a_breaker_opens_after_three_failures_waits_longer_each_time_and_closes_at_once():
    at = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
    state = breaker.Breaker()
    for failures in (1, 2):
        state = breaker.after_failure(state, at=at)
        assert (state.state, state.consecutive_failures, breaker.may_call(state, at=at)) == ("closed", failures, "yes")
    delays = []
    for _ in range(7):
        state = breaker.after_failure(state, at=at)
        delays.append(state.probe_delay_seconds)
    assert delays == [15, 30, 60, 120, 240, 300, 300]
    assert breaker.may_call(state, at=at) == "no"
    assert breaker.may_call(state, at=at + dt.timedelta(seconds=300)) == "probe"
    assert breaker.after_success(state) == breaker.Breaker()


def test_a_device_sold_alone_is_no_line_and_an_option_wins_over_its_plan():
    assert inventory_policies.product_kind("device") == "device"
    assert inventory_policies.product_kind("data_plan") == "line"
    assert (
        inventory_policies.precedence_of("option") > inventory_policies.precedence_of("plan") > inventory_policies.precedence_of("bundle")
    )


def test_nothing_is_frozen_without_its_price():
    pattern, reasons = freezing.freeze(plan_code="X", option_codes=(), device_code="", prices=(), offerings={})
    assert pattern is None
    assert [reason.code for reason in reasons] == ["order.offering_unknown"]


def test_a_diagram_draws_every_arrow_once():
    drawn = states.diagram(states.STEP_TRANSITIONS)
    assert drawn.splitlines()[:3] == ["stateDiagram-v2", "    [*] --> planned", "    planned --> cancelled"]
    assert drawn.count("-->") == 1 + 11 + 1
