"""A small billing world: an issuer, two billing operators, the small fleet world, usage that a test gives."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import fleet_world
from come.billing import commands
from come.inventory import commands as inventory_commands, records as inventory
from come.party import models as party_models
from come.shared import actor as actors, identifiers, ids
from come.usage import records as usage_records

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
CYCLE = "2026-10"
OLIVIA = actors.Actor(ids.derived("test", "olivia"), "Olivia Blanc", frozenset({"billing_operator"}), frozenset(), sees_all_agencies=True)
OSCAR = actors.Actor(ids.derived("test", "oscar"), "Oscar Noir", frozenset({"billing_operator"}), frozenset(), sees_all_agencies=True)


@dataclasses.dataclass(slots=True)
class BillingWorld:
    """The fleet world and what billing adds."""

    fleet: fleet_world.World
    issuer: uuid.UUID
    usage: list[usage_records.UsageCharge]


def issuer(**given: Any) -> commands.Issuer:
    """Return the fictional issuing entity."""
    siren = identifiers.test_siren(900)
    values: dict[str, Any] = {
        "code": "NVL",
        "name": "Novaline Entreprises",
        "siren": siren,
        "siret": identifiers.test_siret(siren, 1),
        "legal_form_text": "SAS au capital de 10 000 000 euros",
        "register_text": "RCS Nantes",
        "street": "1 quai des Essais",
        "postcode": "44000",
        "city": "Nantes",
        "contact_name": "Service clients",
        "contact_phone": "+33 1 99 00 00 00",
        "contact_email": "factures@novaline.example",
        "iban": identifiers.test_iban(1),
        "creditor_identifier": "FR00ZZZ999999",
        "number_prefix": "NVL",
        "opening_cycle": "2026-09",
    }
    return commands.Issuer(**(values | given))


def build(monkeypatch: Any) -> BillingWorld:
    """Create the world; usage is what the test puts in `usage`."""
    fleet = fleet_world.build()
    siren = identifiers.test_siren(1)
    party_models.LegalUnit.objects.filter(siren=siren).update(vat_number=identifiers.vat_from_siren(siren))
    party_models.BillingAccount.objects.filter(id=fleet.account).update(endpoint_id=siren, is_split_by_cost_centre=False)
    world = BillingWorld(fleet, commands.set_up_issuer(issuer=issuer(), actor=OLIVIA, at=AT), [])

    def bill_charges(*, billing_account_ids: Sequence[uuid.UUID], cycle: str) -> list[usage_records.UsageCharge]:
        return [charge for charge in world.usage if charge.billing_account_id in billing_account_ids and cycle == CYCLE]

    monkeypatch.setattr("come.billing.commands.sources.usage_queries.bill_charges", bill_charges)
    return world


def add_account(world: BillingWorld, number: int, **given: Any) -> uuid.UUID:
    """Add a billing account to the fleet's company."""
    values = {"endpoint_id": identifiers.test_siren(1), "name": f"Compte {number}"} | given
    account = party_models.BillingAccount.objects.create(
        reference=f"CF-2026-{number:06d}",
        customer_file_id=world.fleet.company,
        created_at=AT,
        **values,
    )
    return account.id


def price(code: str, amount: str, price_type: str = "recurring", nature: str = "service", **given: Any) -> inventory.NewPrice:
    """Return a price to install."""
    return inventory.NewPrice(
        code, f"Prix {code}", price_type, nature, given.pop("tax_category", "standard"), Decimal(amount), Decimal(amount), code, 1, **given
    )


def install(
    world: BillingWorld, count: int, *, first: int = 0, at: dt.datetime, prices: Sequence[inventory.NewPrice], **given: Any
) -> None:
    """Install lines without options, with these prices."""
    fleet_world.stock(count, first=first)
    lines = [
        fleet_world.new_line(world.fleet, first + number, activated_at=at, prices=tuple(prices), parts=(), **given)
        for number in range(count)
    ]
    inventory_commands.install_lines(lines=lines, actor=fleet_world.SYSTEM, at=at)


def line_id(number: int) -> uuid.UUID:
    """Return the id of an installed line."""
    return ids.derived("test.line", number)


def used(world: BillingWorld, number: int, micro_eur: int, **given: Any) -> None:
    """Give a line some rated usage."""
    values: dict[str, Any] = {
        "billing_account_id": world.fleet.account,
        "line_id": line_id(number),
        "tariff_code": "STD",
        "service": "voice",
        "zone_code": "FR-MOBILE",
        "zone_name_fr": "Mobiles France",
        "band": "",
        "events": 12,
        "quantity_rated": 3_600,
        "quantity_free": 1_800,
        "unit": "seconds",
        "charge_micro_eur": micro_eur,
        "allowance_code": "VOIX-2H",
        "clause_number": None,
        "rating_run_id": ids.derived("test", "rating"),
    }
    world.usage.append(usage_records.UsageCharge(**(values | given)))


def through_check(cycle: str = CYCLE, at: dt.datetime = AT) -> uuid.UUID:
    """Open, compute and check a run; return its id."""
    run = commands.open_run(cycle=cycle, actor=OLIVIA, at=at)
    commands.compute_run(run_id=run.run_id, actor=OLIVIA, at=at)
    commands.check_run(run_id=run.run_id, actor=OLIVIA, at=at)
    return run.run_id


def through_issue(cycle: str = CYCLE, at: dt.datetime = AT) -> uuid.UUID:
    """Take a run to its end, documents aside; return its id."""
    run_id = through_check(cycle, at)
    commands.approve_run(run_id=run_id, actor=OSCAR, at=at)
    commands.issue_run(run_id=run_id, actor=OLIVIA, at=at)
    return run_id
