"""What is being written of an offer: the sheet of a draft version, judged as if it were published."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import uuid
from typing import Any

from come.catalogue import models, records
from come.catalogue.files import content, problems, selling, sheets
from come.catalogue.queries import lists, rows, snapshot, stored
from come.shared import actor as actors
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class SheetRecord:
    """A version being written: what was typed, by whom, and what stands in the way of publishing it."""

    offering_id: uuid.UUID
    code: str
    version: int
    approval: str
    typed: sheets.Typed
    revision: int
    author_ids: tuple[uuid.UUID, ...]
    edited_by_name: str
    edited_at: dt.datetime
    problems: tuple[problems.Problem, ...]
    ends_version: int | None
    """The version on sale that publishing this one would end, if any."""


def sheet(
    *, offering_id: uuid.UUID, viewer: actors.Actor, today: dt.date, found: tuple[problems.Problem, ...] | None = None
) -> SheetRecord:
    """Return what is written of a version and what it lacks (about thirty statements, however large the catalogue).

    `found` is what a save just answered: the catalogue is then not judged again. Raises NotAllowed for those who do not write the
    catalogue, NotFound.
    """
    rights.require(viewer, "catalogue.write")
    lists.visible_offering(offering_id=offering_id, viewer=viewer)
    row = models.Offering.objects.get(id=offering_id)
    typed, kept = typed_of(row)
    if found is None:
        found = sheets.judged(known=with_drafts(stored.catalogue_content()), typed=typed, today=today).problems
    return SheetRecord(
        offering_id=row.id,
        code=row.code,
        version=row.version,
        approval=row.approval,
        typed=typed,
        revision=kept.revision if kept is not None else 0,
        author_ids=tuple(kept.author_ids) if kept is not None else (),
        edited_by_name=kept.edited_by_name if kept is not None else row.edited_by_name,
        edited_at=kept.edited_at if kept is not None else row.updated_at,
        problems=found,
        ends_version=_ended_version(row.code, typed),
    )


def _ended_version(code: str, typed: sheets.Typed) -> int | None:
    """Return the number of the version on sale that publishing a sheet ends (one statement)."""
    said, _ = sheets.read(typed)
    if not said.offerings:
        return None
    start = said.offerings[0].valid_from
    sold = models.Offering.objects.filter(code=code, approval="approved", valid_from__lt=start).exclude(valid_to__lte=start)
    return sold.values_list("version", flat=True).first()


def authors(*, offering_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Return who wrote in a version on screen (one statement); none of them publishes it."""
    found = models.OfferingSheet.objects.filter(offering_id=offering_id).values_list("author_ids", flat=True).first()
    return tuple(found or ())


def typed_of(row: models.Offering) -> tuple[sheets.Typed, models.OfferingSheet | None]:
    """Return what was typed of a version, or the texts of what its tables say where nothing ever was."""
    kept = models.OfferingSheet.objects.filter(offering_id=row.id).first()
    if kept is not None:
        return kept.typed, kept
    return sheets.typed_of(stored.offering_content(offering_id=row.id), own_rules(code=row.code, day=row.valid_from)), None


def own_rules(*, code: str, day: dt.date) -> list[content.RuleContent]:
    """Return the rules that an offering sets off on a day (one statement)."""
    found = models.CompatibilityRule.objects.filter(source=code, valid_from__lte=day).exclude(valid_to__lte=day).order_by("code")
    return [rows.made(content.RuleContent, row) for row in found]


def with_drafts(known: content.CatalogueContent) -> content.CatalogueContent:
    """Return the catalogue as it will be once the offers that were never on sale are: drafts are written together."""
    sold = {offering.code for offering in known.offerings if offering.approval == "approved"}
    latest = {offering.code: offering.version for offering in known.offerings}
    offerings = tuple(
        dataclasses.replace(offering, approval="approved")
        if offering.code not in sold and offering.version == latest[offering.code]
        else offering
        for offering in known.offerings
    )
    return dataclasses.replace(known, offerings=offerings)


def trial_snapshot(*, offering_id: uuid.UUID, viewer: actors.Actor, at: dt.date) -> records.CatalogueSnapshot:
    """Return what would be sold, from a day on, with this version and the other drafts that were never on sale.

    The day is the version's first one when it is still to come. Raises NotAllowed, NotFound. Nothing of it can be sold.
    """
    rights.require(viewer, "catalogue.write")
    version = lists.visible_offering(offering_id=offering_id, viewer=viewer, at=at)
    day = max(at, version.valid_from)
    known = snapshot.catalogue_snapshot(at=day)
    drafts = snapshot.offering_records(models.Offering.objects.filter(approval__in=("draft", "review")).order_by("code", "version"), on=day)
    unsold = {record.code: record for record in drafts if record.code not in known.offerings}
    offerings: dict[str, Any] = {**known.offerings, **unsold, version.code: version}
    written = models.OfferingSheet.objects.filter(offering_id__in=[record.id for record in (*unsold.values(), version)])
    replaced: set[str] = set()
    rules: list[records.RuleRecord] = []
    for kept in written:
        said, _ = sheets.read(kept.typed)
        replaced |= {*kept.typed.get("kept_rules", ()), *(rule.code for rule in said.rules)}
        rules += [made for rule in said.rules for made in selling.expanded(rule, offerings)]
    return records.CatalogueSnapshot(
        at=day,
        version_hash=f"{known.version_hash}+{version.code}",
        offerings=types.MappingProxyType(offerings),
        rules=(*(rule for rule in known.rules if rule.code not in replaced), *rules),
    )


def draft_rates(*, offering_id: uuid.UUID, viewer: actors.Actor) -> tuple[str | None, list[records.RateRecord], list[records.TariffRecord]]:
    """Return the usage prices that a draft version brings: its tariff's code, the prices, the tariff that it creates.

    Raises NotAllowed, NotFound.
    """
    rights.require(viewer, "catalogue.write")
    version = lists.visible_offering(offering_id=offering_id, viewer=viewer)
    kept = models.OfferingSheet.objects.filter(offering_id=offering_id).first()
    if kept is None:
        return version.tariff_code, [], []
    said, _ = sheets.read(kept.typed)
    return (said.offerings[0].tariff if said.offerings else version.tariff_code), list(said.rates), list(said.tariffs)


def sheet_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what the fields of a sheet may name: tariffs, zones, hours, calendars, offers (four statements)."""
    zones = list(models.Zone.objects.order_by("name_fr").values_list("code", "kind", "name_fr"))
    bands = list(models.TimeBand.objects.order_by("calendar_code", "id").values_list("calendar_code", "band_code", "name_fr"))
    offerings = dict(
        models.Offering.objects.exclude(approval="withdrawn").order_by("name_fr", "code", "version").values_list("code", "name_fr")
    )
    return {
        "tariffs": list(models.Tariff.objects.order_by("name_fr").values_list("code", "name_fr")),
        "calendars": sorted({(calendar, calendar) for calendar, _, _ in bands}),
        "origins": [(code, name) for code, kind, name in zones if kind == "roaming"],
        "destinations": [(code, name) for code, kind, name in zones if kind == "destination"],
        "bands": list(dict.fromkeys((band, name) for _, band, name in bands)),
        "offerings": [(code, f"{name} ({code})") for code, name in offerings.items()],
    }
