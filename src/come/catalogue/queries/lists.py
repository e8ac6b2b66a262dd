"""What the screens list and find."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django import urls
from django.utils.translation import gettext as _

from come.catalogue import models, policies, records
from come.catalogue.queries import negotiated, rows, snapshot
from come.party import queries as party_queries
from come.shared import actor as actors, obstacles, search, text
from come.staff import policies as rights

_LATEST = 300


def offering_list(
    *, at: dt.date, viewer: actors.Actor, status: str = "live", kind: str = "", words: str = ""
) -> list[records.OfferingRecord]:
    """Return versions by name: those on sale on a day, or in another status (ten statements at most).

    Drafts and reviews are for those who write the catalogue; others get what is scheduled, live or retired.
    """
    rights.require(viewer, "catalogue.read")
    if status == records.LifecycleStatus.LIVE:
        found = list(snapshot.catalogue_snapshot(at=at).offerings.values())
    else:
        found = [
            record
            for record in snapshot.offering_records(models.Offering.objects.order_by("code", "version"), on=at)
            if record.lifecycle_status == status
        ]
    if not rights.can(viewer, "catalogue.write"):
        found = [record for record in found if record.lifecycle_status not in {"draft", "review"}]
    wanted = words.casefold().split()
    kept = [record for record in found if (not kind or record.kind == kind) and all(word in snapshot.searched(record) for word in wanted)]
    order = list(policies.KIND_NAMES_FR)
    return sorted(kept, key=lambda record: (order.index(records.OfferingKind(record.kind)), record.name_fr, record.version))


def status_counts(*, at: dt.date) -> dict[str, int]:
    """Return how many versions stand in each status on a day (one statement)."""
    counts = {status.value: 0 for status in records.LifecycleStatus}
    for approval, valid_from, valid_to in models.Offering.objects.values_list("approval", "valid_from", "valid_to"):
        counts[policies.lifecycle_status(approval=approval, valid_from=valid_from, valid_to=valid_to, on=at).value] += 1
    return counts


def kinds_sold(*, at: dt.date) -> list[str]:
    """Return the kinds of what may be sold on a day, in the order of screens."""
    sold = {record.kind for record in snapshot.catalogue_snapshot(at=at).offerings.values()}
    return [kind.value for kind in policies.KIND_NAMES_FR if kind in sold]


def rules_about(*, code: str, at: dt.date) -> list[records.RuleRecord]:
    """Return the rules that an offering sets off, and those in which it is named."""
    return [rule for rule in snapshot.catalogue_snapshot(at=at).rules if rule.source_code == code or code in rule.target_codes]


def visible_offering(*, offering_id: uuid.UUID, viewer: actors.Actor, at: dt.date | None = None) -> records.OfferingRecord:
    """Return one version of an offering by id, where it stands on a day (nine statements).

    Raises NotFound, also for a draft that the person may not see.
    """
    rights.require(viewer, "catalogue.read")
    found = snapshot.offering_records(models.Offering.objects.filter(id=offering_id), on=at or dt.date.min)
    is_hidden = found and found[0].lifecycle_status in {"draft", "review"} and not rights.can(viewer, "catalogue.write")
    if not found or is_hidden:
        raise obstacles.not_found(text.T("L’offre"), offering_id)
    return found[0]


def visible_agreement(
    *, viewer: actors.Actor, reference: str | None = None, agreement_id: uuid.UUID | None = None
) -> records.AgreementRecord:
    """Return one agreement for somebody who follows a customer file of its legal unit (three statements).

    Raises NotFound both when there is none and when another agency alone follows that company.
    """
    rights.require(viewer, "catalogue.read")
    found = negotiated.agreement(reference=reference, agreement_id=agreement_id)
    if not visible_units(_covered(found), viewer):
        raise obstacles.not_found(text.T("L’accord"), reference or agreement_id)
    return found


def _covered(record: records.AgreementRecord) -> list[uuid.UUID]:
    return [record.legal_unit_id, *(member.legal_unit_id for member in record.members)]


def visible_units(legal_unit_ids: Iterable[uuid.UUID], viewer: actors.Actor) -> set[uuid.UUID]:
    """Return those of these legal units of which the person sees a customer file (one statement at most)."""
    wanted = set(legal_unit_ids)
    if viewer.sees_all_agencies or not wanted:
        return wanted
    return {file.legal_unit_id for file in party_queries.files_of_units(legal_unit_ids=wanted, viewer=viewer)}


def visible_agreements(*, viewer: actors.Actor, words: str = "") -> list[records.AgreementRecord]:
    """Return the latest agreements that a person may see, newest first (five statements): those that cover a company of theirs."""
    rights.require(viewer, "catalogue.read")
    found = negotiated.agreement_list(legal_unit_ids=None, text=words, limit=_LATEST)
    units = visible_units([unit for record in found for unit in _covered(record)], viewer)
    return [record for record in found if not units.isdisjoint(_covered(record))]


def company_agreements(*, customer_reference: str, viewer: actors.Actor) -> list[records.AgreementRecord]:
    """Return every agreement of a customer's legal unit and its group, newest first (five statements); the customer's rights apply."""
    customer = party_queries.customer_file(reference=customer_reference, viewer=viewer)
    return negotiated.agreement_list(legal_unit_ids=[customer.legal_unit_id])


def specifications() -> list[records.SpecificationRecord]:
    """Return every specification with its characteristics, by code (two statements)."""
    common = snapshot.specification_characteristics()
    return [
        rows.made(
            records.SpecificationRecord,
            row,
            characteristics=tuple(common.get(row.code, ())),
            lifecycle_status=(records.LifecycleStatus.RETIRED if row.is_retired else records.LifecycleStatus.LIVE).value,
        )
        for row in models.Specification.objects.order_by("code")
    ]


def all_versions(*, at: dt.date) -> list[records.OfferingRecord]:
    """Return every version of every offering (nine statements)."""
    return snapshot.offering_records(models.Offering.objects.order_by("code", "version"), on=at)


def search_hits(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Return the offerings and agreements that these words find (two statements, three for an agreement)."""
    if not rights.can(viewer, "catalogue.read"):
        return []
    return [*_offering_hits(text, limit), *_agreement_hits(text, viewer, limit)]


def _offering_hits(words: str, limit: int) -> list[search.Hit]:
    wanted = words.casefold().split()
    latest = models.Offering.objects.filter(approval="approved").order_by("code", "-version").distinct("code")
    found = [row for row in latest if all(word in f"{row.code} {row.name_fr}".casefold() for word in wanted)]
    return [
        search.Hit(
            kind=_("Offre"),
            title=row.name_fr,
            subtitle=f"{row.code} · {_(policies.KIND_NAMES_FR[records.OfferingKind(row.kind)])}",
            url=urls.reverse("catalogue:offering", args=[row.code]),
            score=search.IDENTIFIER if row.code.casefold() == words.casefold() else search.WORDS,
        )
        for row in found[:limit]
    ]


def _agreement_hits(words: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    found = visible_agreements(viewer=viewer, words=words)[:limit]
    return [
        search.Hit(
            kind=_("Accord"),
            title=record.name,
            subtitle=record.reference,
            url=urls.reverse("catalogue:agreement", args=[record.reference]),
            score=search.IDENTIFIER if record.reference.casefold() == words.casefold() else search.WORDS,
        )
        for record in found
    ]
