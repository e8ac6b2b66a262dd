"""What a folder would sell on a day, as pricing kernels read it. No Django, no database."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping

from come.catalogue import records
from come.catalogue.files import content, differing, reading
from come.catalogue.files.checks import index
from come.shared import ids


def snapshot(catalogue: content.CatalogueContent, *, at: dt.date, version_hash: str = "") -> records.CatalogueSnapshot:
    """Return everything that a catalogue sells on a day."""
    sold = differing.as_of(catalogue, at)
    common = {item.code: item.characteristics for item in sold.specifications}
    offerings = {item.code: _offering(item, common.get(item.specification, ())) for item in sold.offerings}
    return records.CatalogueSnapshot(at, version_hash, offerings, tuple(made for rule in sold.rules for made in expanded(rule, offerings)))


def of_folder(files: Mapping[str, bytes], *, at: dt.date) -> records.CatalogueSnapshot:
    """Return what a folder that was checked sells on a day."""
    given, _ = reading.read_files(files)
    return snapshot(given, at=at, version_hash=reading.files_hash(files))


def _offering(item: content.OfferingContent, common: Iterable[records.CharacteristicRecord]) -> records.OfferingRecord:
    names = {field.name for field in dataclasses.fields(records.OfferingRecord)}
    values = {field.name: getattr(item, field.name) for field in dataclasses.fields(item) if field.name in names}
    values["characteristics"] = (*common, *item.characteristics)
    return records.OfferingRecord(
        **values,
        id=ids.derived("catalogue.offering", item.code, item.version),
        lifecycle_status=records.LifecycleStatus.LIVE.value,
        tariff_code=item.tariff,
        specification_code=item.specification,
    )


def expanded(rule: content.RuleContent, offerings: Mapping[str, records.OfferingRecord]) -> list[records.RuleRecord]:
    """Return a rule once per offering that sets it off, whole kinds (`kind:option`) as the offerings of that kind."""

    def codes(written: str) -> list[str]:
        if not written.startswith(index.KIND_PREFIX):
            return [written]
        kind = written.removeprefix(index.KIND_PREFIX)
        return [record.code for record in offerings.values() if record.kind == kind]

    targets = [code for target in rule.targets for code in codes(target)]
    return [
        records.RuleRecord(
            code=rule.code,
            kind=rule.kind,
            source_code=source,
            target_codes=tuple(code for code in targets if rule.kind == records.RuleKind.CARDINALITY or code != source),
            minimum=rule.minimum,
            maximum=rule.maximum,
            message_fr=rule.message_fr,
            scope=rule.scope,
        )
        for source in codes(rule.source)
        if source in offerings
    ]
