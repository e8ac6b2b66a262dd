"""What exists before the story: schema, catalogue, people, registry, companies, fleets."""

from __future__ import annotations

import datetime as dt
import pathlib
import tempfile
from collections.abc import Sequence
from typing import Any

from django.core import management

from come.catalogue import commands as catalogue_commands, queries as catalogue_queries, records as catalogue
from come.edges.network import simulator
from come.inventory import commands as inventory_commands, records as inventory
from come.party import commands as party_commands, ports as party_ports, queries as party_queries
from come.project.demo import fleets, population, story
from come.project.demo.journey import Context
from come.shared import formatting, identifiers, wiring
from come.staff import commands as staff_commands, queries as staff_queries

_CATALOGUE = pathlib.Path(catalogue.__file__).parent.with_name("data") / "demo"
_REGISTRY_DATE = dt.date(2026, 9, 1)
_FREE_NUMBERS = 2_000
_FREE_SIMS = 600
_FIRST_FREE = 500_000
_TEMPLATE = "ACC-FLOTTE-GRAND-COMPTE"


def migrate(context: Context) -> dict[str, Any]:
    """Bring the schema to the present version."""
    management.call_command("migrate", verbosity=0, interactive=False)
    return {"summary": ""}


def load_catalogue(context: Context) -> dict[str, Any]:
    """Import the operator's catalogue files."""
    files = catalogue_commands.read_folder(_CATALOGUE)
    catalogue_commands.import_catalogue(files=files, actor=story.system("catalogue"), at=story.CATALOGUE_AT, publish=True)
    snapshot = catalogue_queries.catalogue_snapshot(at=story.QUOTED_AT.date())
    return {
        "summary": f"{len(snapshot.offerings)} offres en vente, {len(snapshot.rules)} règles de compatibilité",
        "offerings": len(snapshot.offerings),
    }


def hire(context: Context) -> dict[str, Any]:
    """Open the agencies and let the staff sign in."""
    actor = story.system("staff")
    agency_ids = {
        code: staff_commands.create_agency(code=code, name=name, city=city, actor=actor, at=story.LOADED_AT)
        for code, name, city in story.AGENCIES
    }
    for number, person in enumerate(story.STAFF, start=1):
        staff_commands.create_staff_member(
            login=person.login,
            display_name=person.name,
            roles=person.roles,
            agency_ids=[agency_ids[code] for code in person.agency_codes],
            password=story.PASSWORD,
            email=f"{person.login}@novaline.example",
            actor=actor,
            at=story.LOADED_AT,
        )
        context.console.advance(number / len(story.STAFF))
    return {"summary": f"{len(agency_ids)} agences, {len(story.STAFF)} personnes"}


def mirror_registry(context: Context) -> dict[str, Any]:
    """Write a synthetic registry in the published layout, and open the mirror on it."""
    files = wiring.port(party_ports.RegistryFiles)
    with tempfile.TemporaryDirectory(prefix="sirene-") as folder:
        files.generate(folder=pathlib.Path(folder), units=story.REGISTRY_UNITS, seed=story.SEED, as_of=_REGISTRY_DATE)
        figures = files.adopt(folder=pathlib.Path(folder), is_forced=True)
    units, places = formatting.number(figures.legal_units), formatting.number(figures.establishments)
    return {"summary": f"{units} entreprises, {places} établissements, au {formatting.day(figures.as_of)}"}


def load_companies(context: Context) -> dict[str, Any]:
    """Load the companies that the operator follows already."""
    agencies = {agency.code: agency.id for agency in staff_queries.agencies()}
    sellers = [member for member in staff_queries.staff() if "seller" in member.roles]
    rows = population.companies(agencies=agencies, sellers=sellers)
    loaded = party_commands.load_companies(rows=rows, actor=story.system("companies"), at=story.LOADED_AT)
    places = sum(len(row.establishments) for row in rows)
    return {"summary": f"{len(loaded)} entreprises, {places} établissements, {sum(len(one.billing_account_ids) for one in loaded)} comptes"}


def install_fleets(context: Context) -> dict[str, Any]:
    """Install the fleets that the operator has already, three of them under a framework agreement."""
    rows = population.fleet_companies()
    first_line = 0
    for number, (siren, size, has_agreement) in enumerate(rows):
        customer, agreement = _customer(siren, has_agreement=has_agreement, has_group=number == 0)
        lines = fleets.lines(
            fleet_number=number,
            customer=customer,
            accounts=fleets.accounts_of(customer.id),
            agreement=agreement,
            line_count=size,
            first_line=first_line,
        )
        _stock(lines, number)
        inventory_commands.install_lines(lines=lines, actor=story.system("fleet", number), at=story.LOADED_AT, source="import")
        first_line += size
        context.console.advance((number + 1) / len(rows))
    _free_stock()
    # The simulated network learns the lines that it would know in life.
    simulator.load_inventory(at=story.LOADED_AT)
    largest = formatting.number(max(size for _, size, _ in rows))
    return {"summary": f"{len(rows)} flottes, {formatting.number(first_line)} lignes (la plus grande : {largest})"}


def _customer(siren: str, *, has_agreement: bool, has_group: bool) -> tuple[Any, catalogue.AgreementRecord | None]:
    customer = _customer_of(siren)
    if not has_agreement:
        return customer, None
    start = dt.date(2024, 1, 15)
    sisters = [_customer_of(population.sister_company())] if has_group else []
    made = catalogue_commands.create_agreement(
        name=f"Accord-cadre flotte {customer.name}"[:160],
        legal_unit_id=customer.legal_unit_id,
        valid_from=start,
        signed_date=dt.date(2024, 1, 10),
        template_code=_TEMPLATE,
        members=[catalogue.MemberRecord(sister.legal_unit_id, start) for sister in sisters],
        actor=story.system("fleet_agreement", siren),
        at=story.CATALOGUE_AT,
    )
    return customer, catalogue_queries.agreement(agreement_id=made.agreement_id)


def _customer_of(siren: str) -> Any:
    [hit] = party_queries.customers(viewer=story.system("fleets"), text=siren, limit=1)[0]
    return party_queries.customer_file(reference=hit.reference, viewer=story.system("fleets"))


def _stock(lines: Sequence[inventory.NewLine], number: int) -> None:
    at = story.LOADED_AT - dt.timedelta(days=1_000)
    for kind in ("mobile", "m2m"):
        msisdns = [line.msisdn for line in lines if line.msisdn and line.number_kind == kind]
        if msisdns:
            inventory_commands.stock_numbers(msisdns=msisdns, kind=kind, actor=story.system("numbers", number, kind), at=at)
    iccids = [line.iccid for line in lines if line.iccid]
    inventory_commands.stock_sims(iccids=iccids, actor=story.system("sims", number), at=at)


def _free_stock() -> None:
    """Numbers and SIMs that the story's own order, and whoever tries the product, will take."""
    numbers = [identifiers.test_msisdn(_FIRST_FREE + index) for index in range(_FREE_NUMBERS)]
    inventory_commands.stock_numbers(msisdns=numbers, actor=story.system("free_numbers"), at=story.LOADED_AT)
    m2m = [identifiers.test_m2m_msisdn(_FIRST_FREE + index) for index in range(_FREE_NUMBERS // 10)]
    inventory_commands.stock_numbers(msisdns=m2m, kind="m2m", actor=story.system("free_m2m"), at=story.LOADED_AT)
    for place, agency in enumerate([None, *staff_queries.agencies()]):
        iccids = [identifiers.test_iccid(_FIRST_FREE + place * _FREE_SIMS + index) for index in range(_FREE_SIMS)]
        imsis = [identifiers.test_imsi(_FIRST_FREE + place * _FREE_SIMS + index) for index in range(_FREE_SIMS)]
        inventory_commands.stock_sims(
            iccids=iccids,
            imsis=imsis,
            agency_id=agency.id if agency else None,
            actor=story.system("free_sims", place),
            at=story.LOADED_AT,
        )
