"""Load many companies at once: from a file, or for the demonstration."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from come.party import events, models, policies, queries, records
from come.party.commands import _companies, accounts as account_commands
from come.party.matching import names
from come.shared import actor as actors, eventlog, events as facts, identifiers, ids, obstacles, references
from come.staff import policies as rights

_BATCH = 1_000


@transaction.atomic
def load_companies(*, rows: Sequence[records.CompanyRow], actor: actors.Actor, at: dt.datetime) -> list[records.LoadedCompany]:
    """Load companies that are not known yet, each with places, names, one customer file, contacts and accounts.

    Raises Refusal with every error of every row, and then nothing is loaded. Companies already known by SIREN are left as they
    are and returned too, so that a replay loads nothing twice. A constant number of statements. Records CompaniesLoaded.
    """
    rights.require(actor, "customer.write")
    obstacles.refuse_if_any(obstacle for number, row in enumerate(rows) for obstacle in policies.row_obstacles(row, f"rows/{number}"))
    _companies.wait_for_all()
    known = set(models.LegalUnit.objects.filter(siren__in=[row.siren for row in rows]).values_list("siren", flat=True))
    fresh = [row for row in rows if row.siren not in known]
    if fresh:
        files = _load(fresh, at)
        eventlog.record(
            event=events.CompaniesLoaded(count=len(rows), created=len(fresh)),
            actor=actor,
            at=at,
            subjects=[facts.subject("company", file.id) for file in files],
        )
    return _loaded([row.siren for row in rows])


def _load(rows: Sequence[records.CompanyRow], at: dt.datetime) -> list[models.CustomerFile]:
    units = {row.siren: _unit(row, at) for row in rows}
    places = {place.siret: _place(units[row.siren], place) for row in rows for place in row.establishments}
    models.LegalUnit.objects.bulk_create(units.values(), batch_size=_BATCH)
    models.Establishment.objects.bulk_create(places.values(), batch_size=_BATCH)
    models.PartyName.objects.bulk_create(
        [name for row in rows for name in _names(row, units[row.siren], places)],
        batch_size=_BATCH,
    )
    file_references = references.next_references("customer_file", at, len(rows))
    files = {row.siren: _file(row, units, places, reference, at) for row, reference in zip(rows, file_references, strict=True)}
    models.CustomerFile.objects.bulk_create(files.values(), batch_size=_BATCH)
    models.ContactPoint.objects.bulk_create(
        [models.ContactPoint(customer_file=files[row.siren], **dataclasses.asdict(person)) for row in rows for person in row.contacts],
        batch_size=_BATCH,
    )
    _load_accounts(rows, files, at)
    return list(files.values())


def _unit(row: records.CompanyRow, at: dt.datetime) -> models.LegalUnit:
    return models.LegalUnit(
        id=ids.uuid7(),
        siren=row.siren,
        legal_name=row.legal_name,
        legal_form=row.legal_form,
        naf=row.naf,
        size_category=row.size_category,
        vat_number=identifiers.vat_from_siren(row.siren),
        source="registry",
        source_date=at.date(),
        created_at=at,
    )


def _place(unit: models.LegalUnit, place: records.EstablishmentRow) -> models.Establishment:
    return models.Establishment(
        id=ids.uuid7(),
        legal_unit=unit,
        siret=place.siret,
        is_head_office=place.is_head_office,
        state="A" if place.is_active else "F",
        sign=place.sign,
        street=place.street,
        postcode=place.postcode,
        city=place.city,
        city_norm=names.city(place.city),
        insee_commune=place.insee_commune,
    )


def _names(
    row: records.CompanyRow,
    unit: models.LegalUnit,
    places: dict[str, models.Establishment],
) -> list[models.PartyName]:
    told: list[tuple[str, str, models.Establishment | None]] = [("legal", row.legal_name, None)]
    told += [("usual", row.usual_name, None)] if row.usual_name else []
    told += [("old", name, None) for name in row.old_names]
    told += [("sign", place.sign, places[place.siret]) for place in row.establishments if place.sign]
    acronym = names.initials(row.legal_name)
    told += [("acronym", acronym, None)] if acronym else []
    return [
        models.PartyName(legal_unit=unit, establishment=place, kind=kind, value=value, norm=names.comparable(value), source="registry")
        for kind, value, place in told
    ]


def _file(
    row: records.CompanyRow,
    units: dict[str, models.LegalUnit],
    places: dict[str, models.Establishment],
    reference: str,
    at: dt.datetime,
) -> models.CustomerFile:
    head = next(place for place in row.establishments if place.is_head_office)
    return models.CustomerFile(
        id=ids.uuid7(),
        reference=reference,
        legal_unit=units[row.siren],
        establishment=places[head.siret],
        name=row.usual_name or row.legal_name,
        sort_name=names.fold(row.usual_name or row.legal_name),
        agency_id=row.agency_id,
        owner_id=row.owner_id,
        segment=row.segment,
        state=row.state,
        created_at=at,
    )


def _load_accounts(rows: Sequence[records.CompanyRow], files: dict[str, models.CustomerFile], at: dt.datetime) -> None:
    customers = queries.customer_files(ids=[file.id for file in files.values()])
    wanted = [(row, account) for row in rows for account in row.accounts]
    made: list[models.BillingAccount] = []
    for (row, account), reference in zip(wanted, references.next_references("billing_account", at, len(wanted)), strict=True):
        file = files[row.siren]
        fields = account_commands.account_fields(account, customers[file.id])
        place = next((place for place in row.establishments if place.siret == account.siret), None)
        if place is not None:
            fields |= {"street": place.street, "postcode": place.postcode, "city": place.city}
        made.append(models.BillingAccount(id=ids.uuid7(), reference=reference, customer_file=file, created_at=at, **fields))
    models.BillingAccount.objects.bulk_create(made, batch_size=_BATCH)
    models.CostCentre.objects.bulk_create(
        [
            models.CostCentre(id=ids.uuid7(), billing_account=account, code=code, name=name)
            for account, (_, given) in zip(made, wanted, strict=True)
            for code, name in given.cost_centres
        ],
        batch_size=_BATCH,
    )


def _loaded(sirens: Sequence[str]) -> list[records.LoadedCompany]:
    files = models.CustomerFile.objects.filter(legal_unit__siren__in=sirens, perimeter="").select_related("legal_unit")
    accounts: dict[uuid.UUID, list[uuid.UUID]] = {}
    for account_id, file_id in (
        models.BillingAccount.objects.filter(customer_file__in=files).order_by("reference").values_list("id", "customer_file_id")
    ):
        accounts.setdefault(file_id, []).append(account_id)
    by_siren = {file.legal_unit.siren: file for file in files}
    return [
        records.LoadedCompany(
            siren=siren,
            legal_unit_id=by_siren[siren].legal_unit_id,
            customer_file_id=by_siren[siren].id,
            customer_file_reference=by_siren[siren].reference,
            agency_id=by_siren[siren].agency_id,
            billing_account_ids=tuple(accounts.get(by_siren[siren].id, ())),
        )
        for siren in sirens
        if siren in by_siren
    ]
