"""What may be sold on a day, whole, in a constant number of statements and one when nothing changed since."""

from __future__ import annotations

import collections
import datetime as dt
import threading
import types
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from come.catalogue import models, policies, records
from come.catalogue.files.checks import index
from come.catalogue.queries import rows, stored
from come.shared import obstacles, text

_KEPT = 8
_kept: collections.OrderedDict[tuple[dt.date, str], records.CatalogueSnapshot] = collections.OrderedDict()
_lock = threading.Lock()
_HASH = """
SELECT md5(concat(
    (SELECT string_agg(concat_ws(' ', code, version, content_hash), ',' ORDER BY code COLLATE "C")
       FROM catalogue_offering
      WHERE approval = 'approved' AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)),
    '|',
    (SELECT string_agg(concat_ws(' ', code, kind, source, targets, minimum, maximum, scope, message_fr), ',' ORDER BY code COLLATE "C")
       FROM catalogue_compatibility_rule
      WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)),
    '|',
    (SELECT string_agg(concat_ws(' ', code, updated_at), ',' ORDER BY code COLLATE "C") FROM catalogue_specification)))
"""


def version_hash(*, at: dt.date) -> str:
    """Return the name of what is sold on a day: it changes when, and only when, something of it changes (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(_HASH, {"day": at})
        (found,) = cursor.fetchone()
    return str(found)


def catalogue_snapshot(*, at: dt.date) -> records.CatalogueSnapshot:
    """Return everything that may be sold on a day (one statement when it is already known, eleven otherwise)."""
    key = (at, version_hash(at=at))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = in_force(at)
    offerings = {record.code: record for record in offering_records(found, on=at)}
    snapshot = records.CatalogueSnapshot(
        at=at,
        version_hash=key[1],
        offerings=types.MappingProxyType(offerings),
        rules=tuple(_rules(at, offerings.values())),
    )
    with _lock:
        _kept[key] = snapshot
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return snapshot


def in_force(at: dt.date) -> QuerySet[models.Offering]:
    """Return the versions sold on a day."""
    return models.Offering.objects.filter(_holds(at), approval="approved").order_by("code")


def _holds(at: dt.date) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def offering_records(found: QuerySet[models.Offering], *, on: dt.date) -> list[records.OfferingRecord]:
    """Return these versions with all that belongs to them, and where they stand on a day (nine statements)."""
    parts = stored.parts_of(found)
    common = specification_characteristics()
    return [
        rows.made(
            records.OfferingRecord,
            row,
            lifecycle_status=policies.lifecycle_status(
                approval=row.approval, valid_from=row.valid_from, valid_to=row.valid_to, on=on
            ).value,
            tariff_code=row.tariff_id,
            specification_code=row.specification_id,
            prices=tuple(parts.prices.get(row.id, ())),
            allowances=tuple(parts.allowances.get(row.id, ())),
            terms=tuple(parts.terms.get(row.id, ())),
            characteristics=(*common.get(row.specification_id, ()), *parts.characteristics.get(row.id, ())),
            members=tuple(parts.members.get(row.id, ())),
            discount_tiers=tuple(parts.tiers.get(row.id, ())),
        )
        for row in found
    ]


def specification_characteristics() -> dict[str, list[records.CharacteristicRecord]]:
    """Return the characteristics of each specification, by its code (one statement)."""
    found: dict[str, list[records.CharacteristicRecord]] = collections.defaultdict(list)
    for row in models.SpecificationCharacteristic.objects.select_related("specification").order_by("specification_id", "position"):
        found[row.specification.code].append(rows.made(records.CharacteristicRecord, row))
    return found


def _rules(at: dt.date, offerings: Iterable[records.OfferingRecord]) -> Iterable[records.RuleRecord]:
    by_kind: dict[str, list[str]] = collections.defaultdict(list)
    codes = set()
    for offering in offerings:
        by_kind[offering.kind].append(offering.code)
        codes.add(offering.code)

    def expanded(written: Sequence[str]) -> list[str]:
        found: list[str] = []
        for code in written:
            found += by_kind.get(code.removeprefix(index.KIND_PREFIX), []) if code.startswith(index.KIND_PREFIX) else [code]
        return found

    for row in models.CompatibilityRule.objects.filter(_holds(at)).order_by("code"):
        targets = expanded(row.targets)
        for source in expanded([row.source]):
            if source in codes:
                yield _rule(row, source, targets)


def _rule(row: models.CompatibilityRule, source: str, targets: Sequence[str]) -> records.RuleRecord:
    reached = tuple(targets) if row.kind == records.RuleKind.CARDINALITY else tuple(code for code in targets if code != source)
    return rows.made(records.RuleRecord, row, source_code=source, target_codes=reached)


def offering(*, code: str, at: dt.date) -> records.OfferingRecord:
    """Return the version of an offering sold on a day; raises NotFound when there is none."""
    found = catalogue_snapshot(at=at).offerings.get(code)
    if found is None:
        raise obstacles.not_found(text.T("L’offre"), code)
    return found


def offering_versions(*, code: str, at: dt.date) -> list[records.OfferingRecord]:
    """Return every version of an offering, oldest first, drafts and retired ones too (nine statements)."""
    return offering_records(models.Offering.objects.filter(code=code).order_by("version"), on=at)


def offerings(*, at: dt.date, kind: str | None = None, text: str = "") -> list[records.OfferingRecord]:
    """Return what may be sold on a day, of one kind and with these words in its code, name or description."""
    words = text.casefold().split()
    return [
        record
        for record in catalogue_snapshot(at=at).offerings.values()
        if (not kind or record.kind == kind) and all(word in searched(record) for word in words)
    ]


def searched(record: Any) -> str:
    """Return the text in which the words of a search are looked for."""
    return f"{record.code} {record.name_fr} {record.description_fr}".casefold()
