"""Lines as rows: read, written and marked in sets, a constant number of statements whatever their number."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import F

from come.inventory import queries as inventory_queries
from come.quote import models, records
from come.quote.commands import _draft
from come.quote.policies import cells
from come.quote.queries import reading
from come.shared import bulk, text

_COLUMNS = (
    "stable_id", "position", "pattern_id", "cells", "user_label", "msisdn", "rio", "iccid", "imei", "eid", "email", "cost_centre", "site",
    "site_siret", "issues", "has_obstacle",
)  # fmt: skip
# Columns that no cell says: they follow a line that is undone, done again or cloned. `rewrite` leaves them alone.
CARRIED = ("bundle_code", "item_ref", "product_id", "action", "alternative")
_REWRITE = """
UPDATE quote_line l
   SET pattern_id = n.pattern_id, cells = n.cells, user_label = n.user_label, msisdn = n.msisdn, rio = n.rio, iccid = n.iccid,
       imei = n.imei, eid = n.eid, email = n.email, cost_centre = n.cost_centre, site = n.site, site_siret = n.site_siret,
       issues = n.issues, has_obstacle = n.has_obstacle
  FROM jsonb_to_recordset(%s::jsonb) AS n(stable_id uuid, pattern_id bigint, cells jsonb, user_label text, msisdn text, rio text,
       iccid text, imei text, eid text, email text, cost_centre text, site text, site_siret text, issues jsonb, has_obstacle boolean)
 WHERE l.quote_id = %s AND l.stable_id = n.stable_id
"""
_SUSPECTS = """
SELECT stable_id, position, msisdn, iccid, imei, eid, issues, pattern_id IS NULL AND action <> 'terminate', alternative
  FROM quote_line l
 WHERE quote_id = %(quote)s
   AND (issues @> %(mark)s::jsonb
     OR (msisdn <> ''
         AND (msisdn, alternative) IN (SELECT msisdn, alternative FROM quote_line
         WHERE quote_id = %(quote)s AND msisdn <> '' GROUP BY 1, 2 HAVING count(*) > 1))
     OR (iccid <> '' AND (iccid, alternative) IN (SELECT iccid, alternative FROM quote_line
         WHERE quote_id = %(quote)s AND iccid <> '' GROUP BY 1, 2 HAVING count(*) > 1))
     OR (imei <> '' AND (imei, alternative) IN (SELECT imei, alternative FROM quote_line
         WHERE quote_id = %(quote)s AND imei <> '' GROUP BY 1, 2 HAVING count(*) > 1))
     OR (eid <> '' AND (eid, alternative) IN (SELECT eid, alternative FROM quote_line
         WHERE quote_id = %(quote)s AND eid <> '' GROUP BY 1, 2 HAVING count(*) > 1)))
 ORDER BY position, id
"""
_MARK = """
UPDATE quote_line l SET issues = n.issues, has_obstacle = n.has_obstacle
  FROM jsonb_to_recordset(%s::jsonb) AS n(stable_id uuid, issues jsonb, has_obstacle boolean)
 WHERE l.quote_id = %s AND l.stable_id = n.stable_id
"""
_PLACE = """
UPDATE quote_line l SET position = n.position FROM unnest(%s::uuid[], %s::int[]) AS n(stable_id, position)
 WHERE l.quote_id = %s AND l.stable_id = n.stable_id
"""


@dataclasses.dataclass(slots=True)
class Draft:
    """A line to write: what was typed; what it means is read when it is written."""

    stable_id: uuid.UUID
    position: int
    cells: Mapping[str, str]
    carried: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def issue_json(issue: records.Issue) -> dict[str, Any]:
    """Return an issue as it is kept: the sentence with its template and values, so that it can be said in another language."""
    return {"column": issue.column, "code": issue.code, "severity": issue.severity} | {
        "message": _sentence(issue.message),
        "next_step": _sentence(issue.next_step),
    }


def _sentence(said: str) -> Any:
    if isinstance(said, text.T):
        return {"t": said.template, "v": {key: value if isinstance(value, int) else str(value) for key, value in said.values.items()}}
    return said


def _written(desk: _draft.Desk, draft: Draft, pattern_ids: Mapping[records.Pattern, int], meaning: cells.Meaning) -> dict[str, Any]:
    return {
        "stable_id": str(draft.stable_id),
        "position": draft.position,
        "pattern_id": pattern_ids[meaning.pattern] if meaning.pattern else None,
        "cells": cells.canonical(draft.cells, meaning, desk.lookup, desk.snapshot.offerings),
        "user_label": meaning.user_label,
        "msisdn": meaning.msisdn,
        "rio": meaning.rio,
        "iccid": meaning.iccid,
        "imei": meaning.imei,
        "eid": meaning.eid,
        "email": meaning.email,
        "cost_centre": meaning.cost_centre,
        "site": meaning.site,
        "site_siret": meaning.site_siret,
        "issues": [issue_json(issue) for issue in meaning.issues],
        "has_obstacle": meaning.has_obstacle and draft.carried.get("action") != "terminate",
    }


def _understood(desk: _draft.Desk, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    centres = desk.cost_centres
    meanings = [
        cells.understand(
            draft.cells,
            desk.lookup,
            bundle_code=draft.carried.get("bundle_code", ""),
            alternative=draft.carried.get("alternative", ""),
            cost_centres=centres,
        )
        for draft in drafts
    ]
    is_ours = [draft.carried.get("product_id") is not None for draft in drafts]
    strangers = [meaning for meaning, ours in zip(meanings, is_ours, strict=True) if not ours]
    taken = inventory_queries.in_service(
        msisdns=[meaning.msisdn for meaning in strangers if meaning.msisdn],
        iccids=[meaning.iccid for meaning in strangers if meaning.iccid],
    )
    if taken:
        # A line of the fleet has its own number.
        meanings = [meaning if ours else cells.with_taken(meaning, taken) for meaning, ours in zip(meanings, is_ours, strict=True)]
    # What ends is sold nothing: what its cells say is only read by people.
    meanings = [
        dataclasses.replace(meaning, pattern=None, issues=()) if draft.carried.get("action") == "terminate" else meaning
        for draft, meaning in zip(drafts, meanings, strict=True)
    ]
    pattern_ids = _pattern_ids(desk.quote, {meaning.pattern for meaning in meanings if meaning.pattern})
    return [_written(desk, draft, pattern_ids, meaning) for draft, meaning in zip(drafts, meanings, strict=True)]


def _pattern_ids(quote: models.Quote, wanted: set[records.Pattern]) -> dict[records.Pattern, int]:
    if not wanted:
        return {}
    plans, devices = ({getattr(one, name) for one in wanted} for name in ("plan_code", "device_code"))
    rows = models.QuotePattern.objects.filter(quote=quote, plan_code__in=plans, device_code__in=devices)
    known = {reading.pattern_key(row): row.id for row in rows}
    missing = sorted(wanted - set(known))
    made = models.QuotePattern.objects.bulk_create(
        models.QuotePattern(
            quote=quote,
            plan_code=pattern.plan_code,
            option_codes=list(pattern.option_codes),
            device_code=pattern.device_code,
            bundle_code=pattern.bundle_code,
            alternative=pattern.alternative,
            concession_numbers=list(pattern.concessions),
        )
        for pattern in missing
    )
    return known | {pattern: row.id for pattern, row in zip(missing, made, strict=True)}


def insert(desk: _draft.Desk, drafts: Sequence[Draft]) -> None:
    """Write new lines in one COPY; where the quote has alternatives, those of none go to the first one."""
    letter = min(desk.quote.alternatives, default="")
    if letter:
        drafts = [
            draft if draft.carried.get("alternative") else dataclasses.replace(draft, carried={**draft.carried, "alternative": letter})
            for draft in drafts
        ]
    rows = _understood(desk, drafts)
    blank = models.QuoteLine()
    empty = {name: getattr(blank, name) for name in CARRIED}
    bulk.copy_rows(
        table="quote_line",
        columns=("quote_id", *_COLUMNS, *CARRIED),
        rows=(
            (desk.quote.id, *(_copied(row[column]) for column in _COLUMNS), *(draft.carried.get(name, empty[name]) for name in CARRIED))
            for draft, row in zip(drafts, rows, strict=True)
        ),
    )


def _copied(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def rewrite(desk: _draft.Desk, drafts: Sequence[Draft]) -> dict[uuid.UUID, dict[str, str]]:
    """Read lines again from their cells and write what they mean, in one statement; return their cells as they are kept."""
    rows = _understood(desk, drafts)
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE, [json.dumps(rows, ensure_ascii=False), desk.quote.id])
    return {draft.stable_id: row["cells"] for draft, row in zip(drafts, rows, strict=True)}


def place(desk: _draft.Desk, positions: Mapping[uuid.UUID, int]) -> None:
    """Give lines their place, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [list(positions), list(positions.values()), desk.quote.id])


def make_room(desk: _draft.Desk, position: int, count: int) -> None:
    """Push the lines from a place on further down, in one statement."""
    models.QuoteLine.objects.filter(quote=desk.quote, position__gte=position).update(position=F("position") + count)


def delete(desk: _draft.Desk, stable_ids: Iterable[uuid.UUID]) -> int:
    """Remove lines, and return how many."""
    count, _ = models.QuoteLine.objects.filter(quote=desk.quote, stable_id__in=list(stable_ids)).delete()
    return count


def drafts_of(desk: _draft.Desk, stable_ids: Sequence[uuid.UUID] | None = None) -> dict[uuid.UUID, Draft]:
    """Return these lines of the quote (or all) as drafts, in order (one statement)."""
    rows = models.QuoteLine.objects.filter(quote=desk.quote)
    if stable_ids is not None:
        rows = rows.filter(stable_id__in=stable_ids)
    found = rows.order_by("position", "id").values_list("stable_id", "position", "cells", *CARRIED)
    return {row[0]: Draft(row[0], row[1], row[2], dict(zip(CARRIED, row[3:], strict=True))) for row in found}


def mark_duplicates(desk: _draft.Desk) -> None:
    """Mark every line whose number, SIM or device stands on an earlier line, and clear marks that no longer hold (two statements)."""
    with connection.cursor() as cursor:
        cursor.execute(_SUSPECTS, {"quote": desk.quote.id, "mark": json.dumps([{"code": cells.DUPLICATE}])})
        suspects = cursor.fetchall()
        found: dict[int, list[records.Issue]] = {}
        # The same number in two alternatives is one line offered in two ways.
        for letter in {row[-1] for row in suspects}:
            found |= cells.duplicates((position, *unique) for _, position, *unique, _, _, other in suspects if other == letter)
        changed = []
        for stable_id, position, *_, raw, is_unsold, _letter in suspects:
            issues = json.loads(raw) if isinstance(raw, str) else raw
            wanted = [one for one in issues if one["code"] != cells.DUPLICATE] + [issue_json(one) for one in found.get(position, ())]
            if wanted != issues:
                has_obstacle = is_unsold or any(one["severity"] != "warning" for one in wanted)
                changed.append({"stable_id": str(stable_id), "issues": wanted, "has_obstacle": has_obstacle})
        if changed:
            cursor.execute(_MARK, [json.dumps(changed, ensure_ascii=False), desk.quote.id])


def next_position(quote: models.Quote) -> int:
    """Return the position after the last line."""
    last = models.QuoteLine.objects.filter(quote=quote).order_by("-position").values_list("position", flat=True).first()
    return (last or 0) + 1


def to_correct(desk: _draft.Desk) -> list[uuid.UUID]:
    """Return the lines of a draft that have an obstacle of their own."""
    return list(models.QuoteLine.objects.filter(quote=desk.quote, has_obstacle=True).values_list("stable_id", flat=True))
