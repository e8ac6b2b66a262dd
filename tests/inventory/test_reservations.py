"""Numbers and SIMs are reserved in sets, once each."""

from __future__ import annotations

import pytest

import fleet_world as fw
from come.inventory import commands, models, records
from come.shared import identifiers, ids, obstacles

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> fw.World:
    return fw.build()


def test_each_line_receives_its_own_number_and_sim(world):
    fw.stock(10)
    wants = [records.ResourceWant(ids.uuid7()) for _ in range(10)]
    answers = commands.reserve_resources(wants=wants, at=fw.AT)
    assert len({answer.msisdn for answer in answers}) == len({answer.iccid for answer in answers}) == 10
    assert {answer.failure_code for answer in answers} == {""}


def test_reserving_again_finds_what_was_reserved(world):
    fw.stock(10)
    wants = [records.ResourceWant(ids.uuid7()) for _ in range(4)]
    first = commands.reserve_resources(wants=wants, at=fw.AT)
    assert commands.reserve_resources(wants=wants, at=fw.AT) == first
    assert models.NumberResource.objects.filter(state="reserved").count() == 4


def test_what_is_missing_is_named_for_each_line(world):
    fw.stock(3, sims=1)
    wants = [records.ResourceWant(ids.uuid7()) for _ in range(2)]
    answers = commands.reserve_resources(wants=wants, at=fw.AT)
    assert [answer.failure_code for answer in answers] == ["", "SIM_STOCK_EMPTY"]
    assert answers[1].msisdn


def test_a_named_number_is_taken_or_refused_with_its_reason(world):
    fw.stock(2)
    taken = records.ResourceWant(ids.uuid7(), wanted_msisdn=identifiers.test_msisdn(0), needs_sim=False)
    commands.reserve_resources(wants=[taken], at=fw.AT)
    wants = [
        records.ResourceWant(ids.uuid7(), wanted_msisdn=identifiers.test_msisdn(0), needs_sim=False),
        records.ResourceWant(ids.uuid7(), wanted_msisdn=identifiers.test_msisdn(900), needs_sim=False),
        records.ResourceWant(ids.uuid7(), wanted_msisdn=identifiers.test_msisdn(901), needs_sim=False, is_ported_in=True),
    ]
    answers = commands.reserve_resources(wants=wants, at=fw.AT)
    assert [answer.failure_code for answer in answers] == ["NUMBER_TAKEN", "NUMBER_UNKNOWN", ""]
    assert answers[2].msisdn == identifiers.test_msisdn(901)


def test_released_resources_serve_again_and_faulty_sims_do_not(world):
    fw.stock(1)
    want = records.ResourceWant(ids.uuid7())
    commands.reserve_resources(wants=[want], at=fw.AT)
    assert commands.release_resources(reservation_ids=[want.reservation_id], at=fw.AT, kinds=("sim",), is_faulty=True) == 1
    assert commands.release_resources(reservation_ids=[want.reservation_id], at=fw.AT) == 1
    assert models.SimResource.objects.get().state == "retired"
    assert models.NumberResource.objects.get().state == "available"


def test_the_agency_s_own_stock_is_used_first(world):
    commands.stock_sims(iccids=[identifiers.test_iccid(1)], actor=fw.SYSTEM, at=fw.AT)
    commands.stock_sims(iccids=[identifiers.test_iccid(2)], actor=fw.SYSTEM, at=fw.AT, agency_id=world.lyon)
    commands.stock_sims(iccids=[identifiers.test_iccid(0)], actor=fw.SYSTEM, at=fw.AT, agency_id=world.lille)
    wants = [records.ResourceWant(ids.uuid7(), agency_id=world.lyon, needs_number=False) for _ in range(3)]
    answers = commands.reserve_resources(wants=wants, at=fw.AT)
    assert [answer.iccid for answer in answers] == [identifiers.test_iccid(2), identifiers.test_iccid(1), ""]


def test_a_delivery_of_sims_with_a_wrong_key_adds_nothing(world):
    with pytest.raises(obstacles.Refusal) as refused:
        commands.stock_sims(iccids=[identifiers.test_iccid(1), "8933010000000000001", "12"], actor=fw.SYSTEM, at=fw.AT)
    assert [obstacle.path for obstacle in refused.value.obstacles] == ["rows/1", "rows/2"]
    assert models.SimResource.objects.count() == 0


def test_stocking_twice_adds_once(world):
    assert commands.stock_numbers(msisdns=["06 39 98 00 01"], actor=fw.SYSTEM, at=fw.AT) == 1
    assert commands.stock_numbers(msisdns=["+33639980001"], actor=fw.SYSTEM, at=fw.AT) == 0
