"""Write what a folder changes into the tables, in a constant number of statements per table."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models as orm

from come.catalogue import models, records
from come.catalogue.files import content, merging, shapes
from come.shared import actor as actors, events as facts, ids

_ANY = "ANY"


def write(given: content.CatalogueContent, difference: merging.Difference, actor: actors.Actor, at: dt.datetime) -> list[uuid.UUID]:
    """Write every list, references first; return the ids of the offering versions created or changed."""
    _zones(difference)
    _calendars(given, difference)
    _tariffs(difference)
    _prefixes(difference)
    _networks(difference)
    _rates(difference)
    write_specifications(difference.touched("specifications"), at)
    touched = write_offerings(difference.created["offerings"], difference.changed["offerings"], actor, at)
    _rules(difference, at)
    _templates(difference)
    return touched


def offering_hash(offering: content.OfferingContent) -> str:
    """Return the SHA-256 of what a version says, its approval left out."""
    said = shapes.plain(content.OFFERING, dataclasses.replace(offering, approval="approved"))
    return hashlib.sha256(json.dumps(facts.jsonable(_normal(said)), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _normal(value: Any) -> Any:
    """Return a value in which 8.9 and 8.900000 are written alike."""
    match value:
        case dict():
            return {key: _normal(item) for key, item in value.items()}
        case list():
            return [_normal(item) for item in value]
        case int() | str() | None | dt.date():
            return value
        case _:
            return f"{value:.6f}"


def _values(made: object, *left_out: str) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(made)]  # type: ignore[arg-type]  # every record is a dataclass
    values = {name: getattr(made, name) for name in names if name not in left_out}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _upsert(model: type[orm.Model], rows: Sequence[orm.Model], keys: Sequence[str]) -> None:
    if not rows:
        return
    own = model._meta  # noqa: SLF001 - Django's documented model API
    changing = [field.name for field in own.concrete_fields if not field.primary_key and field.name not in keys]
    model._default_manager.bulk_create(  # noqa: SLF001 - Django's documented model API
        rows, update_conflicts=True, unique_fields=list(keys), update_fields=changing
    )


def _zones(difference: merging.Difference) -> None:
    _upsert(models.Zone, [models.Zone(**_values(zone)) for zone in difference.touched("zones")], ["code"])


def _calendars(given: content.CatalogueContent, difference: merging.Difference) -> None:
    if difference.touched("bands"):
        models.TimeBand.objects.filter(calendar_code__in={band.calendar_code for band in given.bands}).delete()
        models.TimeBand.objects.bulk_create(models.TimeBand(**_values(band)) for band in given.bands)
    _upsert(models.Holiday, [models.Holiday(**_values(day)) for day in difference.touched("holidays")], ["calendar_code", "day"])


def _tariffs(difference: merging.Difference) -> None:
    tariffs: Sequence[records.TariffRecord] = difference.touched("tariffs")
    rows = [models.Tariff(**_values(tariff, "based_on"), based_on_id=tariff.based_on) for tariff in tariffs]
    # The reference of a tariff to another is checked at commit: their order does not matter.
    _upsert(models.Tariff, rows, ["code"])


def _prefixes(difference: merging.Difference) -> None:
    rows = [models.Prefix(**_values(prefix, "zone_code"), zone_id=prefix.zone_code) for prefix in difference.touched("prefixes")]
    _upsert(models.Prefix, rows, ["prefix", "valid_from"])


def _networks(difference: merging.Difference) -> None:
    rows = [models.Network(**_values(network, "zone_code"), zone_id=network.zone_code) for network in difference.touched("networks")]
    _upsert(models.Network, rows, ["mcc", "mnc", "valid_from"])


def _rates(difference: merging.Difference) -> None:
    rows = [
        models.Rate(
            **_values(rate, "tariff_code", "origin_zone", "destination_zone"),
            tariff_id=rate.tariff_code,
            origin_zone_id=None if rate.origin_zone == _ANY else rate.origin_zone,
            destination_zone_id=None if rate.destination_zone in {_ANY, content.INCOMING} else rate.destination_zone,
            is_incoming=rate.destination_zone == content.INCOMING,
        )
        for rate in difference.touched("rates")
    ]
    _upsert(models.Rate, rows, ["tariff", "service", "origin_zone", "destination_zone", "is_incoming", "band_code", "valid_from"])


def write_specifications(given: Iterable[content.SpecificationContent], at: dt.datetime) -> None:
    """Write specifications and replace their characteristics."""
    rows = [
        models.Specification(id=ids.derived("catalogue.specification", item.code), **_values(item, "characteristics"), updated_at=at)
        for item in given
    ]
    if not rows:
        return
    models.Specification.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name_fr", "description_fr", "brand", "updated_at"]
    )
    identifiers = dict(models.Specification.objects.filter(code__in=[row.code for row in rows]).values_list("code", "id"))
    models.SpecificationCharacteristic.objects.filter(specification__in=identifiers.values()).delete()
    models.SpecificationCharacteristic.objects.bulk_create(
        models.SpecificationCharacteristic(specification_id=identifiers[item.code], position=position, **_values(characteristic))
        for item in given
        for position, characteristic in enumerate(item.characteristics)
    )


def write_offerings(
    created: Sequence[content.OfferingContent],
    changed: Sequence[content.OfferingContent],
    actor: actors.Actor,
    at: dt.datetime,
) -> list[uuid.UUID]:
    """Write versions with all that belongs to them; those that exist are replaced."""
    known = {(row.code, row.version): row.id for row in models.Offering.objects.filter(code__in={offering.code for offering in changed})}
    pairs = [(known.get((offering.code, offering.version)) or _id(offering), offering) for offering in (*changed, *created)]
    # A version withdrawn before it was ever sold leaves its number to a new attempt.
    models.Offering.objects.filter(approval="withdrawn", id__in=[identifier for identifier, _ in pairs]).delete()
    rows = [_offering_row(identifier, offering, actor, at) for identifier, offering in pairs]
    _upsert(models.Offering, rows, ["id"])
    identifiers = [identifier for identifier, _ in pairs]
    for model in (models.Price, models.Allowance, models.Term, models.OfferingCharacteristic, models.BundleMember, models.DiscountTier):
        model.objects.filter(offering__in=identifiers).delete()
    _write_parts(pairs)
    return identifiers


def _id(offering: content.OfferingContent) -> uuid.UUID:
    return ids.derived("catalogue.offering", offering.code, offering.version)


_PARTS = ("prices", "allowances", "terms", "characteristics", "members", "discount_tiers")


def _offering_row(identifier: uuid.UUID, offering: content.OfferingContent, actor: actors.Actor, at: dt.datetime) -> models.Offering:
    return models.Offering(
        id=identifier,
        **_values(offering, "specification", "tariff", *_PARTS),
        specification_id=offering.specification,
        tariff_id=offering.tariff,
        content_hash=offering_hash(offering),
        edited_by_id=actor.staff_id,
        edited_by_name=actor.name,
        updated_at=at,
    )


def _write_parts(pairs: Sequence[tuple[uuid.UUID, content.OfferingContent]]) -> None:
    tables: tuple[tuple[Any, str], ...] = (
        (models.Price, "prices"),
        (models.Allowance, "allowances"),
        (models.OfferingCharacteristic, "characteristics"),
        (models.DiscountTier, "discount_tiers"),
        (models.BundleMember, "members"),
    )
    for model, name in tables:
        model.objects.bulk_create(
            model(offering_id=identifier, position=position, **_values(item))
            for identifier, offering in pairs
            for position, item in enumerate(getattr(offering, name))
        )
    terms = [
        (models.Term(offering_id=identifier, position=position, **_values(term, "early_termination")), term)
        for identifier, offering in pairs
        for position, term in enumerate(offering.terms)
    ]
    models.Term.objects.bulk_create(row for row, _ in terms)
    models.EarlyTermination.objects.bulk_create(
        models.EarlyTermination(term=row, **_values(step)) for row, term in terms for step in term.early_termination
    )


def _rules(difference: merging.Difference, at: dt.datetime) -> None:
    rows = [models.CompatibilityRule(**_values(rule), updated_at=at) for rule in difference.touched("rules")]
    _upsert(models.CompatibilityRule, rows, ["code", "valid_from"])


def _templates(difference: merging.Difference) -> None:
    templates: Sequence[records.AgreementTemplateRecord] = difference.touched("agreement_templates")
    _upsert(
        models.AgreementTemplate,
        [models.AgreementTemplate(**_values(template, "clauses", "commitments")) for template in templates],
        ["code"],
    )
    models.AgreementTemplateClause.objects.filter(template__in=[template.code for template in templates]).delete()
    models.AgreementTemplateClause.objects.bulk_create(
        models.AgreementTemplateClause(template_id=template.code, position=position, **_values(clause))
        for template in templates
        for position, clause in enumerate(template.clauses)
    )
    models.AgreementTemplateCommitment.objects.filter(template__in=[template.code for template in templates]).delete()
    models.AgreementTemplateCommitment.objects.bulk_create(
        models.AgreementTemplateCommitment(template_id=template.code, position=position, **_values(commitment))
        for template in templates
        for position, commitment in enumerate(template.commitments)
    )
