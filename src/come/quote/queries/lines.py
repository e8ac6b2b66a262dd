"""Lines of a quote in windows, its patterns, and what order and document take of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

from come.quote import models, records
from come.quote.policies import states
from come.quote.queries import fleet, reading, sold
from come.quote.records import fleet as fleet_records
from come.shared import obstacles, text

WHERE = """
  FROM quote_line l LEFT JOIN quote_pattern p ON p.id = l.pattern_id
 WHERE l.quote_id = %(quote)s
   AND (NOT %(only)s OR l.has_obstacle OR coalesce(p.has_obstacle, false))
   AND (%(letter)s = '' OR l.alternative = %(letter)s)
   AND (%(code)s = '' OR l.issues @> %(coded)s::jsonb OR p.issues @> %(coded)s::jsonb)
   AND (%(text)s = '' OR l.cells::text ILIKE %(like)s OR (%(digits)s <> '' AND (l.msisdn LIKE %(number)s OR l.iccid LIKE %(number)s)))
"""
_WINDOW = f"""
SELECT l.stable_id, l.position, l.cells, l.bundle_code, coalesce(p.commitment_months, 0), p.monthly_exact, p.one_off_exact,
       p.instalments_monthly_exact, coalesce(p.has_obstacle, true), l.issues, coalesce(p.issues, '[]'), l.action, l.alternative
{WHERE} ORDER BY l.position, l.id OFFSET %(offset)s LIMIT %(limit)s
"""
_CHUNK = 5_000
_COUNT = f"SELECT count(*) {WHERE}"


def lines(*, quote_id: uuid.UUID, selection: records.Selection, offset: int = 0, limit: int | None = 100) -> records.LinePage:
    """Return a window on the lines that match, in order, and the counts (three statements). The caller checks the right to see them."""
    given = parameters(quote_id, selection) | {"offset": offset, "limit": limit}
    head = models.Quote.objects.values_list("line_count", "issue_count", "revision").get(id=quote_id)
    with connection.cursor() as cursor:
        cursor.execute(_WINDOW, given)
        rows = tuple(_line(row) for row in cursor.fetchall())
        total = head[0]
        if selection.is_filtered:
            cursor.execute(_COUNT, given)
            (total,) = cursor.fetchone()
    return records.LinePage(rows, total, *head)


def every_line(*, quote_id: uuid.UUID, selection: records.Selection) -> Iterator[records.LineRecord]:
    """Yield the lines that match in order, window after window: memory does not grow with the quote. The caller checks the right."""
    offset = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_WINDOW, parameters(quote_id, selection) | {"offset": offset, "limit": _CHUNK})
            rows = cursor.fetchall()
        yield from (_line(row) for row in rows)
        offset += _CHUNK
        if len(rows) < _CHUNK:
            return


def parameters(quote_id: uuid.UUID, selection: records.Selection) -> dict[str, Any]:
    """Return what `WHERE` takes for a selection by filters."""
    wanted = " ".join(selection.text.split())
    digits = "".join(letter for letter in wanted if letter.isdigit())
    escaped = wanted.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return {
        "quote": quote_id,
        "only": selection.only_to_correct,
        "letter": selection.alternative,
        "code": selection.issue_code,
        "coded": json.dumps([{"code": selection.issue_code} | ({"column": selection.issue_column} if selection.issue_column else {})]),
        "text": wanted,
        "like": f"%{escaped}%",
        "digits": digits if len(digits) > 3 else "",
        "number": f"%{digits.lstrip('0')}%",
    }


def _line(row: tuple[Any, ...]) -> records.LineRecord:
    stable_id, position, cells, bundle, months, monthly, one_off, instalments, is_unpriced, own, of_pattern, action, letter = row
    issues = (*reading.issues(own), *reading.issues(of_pattern))
    return records.LineRecord(
        stable_id=stable_id,
        position=position,
        cells=reading.plain(cells),
        bundle_code=bundle,
        commitment_months=months,
        monthly=None if is_unpriced else monthly,
        one_off=None if is_unpriced else one_off,
        instalments_monthly=None if is_unpriced else instalments,
        issues=issues,
        action=action,
        alternative=letter,
    )


def selected_lines(*, quote_id: uuid.UUID, selection: records.Selection) -> list[uuid.UUID]:
    """Return the ids of the selected lines of a quote, in order (one statement)."""
    if selection.stable_ids is not None:
        rows = models.QuoteLine.objects.filter(quote_id=quote_id, stable_id__in=selection.stable_ids)
        return list(rows.order_by("position", "id").values_list("stable_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT l.stable_id {WHERE} ORDER BY l.position, l.id", parameters(quote_id, selection))
        return [stable_id for (stable_id,) in cursor.fetchall()]


def quote_for_order(*, quote_id: uuid.UUID) -> records.AcceptedQuote:
    """Return an accepted quote as the order takes it, in five statements; raises NotFound, or Conflict when it is not accepted.

    The caller checks the right to see it.
    """
    head = models.Quote.objects.filter(id=quote_id).first()
    if head is None:
        raise obstacles.not_found(text.T("Le devis"), quote_id)
    if head.state != states.ACCEPTED or head.decided_at is None:
        raise obstacles.Conflict(
            obstacles.Obstacle(
                "quote.not_accepted",
                obstacles.Severity.REFUSAL,
                text.T(
                    "Le devis {reference} n’est pas accepté : il est « {state} ».",
                    reference=head.reference,
                    state=text.T(states.NAMES_FR[head.state]),
                ),
                text.T("Faites-le accepter par le client, ou enregistrez son accord signé."),
            ),
        )
    by_id = {pattern.id: pattern for pattern in sold.patterns(quote_id=quote_id)}
    fields = (
        "stable_id",
        "position",
        "pattern_id",
        "user_label",
        "msisdn",
        "rio",
        "iccid",
        "imei",
        "email",
        "cost_centre",
        "site",
        "bundle_code",
        "eid",
        "site_siret",
        "action",
        "product_id",
    )
    letter = models.QuoteAcceptance.objects.values_list("alternative", flat=True).get(quote_id=quote_id)
    chosen = models.QuoteLine.objects.filter(quote_id=quote_id, alternative=letter)
    rows = chosen.order_by("position", "id").values_list(*fields)
    changes = _changes(head, by_id) if head.kind != "new" else {}
    return records.AcceptedQuote(
        quote_id=head.id,
        reference=head.reference,
        version=head.version,
        customer_file_id=head.customer_file_id,
        legal_unit_id=head.legal_unit_id,
        agency_id=head.agency_id,
        billing_account_id=head.billing_account_id,
        agreement_id=head.agreement_id,
        agreement_reference=head.agreement_reference,
        accepted_at=head.decided_at,
        lines=tuple(_accepted(row, by_id, changes) for row in rows),
        kind=head.kind,
    )


def _changes(head: models.Quote, by_id: dict[int, records.PatternRecord]) -> dict[uuid.UUID, fleet_records.LineDifference]:
    """Return what an accepted quote changes on each line of the fleet, by line (alike lines are counted once)."""
    return fleet.differences(head, fleet.stored_patterns(by_id.values()), fleet.day_of(head))


def _accepted(
    row: tuple[Any, ...],
    by_id: dict[int, records.PatternRecord],
    changes: Mapping[uuid.UUID, fleet_records.LineDifference],
) -> records.AcceptedLine:
    stable_id, position, pattern_id, label, msisdn, rio, iccid, imei, email, centre, site, bundle, eid, site_siret, *fleet_line = row
    action, product_id = fleet_line
    pattern = by_id.get(pattern_id)
    return records.AcceptedLine(
        stable_id=stable_id,
        position=position,
        plan_code=pattern.plan_code if pattern else "",
        option_codes=pattern.option_codes if pattern else (),
        device_code=(pattern.device_code or None) if pattern else None,
        user_label=label,
        msisdn=msisdn or None,
        rio=rio or None,
        iccid=iccid or None,
        imei=imei or None,
        email=email or None,
        cost_centre=centre or None,
        site=site or None,
        bundle_code=bundle or None,
        commitment_months=pattern.commitment_months if pattern else 0,
        components=pattern.components if pattern else (),
        eid=eid or None,
        site_siret=site_siret or None,
        action=action,
        product_id=product_id,
        change=changes.get(stable_id),
    )
