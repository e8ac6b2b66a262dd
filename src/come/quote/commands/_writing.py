"""What every verb on a draft shares: lock it, read its catalogue, price it again, keep its sums."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.party import queries as party_queries
from come.quote import models, pricing, records
from come.quote.policies import cells as cell_policy, states
from come.shared import actor as actors, bulk, ids, obstacles, period, text
from come.staff import policies as rights

_LINE_COLUMNS = (
    "stable_id", "quote_id", "pattern_id", "position", "cells", "user_label", "msisdn", "rio", "iccid", "email",
    "cost_centre", "site", "issues",
)  # fmt: skip
_DUPLICATE = "quote.cell.duplicate"


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """The catalogue of the day and what its words mean, for one edit."""

    snapshot: catalogue.CatalogueSnapshot
    lookup: cell_policy.Lookup
    cost_centres: frozenset[str] | None


def lock(quote_id: uuid.UUID, actor: actors.Actor, revision: int | None = None) -> models.Quote:
    """Lock a draft that this person may edit.

    Raises NotFound, NotAllowed, Refusal when it was sent, Conflict when `revision` is older than somebody else's edit.
    """
    rights.require(actor, "quote.write")
    quote = models.Quote.objects.select_for_update().filter(id=quote_id).first()
    if quote is None:
        raise obstacles.not_found("Le devis", quote_id)
    rights.require_agency(actor, quote.agency_id, f"Le devis {quote.reference}")
    obstacles.refuse_if_any(states.editing_obstacles(reference=quote.reference, state=quote.state))
    if revision is not None and revision != quote.revision:
        raise obstacles.Conflict(
            obstacles.Obstacle(
                "quote.changed_meanwhile",
                obstacles.Severity.REFUSAL,
                text.T("Le devis {reference} a été modifié entre-temps par une autre personne.", reference=quote.reference),
                text.T("La page a été rechargée avec ses changements ; refaites le vôtre."),
            ),
        )
    return quote


def desk(quote: models.Quote, at: dt.datetime) -> Desk:
    """Return the catalogue of the edit's day and the cost centres of the account."""
    snapshot = catalogue_queries.catalogue_snapshot(at=period.local_day(at))
    centres: frozenset[str] | None = None
    if quote.billing_account_id is not None:
        known = party_queries.cost_centres(account_ids=[quote.billing_account_id])
        # An account without cost centres takes any code: the customer has not given its list yet.
        centres = frozenset(centre.code for centre in known) or None
    return Desk(snapshot, cell_policy.Lookup.of(snapshot.offerings.values()), centres)


def expand(rows: Sequence[Mapping[str, str]], at_desk: Desk) -> list[dict[str, str]]:
    """Repeat rows by their quantity and open bundles into their lines."""
    opened: list[dict[str, str]] = []
    for row in rows:
        cells = {key: value for key, value in row.items() if key != "quantity"}
        given = row.get("quantity", "1")
        count = min(int(given), 10_000) if given.isascii() and given.isdigit() and int(given) else 1
        found = at_desk.lookup.find(cells.get("plan", ""))
        if len(found) == 1 and found[0].kind == catalogue.OfferingKind.BUNDLE:
            opened += [line for _ in range(count) for line in _bundle_cells(found[0], at_desk.snapshot)]
        else:
            opened += [dict(cells) for _ in range(count)]
    return opened


def _bundle_cells(bundle: catalogue.OfferingRecord, snapshot: catalogue.CatalogueSnapshot) -> list[dict[str, str]]:
    from come.quote.policies import bundles  # noqa: PLC0415 - the one place that opens bundles

    lines: list[dict[str, str]] = []
    for pattern in bundles.lines_of(bundle, snapshot):
        cells = {"plan": snapshot.offerings[pattern.plan_code].name_fr, "bundle": bundle.code}
        if pattern.option_codes:
            cells["options"] = " + ".join(snapshot.offerings[code].name_fr for code in pattern.option_codes)
        if pattern.device_code:
            cells["device"] = snapshot.offerings[pattern.device_code].name_fr
        lines.append(cells)
    return lines


def meaning(cells: Mapping[str, str], at_desk: Desk) -> cell_policy.Meaning:
    """Read one line's cells at this desk."""
    return cell_policy.understand(cells, at_desk.lookup, bundle_code=cells.get("bundle", ""), cost_centres=at_desk.cost_centres)


def pattern_ids(quote: models.Quote, patterns: Iterable[records.Pattern]) -> dict[records.Pattern, int]:
    """Return the row of every pattern, made where it is new (two statements)."""
    wanted = set(patterns)
    known = {pattern_of(row): row.id for row in models.QuotePattern.objects.filter(quote=quote)}
    fresh = [
        models.QuotePattern(
            quote=quote,
            plan_code=pattern.plan_code,
            option_codes=list(pattern.option_codes),
            device_code=pattern.device_code,
            bundle_code=pattern.bundle_code,
        )
        for pattern in sorted(wanted - known.keys())
    ]
    for row in models.QuotePattern.objects.bulk_create(fresh):
        known[pattern_of(row)] = row.id
    return known


def pattern_of(row: models.QuotePattern) -> records.Pattern:
    """Return the pattern that a row stands for."""
    return records.Pattern(row.plan_code, tuple(row.option_codes), row.device_code, row.bundle_code)


def append_lines(
    quote: models.Quote, rows: Sequence[Mapping[str, str]], at_desk: Desk, stable_ids: Sequence[uuid.UUID] | None = None
) -> list[uuid.UUID]:
    """Add lines after the last one, in one COPY; return their stable ids."""
    last = models.QuoteLine.objects.filter(quote=quote).order_by("-position").values_list("position", flat=True).first() or 0
    understood = [meaning(row, at_desk) for row in rows]
    known = pattern_ids(quote, (one.pattern for one in understood if one.pattern is not None))
    made = list(stable_ids) if stable_ids is not None else [ids.uuid7() for _ in rows]
    bulk.copy_rows(
        table="quote_line",
        columns=_LINE_COLUMNS,
        rows=(
            (
                made[index], quote.id, None if one.pattern is None else known[one.pattern], last + index + 1,
                json.dumps(dict(row), ensure_ascii=False), one.user_label, one.msisdn, one.rio, one.iccid, one.email,
                one.cost_centre, one.site, json.dumps(issue_values(one.issues), ensure_ascii=False),
            )
            for index, (row, one) in enumerate(zip(rows, understood, strict=True))
        ),
    )  # fmt: skip
    return made


def issue_values(issues: Iterable[records.Issue]) -> list[dict[str, str]]:
    """Return issues as JSON values."""
    return [{"column": one.column, "code": one.code, "message": str(one.message), "next_step": str(one.next_step)} for one in issues]


def settle(quote: models.Quote, at_desk: Desk, at: dt.datetime) -> None:
    """Mark duplicates, price every pattern again, keep the sums on the draft; a constant number of statements."""
    _mark_duplicates(quote)
    counts = dict(
        models.QuoteLine.objects.filter(quote=quote, pattern__isnull=False).values_list("pattern_id").annotate(count=Count("id")),
    )
    models.QuotePattern.objects.filter(quote=quote).exclude(id__in=counts).delete()
    rows = {pattern_of(row): row for row in models.QuotePattern.objects.filter(quote=quote)}
    agreement = catalogue_queries.agreement(agreement_id=quote.agreement_id) if quote.agreement_id else None
    priced = pricing.price_quote(
        quantities={pattern: counts[row.id] for pattern, row in rows.items()},
        snapshot=at_desk.snapshot,
        agreement=agreement,
        segment=quote.segment,
    )
    _keep_patterns(rows, priced)
    _keep_totals(quote, priced.totals)
    quote.catalogue_version_hash = at_desk.snapshot.version_hash
    quote.priced_date = at_desk.snapshot.at
    quote.line_count = models.QuoteLine.objects.filter(quote=quote).count()
    quote.issue_count = models.QuoteLine.objects.filter(with_issues(), quote=quote).count()
    quote.revision += 1
    quote.updated_at = at
    quote.save()


def with_issues() -> Q:
    """Return the condition of a line that must be corrected: a bad cell, no offer, or a pattern that cannot be sold."""
    return ~Q(issues=[]) | Q(pattern__isnull=True) | ~Q(pattern__issues=[])


def _keep_patterns(rows: Mapping[records.Pattern, models.QuotePattern], priced: records.PricedQuote) -> None:
    for one in priced.patterns:
        row = rows[one.pattern]
        row.quantity = one.quantity
        row.commitment_months = one.commitment_months
        row.issues = issue_values(_issue(obstacle) for obstacle in one.obstacles)
        _keep_totals(row, one.line_totals)
    models.QuotePattern.objects.bulk_update(
        rows.values(),
        [
            "quantity", "commitment_months", "issues", "one_off_exact", "monthly_exact", "instalments_monthly_exact", "deposit_exact",
            "over_commitment_exact", "list_monthly_exact", "margin_monthly_exact",
        ],
        batch_size=500,
    )  # fmt: skip
    models.QuotePatternPrice.objects.filter(pattern__in=[row.id for row in rows.values()]).delete()
    models.QuotePatternPrice.objects.bulk_create(
        [
            _price_row(rows[one.pattern], position, component)
            for one in priced.patterns
            for position, component in enumerate(one.components)
        ],
        batch_size=2_000,
    )


def _issue(obstacle: obstacles.Obstacle) -> records.Issue:
    return records.Issue("plan", obstacle.code, obstacle.message, obstacle.next_step)


def _price_row(row: models.QuotePattern, position: int, one: records.PricedComponent) -> models.QuotePatternPrice:
    return models.QuotePatternPrice(
        pattern=row,
        position=position,
        offering_code=one.offering_code,
        offering_version=one.offering_version,
        price_code=one.price_code,
        price_type=one.price_type,
        name_fr=one.name_fr,
        nature=one.nature,
        list_amount_exact=one.list_amount,
        amount_exact=one.amount,
        clause_number=one.clause_number or "",
        clause_text=str(one.clause_text),
        reason_fr=str(one.reason_fr),
        instalment_count=one.instalment_count,
        cost_exact=one.cost,
    )


def _keep_totals(row: Any, totals: records.Totals) -> None:
    row.one_off_exact = totals.one_off
    row.monthly_exact = totals.monthly
    row.instalments_monthly_exact = totals.instalments_monthly
    row.deposit_exact = totals.deposit
    row.over_commitment_exact = totals.over_commitment
    row.list_monthly_exact = totals.list_monthly
    row.margin_monthly_exact = totals.margin_monthly


def _mark_duplicates(quote: models.Quote) -> None:
    lines = models.QuoteLine.objects.filter(quote=quote)
    shared = Q(msisdn__in=_repeated(quote, "msisdn")) | Q(iccid__in=_repeated(quote, "iccid"))
    concerned = list(lines.filter(shared | Q(issues__contains=[{"code": _DUPLICATE}])).order_by("position"))
    found = cell_policy.duplicates(((line.position, line.msisdn, line.iccid) for line in concerned), {})
    for line in concerned:
        kept = [issue for issue in line.issues if issue["code"] != _DUPLICATE]
        line.issues = kept + issue_values(found.get(line.position, ()))
    models.QuoteLine.objects.bulk_update(concerned, ["issues"], batch_size=1_000)


def _repeated(quote: models.Quote, column: str) -> Any:
    return (
        models.QuoteLine.objects.filter(quote=quote)
        .exclude(**{column: ""})
        .values(column)
        .annotate(count=Count("id"))
        .filter(count__gt=1)
        .values(column)
    )
