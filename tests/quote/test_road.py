"""The shipped catalogue, its agreement template and a customer's table: from the paste to the order, to the cent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

import fleet_world as fw
from come.catalogue import commands as catalogue_commands
from come.order import commands as order_commands, models as order_models
from come.party import models as party_models
from come.quote import commands, queries
from come.shared import actor as actors

SYSTEM = actors.system_actor("Mise en place")
TABLE = "Utilisateur\tForfait\tOptions\tTerminal\tCentre de coût\n" + "".join(
    f"Salarié {n}\t{'Illimité 50 Go' if n < 20 else 'internet mobile 50 go'}\t{'Pass voyage zone 1' if n < 4 else ''}\t"
    f"{'TEL-ALTIA-A5-24X' if n < 2 else ''}\tATELIER\n"
    for n in range(25)
)


@pytest.fixture
def world(db):
    world = fw.build()
    party_models.CustomerFile.objects.update(segment="enterprise")
    files = catalogue_commands.read_folder(catalogue_commands.DEMO_FOLDER)
    catalogue_commands.import_catalogue(files=files, actor=SYSTEM, at=dt.datetime(2024, 1, 2, tzinfo=dt.UTC), publish=True)
    catalogue_commands.create_agreement(
        name="Accord-cadre flotte",
        legal_unit_id=party_models.LegalUnit.objects.get().id,
        valid_from=dt.date(2026, 9, 1),
        signed_date=dt.date(2026, 9, 1),
        template_code="ACC-FLOTTE-GRAND-COMPTE",
        actor=SYSTEM,
        at=fw.AT,
    )
    return world


def test_a_fleet_from_the_table_to_the_order(world):
    made = commands.create_quote(customer_file_id=world.company, actor=world.alice, at=fw.AT)
    answer = commands.paste_lines(quote_id=made.quote_id, table_text=TABLE, actor=world.alice, at=fw.AT)
    assert (answer.added, answer.to_correct) == (25, 0)
    head = queries.quote(quote_id=made.quote_id, viewer=world.alice)
    prices = {
        (one.offering_code, one.price_code): (one.amount, one.clause_number, one.level)
        for pattern in queries.patterns(quote_id=made.quote_id)
        for one in pattern.components
    }
    assert prices["MOB-ILL-50", "ABO"] == (Decimal("18.90"), "4.2", "agreement")
    assert prices["MOB-ILL-50", "MES"] == (Decimal("0.00"), "4.5", "agreement")
    assert prices["OPT-ROAM-Z1", "ABO"][1] == "5.1"
    assert prices["DATA-50", "ABO"][2] == "fleet"
    assert head.totals.monthly == sum(
        (pattern.totals.monthly * pattern.quantity for pattern in queries.patterns(quote_id=made.quote_id)), Decimal(0)
    )
    commands.send_quote(quote_id=made.quote_id, actor=world.alice, at=fw.AT)
    commands.accept_quote(quote_id=made.quote_id, identity="Sabine Colin", actor=world.alice, at=fw.AT)
    first = order_commands.submit_order(quote_id=made.quote_id, actor=world.alice, at=fw.AT)
    assert order_commands.submit_order(quote_id=made.quote_id, actor=world.alice, at=fw.AT) == first


def test_the_commitment_that_was_agreed_is_the_one_installed(world):
    made = commands.create_quote(customer_file_id=world.company, commitment_months=0, actor=world.alice, at=fw.AT)
    commands.paste_lines(quote_id=made.quote_id, table_text="Forfait\nMOB-ILL-50\n", actor=world.alice, at=fw.AT)
    commands.send_quote(quote_id=made.quote_id, actor=world.alice, at=fw.AT)
    commands.accept_quote(quote_id=made.quote_id, identity="Sabine Colin", actor=world.alice, at=fw.AT)
    submitted = order_commands.submit_order(quote_id=made.quote_id, actor=world.alice, at=fw.AT)
    assert [line.commitment_months for line in queries.quote_for_order(quote_id=made.quote_id).lines] == [0]
    assert order_models.OrderPattern.objects.get(order_id=submitted.order_id).commitment_months == 0
