"""The whole catalogue as a folder would describe it: what an export writes and what an import is compared with."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from come.catalogue import models, records
from come.catalogue.files import content
from come.catalogue.queries import rows

_ANY = "ANY"
ABSENT = content.Header(content.FORMAT, "", content.CURRENCY)


@dataclasses.dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to each offering of a set, by offering id."""

    prices: dict[Any, list[records.PriceRecord]]
    allowances: dict[Any, list[records.AllowanceRecord]]
    terms: dict[Any, list[records.TermRecord]]
    characteristics: dict[Any, list[records.CharacteristicRecord]]
    members: dict[Any, list[records.BundleMemberRecord]]
    tiers: dict[Any, list[records.DiscountTierRecord]]


def parts_of(offerings: QuerySet[models.Offering]) -> Parts:
    """Return what belongs to these offerings (seven statements, however many they are)."""
    ids = offerings.order_by().values("id")
    steps = rows.grouped(models.EarlyTermination.objects.filter(term__offering__in=ids).order_by("from_month"), "term_id")
    return Parts(
        prices=_by_offering(models.Price, ids, records.PriceRecord),
        allowances=_by_offering(models.Allowance, ids, records.AllowanceRecord),
        terms={
            offering_id: [
                rows.made(
                    records.TermRecord,
                    row,
                    early_termination=tuple(rows.made(records.EarlyTerminationStep, step) for step in steps.get(row.id, ())),
                )
                for row in terms
            ]
            for offering_id, terms in rows.grouped(models.Term.objects.filter(offering__in=ids).order_by("position"), "offering_id").items()
        },
        characteristics=_by_offering(models.OfferingCharacteristic, ids, records.CharacteristicRecord),
        members=_by_offering(models.BundleMember, ids, records.BundleMemberRecord),
        tiers=_by_offering(models.DiscountTier, ids, records.DiscountTierRecord),
    )


def _by_offering(model: Any, ids: Any, record: type[Any]) -> dict[Any, list[Any]]:
    groups = rows.grouped(model.objects.filter(offering__in=ids).order_by("offering_id", "position"), "offering_id")
    return {offering_id: [rows.made(record, row) for row in items] for offering_id, items in groups.items()}


def catalogue_content() -> content.CatalogueContent:
    """Return everything that the tables hold, withdrawn versions left out (about twenty statements, however large)."""
    return content.CatalogueContent(
        header=header(),
        specifications=_specifications(),
        offerings=_offerings(models.Offering.objects.exclude(approval="withdrawn")),
        rules=tuple(rows.made(content.RuleContent, row) for row in models.CompatibilityRule.objects.order_by("code", "valid_from")),
        bands=tuple(rows.made(records.TimeBandRecord, row) for row in models.TimeBand.objects.order_by("calendar_code", "id")),
        holidays=tuple(rows.made(records.HolidayRecord, row) for row in models.Holiday.objects.order_by("calendar_code", "day")),
        zones=tuple(rows.made(records.ZoneRecord, row) for row in models.Zone.objects.order_by("code")),
        tariffs=tuple(rows.made(records.TariffRecord, row, based_on=row.based_on_id) for row in models.Tariff.objects.order_by("code")),
        prefixes=tuple(
            rows.made(records.PrefixRecord, row, zone_code=row.zone_id) for row in models.Prefix.objects.order_by("prefix", "valid_from")
        ),
        networks=tuple(
            rows.made(records.NetworkRecord, row, zone_code=row.zone_id)
            for row in models.Network.objects.order_by("mcc", "mnc", "valid_from")
        ),
        rates=tuple(rate_record(row) for row in models.Rate.objects.order_by("id")),
        agreement_templates=agreement_templates(),
    )


def header() -> content.Header:
    """Return the operator and currency of the last import."""
    last = models.CatalogueImport.objects.order_by("-imported_at", "-id").first()
    if last is None:
        return ABSENT
    return content.Header(content.FORMAT, last.operator, last.currency, last.home_zone, last.contract_zone, last.description_fr)


def rate_record(row: models.Rate) -> records.RateRecord:
    """Return one usage price; "ANY" stands for every zone."""
    return rows.made(
        records.RateRecord,
        row,
        tariff_code=row.tariff_id,
        origin_zone=row.origin_zone_id or _ANY,
        destination_zone=content.INCOMING if row.is_incoming else row.destination_zone_id or _ANY,
    )


def agreement_templates() -> tuple[records.AgreementTemplateRecord, ...]:
    """Return the templates of agreements with their clauses and commitments (three statements)."""
    clauses = rows.grouped(models.AgreementTemplateClause.objects.order_by("template_id", "position"), "template_id")
    commitments = rows.grouped(models.AgreementTemplateCommitment.objects.order_by("template_id", "position"), "template_id")
    return tuple(
        rows.made(
            records.AgreementTemplateRecord,
            row,
            clauses=_clauses(clauses.get(row.code, ())),
            commitments=tuple(rows.made(records.CommitmentRecord, one) for one in commitments.get(row.code, ())),
        )
        for row in models.AgreementTemplate.objects.order_by("code")
    )


def _clauses(found: Iterable[Any]) -> tuple[records.ClauseRecord, ...]:
    return tuple(rows.made(records.ClauseRecord, row) for row in found)


def _specifications() -> tuple[content.SpecificationContent, ...]:
    characteristics = rows.grouped(models.SpecificationCharacteristic.objects.order_by("specification_id", "position"), "specification_id")
    return tuple(
        rows.made(
            content.SpecificationContent,
            row,
            characteristics=tuple(rows.made(records.CharacteristicRecord, item) for item in characteristics.get(row.id, ())),
        )
        for row in models.Specification.objects.order_by("code")
    )


def offering_content(*, offering_id: uuid.UUID) -> content.OfferingContent:
    """Return one version as a file would describe it; raises ValueError when there is none."""
    (found,) = _offerings(models.Offering.objects.filter(id=offering_id))
    return found


def _offerings(found: QuerySet[models.Offering]) -> tuple[content.OfferingContent, ...]:
    parts = parts_of(found)
    return tuple(
        rows.made(
            content.OfferingContent,
            row,
            specification=row.specification_id,
            tariff=row.tariff_id,
            prices=tuple(parts.prices.get(row.id, ())),
            allowances=tuple(parts.allowances.get(row.id, ())),
            terms=tuple(parts.terms.get(row.id, ())),
            characteristics=tuple(parts.characteristics.get(row.id, ())),
            members=tuple(parts.members.get(row.id, ())),
            discount_tiers=tuple(parts.tiers.get(row.id, ())),
        )
        for row in found.order_by("code", "version")
    )
