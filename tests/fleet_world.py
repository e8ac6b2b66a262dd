"""A small world for tests of lines, orders and incidents: two agencies, the fixed cast, a company, a stock, a catalogue.

Alice sells in Lyon, Bob assists in Lyon, Charlie sells in Lille, Sam repairs for everyone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from come.catalogue import records as catalogue
from come.inventory import commands as inventory_commands, records as inventory
from come.party import models as party_models
from come.shared import actor as actors, identifiers, ids
from come.staff import models as staff_models

AT = dt.datetime(2026, 10, 5, 9, 0, tzinfo=dt.UTC)
SYSTEM = actors.system_actor("Mise en place", request_id="")


@dataclasses.dataclass(slots=True)
class World:
    """Ids and actors of the small world."""

    lyon: uuid.UUID
    lille: uuid.UUID
    alice: actors.Actor
    bob: actors.Actor
    charlie: actors.Actor
    sam: actors.Actor
    company: uuid.UUID
    company_reference: str
    account: uuid.UUID
    cost_centre: uuid.UUID


def build() -> World:
    """Create the small world in the test's database."""
    lyon = staff_models.Agency.objects.create(code="LYO", name="Lyon Part-Dieu", city="Lyon")
    lille = staff_models.Agency.objects.create(code="LIL", name="Lille Centre", city="Lille")
    cast = {
        "alice": _person("alice", "Alice Martin", ["seller"], lyon),
        "bob": _person("bob", "Bob Petit", ["assistant"], lyon),
        "charlie": _person("charlie", "Charlie Roux", ["seller"], lille),
        "sam": _person("sam", "Sam Leroy", ["support"], lyon, sees_all=True),
    }
    siren = identifiers.test_siren(1)
    unit = party_models.LegalUnit.objects.create(siren=siren, legal_name="Boulangeries du Rhône", created_at=AT)
    place = party_models.Establishment.objects.create(
        legal_unit=unit,
        siret=identifiers.test_siret(siren, 1),
        is_head_office=True,
        street="12 rue des Fournils",
        postcode="69003",
        city="Lyon",
    )
    company = party_models.CustomerFile.objects.create(
        reference="CLI-2026-000001",
        legal_unit=unit,
        establishment=place,
        name="Boulangeries du Rhône",
        agency=lyon,
        segment="pme",
        created_at=AT,
    )
    account = party_models.BillingAccount.objects.create(reference="CF-2026-000001", customer_file=company, name="Siège", created_at=AT)
    centre = party_models.CostCentre.objects.create(billing_account=account, code="ATELIER", name="Atelier")
    return World(
        lyon=lyon.id,
        lille=lille.id,
        **cast,
        company=company.id,
        company_reference=company.reference,
        account=account.id,
        cost_centre=centre.id,
    )


def _person(login: str, name: str, roles: list[str], agency: staff_models.Agency, *, sees_all: bool = False) -> actors.Actor:
    member = staff_models.StaffMember.objects.create(login=login, display_name=name, roles=roles, email=f"{login}@novaline.example")
    staff_models.Membership.objects.create(staff_member=member, agency=agency)
    return actors.Actor(
        staff_id=member.id,
        name=name,
        roles=frozenset(roles),
        agency_ids=frozenset({agency.id}),
        sees_all_agencies=sees_all,
    )


def stock(count: int, *, first: int = 0, sims: int | None = None) -> None:
    """Put numbers and SIMs in the central stock."""
    inventory_commands.stock_numbers(msisdns=[identifiers.test_msisdn(first + n) for n in range(count)], actor=SYSTEM, at=AT)
    inventory_commands.stock_sims(
        iccids=[identifiers.test_iccid(first + n) for n in range(count if sims is None else sims)], actor=SYSTEM, at=AT
    )


def price(code: str, amount: str, price_type: str = "recurring", **given: Any) -> catalogue.PriceRecord:
    """Return a price of the test catalogue."""
    return catalogue.PriceRecord(code, price_type, Decimal(amount), f"Prix {code}", "standard", "service", **given)


def offering(code: str, kind: str, prices: Sequence[catalogue.PriceRecord], **given: Any) -> catalogue.OfferingRecord:
    """Return an offering of the test catalogue."""
    return catalogue.OfferingRecord(
        id=ids.derived("test.offering", code),
        code=code,
        version=1,
        name_fr=f"Offre {code}",
        description_fr="",
        kind=kind,
        segments=("pme",),
        valid_from=dt.date(2026, 1, 1),
        valid_to=None,
        lifecycle_status="live",
        prices=tuple(prices),
        **given,
    )


OFFERINGS = {
    "NV-PRO-20": offering(
        "NV-PRO-20",
        "plan",
        [price("NV-PRO-20-M", "19.90"), price("NV-PRO-20-MES", "10.00", "one_off")],
        tariff_code="STD",
        allowances=(catalogue.AllowanceRecord("NV-PRO-20-DATA", "20 Go", "data", 20_000_000_000, "bytes", "line"),),
        terms=(catalogue.TermRecord(24, 30),),
        needs_msisdn=True,
        needs_sim=True,
    ),
    "NV-OPT-MONDE": offering("NV-OPT-MONDE", "option", [price("NV-OPT-MONDE-M", "5.00")], tariff_code="MONDE"),
    "NV-TEL-X": offering("NV-TEL-X", "device", [price("NV-TEL-X-ECH", "12.50", "instalment", instalment_count=24)], needs_device=True),
}


def new_line(world: World, number: int, **given: Any) -> inventory.NewLine:
    """Return line `number` of an existing fleet, ready to install."""
    plan = OFFERINGS["NV-PRO-20"]
    values: dict[str, Any] = {
        "line_id": ids.derived("test.line", number),
        "customer_file_id": world.company,
        "agency_id": world.lyon,
        "billing_account_id": world.account,
        "offering_code": plan.code,
        "offering_version": 1,
        "name_fr": plan.name_fr,
        "activated_at": AT,
        "user_label": f"Ligne {number:05d}",
        "msisdn": identifiers.test_msisdn(number),
        "iccid": identifiers.test_iccid(number),
        "prices": (
            inventory.NewPrice(
                "NV-PRO-20-M", "Abonnement", "recurring", "service", "standard", Decimal("17.90"), Decimal("19.90"), plan.code, 1,
                clause_number="4.2", clause_text="17,90 € par ligne",
            ),
        ),
        "terms": (inventory.NewUsageTerm(100, tariff_code="STD"),),
        "parts": (
            inventory.NewPart(
                "NV-OPT-MONDE", 1, "Option monde", "option",
                prices=(
                    inventory.NewPrice(
                        "NV-OPT-MONDE-M", "Option", "recurring", "service", "standard", Decimal("5.00"), Decimal("5.00"), "NV-OPT-MONDE", 1,
                    ),
                ),
            ),
        ),
    }  # fmt: skip
    return inventory.NewLine(**(values | given))


def accepted_quote(world: World, count: int, **given: Any) -> Any:
    """Return an accepted quote of `count` lines, as the quote package hands it over."""
    components = (
        _component("NV-PRO-20", "NV-PRO-20-M", "recurring", "19.90", "17.90", clause="4.2"),
        _component("NV-PRO-20", "NV-PRO-20-MES", "one_off", "10.00", "0.00", clause="4.3"),
        _component("NV-OPT-MONDE", "NV-OPT-MONDE-M", "recurring", "5.00", "5.00"),
    )
    lines = tuple(
        types.SimpleNamespace(
            stable_id=ids.uuid7(),
            position=position,
            plan_code="NV-PRO-20",
            option_codes=("NV-OPT-MONDE",),
            device_code=None,
            commitment_months=24,
            user_label=f"Salarié {position:03d}",
            msisdn=None,
            rio=None,
            iccid=None,
            cost_centre="ATELIER" if position == 1 else None,
            components=components,
            action="add",
            product_id=None,
            change=None,
        )
        for position in range(1, count + 1)
    )
    values = {
        "quote_id": ids.uuid7(),
        "reference": "DEV-2026-000001",
        "version": 1,
        "customer_file_id": world.company,
        "agency_id": world.lyon,
        "billing_account_id": world.account,
        "agreement_id": None,
        "lines": lines,
        "kind": "new",
    }
    return types.SimpleNamespace(**(values | given))


@dataclasses.dataclass(frozen=True, slots=True)
class Component:
    """A priced component of a quote's line."""

    offering_code: str
    offering_version: int
    price_code: str
    price_type: str
    list_amount: Decimal
    amount: Decimal
    clause_number: str | None
    clause_text: str
    reason_fr: str


def _component(offering_code: str, code: str, price_type: str, listed: str, amount: str, clause: str = "") -> Any:
    return Component(
        offering_code=offering_code,
        offering_version=1,
        price_code=code,
        price_type=price_type,
        list_amount=Decimal(listed),
        amount=Decimal(amount),
        clause_number=clause or None,
        clause_text=f"Clause {clause}" if clause else "",
        reason_fr="Prix de l’accord" if clause else "Prix du catalogue",
    )
