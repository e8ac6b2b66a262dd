"""One order, aggregated: ten thousand lines cost what ten do."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from come.order import models, records
from come.order.policies import rules, states
from come.shared import actor as actors, obstacles, text
from come.staff import policies as rights, queries as staff_queries
from come.ticket import queries as ticket_queries

# A fleet where everyone has a choice of their own has hundreds: the page shows the most frequent.
PATTERNS_SHOWN = 20
TEAMS = {"support": text.noop("Soutien COME")}
SYSTEM_WORDS = {
    "network": text.noop("réseau"),
    "portability": text.noop("guichet de portabilité"),
    "logistics": text.noop("transporteur"),
    "mail": text.noop("messagerie"),
    "inventory": text.noop("parc"),
}

_CAUSES = """
SELECT step.cause_signature, step.cause_code, step.kind, step.adapter, count(*), count(DISTINCT step.order_id),
       min(step.owner_id::text),
       min(step.owner_team), min(step.due_at), min(step.state_since_at), min(step.incident_id::text), min(item.msisdn), min(item.iccid),
       min(item.wanted_msisdn), min(item.wanted_iccid)
FROM order_step step JOIN order_product_order_item item ON item.id = step.item_id JOIN order_product_order o ON o.id = step.order_id
WHERE step.state = 'held' AND {where}
GROUP BY step.cause_signature, step.cause_code, step.kind, step.adapter ORDER BY min(step.due_at), step.cause_signature
"""


def system_word(adapter: str) -> str:
    """Return the French name of an outside system."""
    return text.T(SYSTEM_WORDS[adapter])


def order_of_quote(*, quote_id: uuid.UUID) -> str | None:
    """Return the reference of the order that an accepted quote became, or None (one statement)."""
    return models.ProductOrder.objects.filter(quote_id=quote_id).values_list("reference", flat=True).first()


def orders_of_quotes(*, quote_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return `{quote: order reference}` for the quotes that became orders (one statement)."""
    rows = models.ProductOrder.objects.filter(quote_id__in=list(quote_ids)).values_list("quote_id", "reference")
    return {quote_id: reference for quote_id, reference in rows if quote_id is not None}


def step_words() -> dict[str, str]:
    """Return the French name of each kind of step."""
    words: dict[str, str] = {rule.kind: text.T(rule.label_fr) for rule in rules.step_rules()}
    return words | {rule.kind: text.T(rule.label_fr) for rule in rules.compensation_rules()}


def order(*, viewer: actors.Actor, order_id: uuid.UUID | None = None, reference: str = "") -> records.OrderRecord:
    """Return an order with its progress per kind of step, what holds it, its promises and patterns (ten statements).

    An order of another agency is not found.
    """
    row = _row(viewer, order_id, reference)
    items = dict(
        models.ProductOrderItem.objects.filter(order=row)
        .values("state")
        .order_by("state")
        .annotate(n=Count("id"))
        .values_list("state", "n")
    )
    promises = models.Promise.objects.filter(order=row, item=None).order_by("-made_at", "-id")
    return records.OrderRecord(
        id=row.id,
        reference=row.reference,
        external_id=row.external_id,
        kind=row.kind,
        state=row.state,
        state_since_at=row.state_since_at,
        reason=row.reason,
        quote_id=row.quote_id,
        quote_reference=row.quote_reference,
        customer_file_id=row.customer_file_id,
        agency_id=row.agency_id,
        billing_account_id=row.billing_account_id,
        agreement_reference=row.agreement_reference,
        ordered_by_name=row.ordered_by_name,
        on_behalf_of_name=row.on_behalf_of_name,
        ordered_at=row.ordered_at,
        completed_at=row.completed_at,
        is_decomposed=row.decomposed_at is not None,
        line_count=row.line_count,
        items=items,
        steps=_progress(row),
        causes=_causes("step.order_id = %s", [row.id]),
        promises=tuple(
            records.PromiseRecord(
                promise.promised_date, promise.previous_date, promise.made_at, promise.made_by_name, promise.reason_fr, promise.evidence
            )
            for promise in promises
        ),
        patterns=_patterns(row),
        waiting_systems=_waiting_systems(row),
        waits_for=_waits_for(row),
        stopped_since_at=row.stopped_since_at,
        stopped_by_name=row.stopped_by_name,
    )


def order_plain(*, viewer: actors.Actor, order_id: uuid.UUID | None = None, reference: str = "") -> dict[str, Any]:
    """Return the bare fields of an order, for machines (one statement); an order of another agency is not found."""
    row = _row(viewer, order_id, reference)
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}  # noqa: SLF001 - Django's documented way to list columns


def _row(viewer: actors.Actor, order_id: uuid.UUID | None, reference: str) -> models.ProductOrder:
    rows = (
        models.ProductOrder.objects.filter(id=order_id) if order_id is not None else models.ProductOrder.objects.filter(reference=reference)
    )
    row = rows.first()
    if row is None or not rights.can_see(viewer, row.agency_id):
        raise obstacles.not_found(text.T("La commande"), reference or order_id)
    return row


def _progress(row: models.ProductOrder) -> tuple[records.StepProgress, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, adapter, state, count(*), max(planned_date), min(state_since_at), min(sequence)"
            " FROM order_step WHERE order_id = %s GROUP BY kind, adapter, state ORDER BY min(sequence), kind",
            [row.id],
        )
        groups = cursor.fetchall()
    kinds = list(dict.fromkeys((group[0], group[1]) for group in sorted(groups, key=lambda group: group[6])))
    words = step_words()
    found = []
    for kind, adapter in kinds:
        mine = [group for group in groups if group[0] == kind]
        waiting = [group[5] for group in mine if group[2] in ("held", "ready", "sent")]
        found.append(
            records.StepProgress(
                kind=kind,
                label_fr=words[kind],
                adapter=adapter,
                planned_date=max(group[4] for group in mine),
                counts={group[2]: group[3] for group in mine},
                oldest_since_at=min(waiting, default=None),
            ),
        )
    return tuple(found)


def _patterns(row: models.ProductOrder) -> tuple[records.PatternRecord, ...]:
    patterns = models.OrderPattern.objects.filter(order=row).annotate(n=Count("items")).order_by("-n", "position")[:PATTERNS_SHOWN]
    return tuple(
        records.PatternRecord(
            position=pattern.position,
            plan_code=pattern.plan_code,
            plan_name_fr=pattern.plan_name_fr,
            option_codes=tuple(pattern.option_codes),
            device_code=pattern.device_code,
            line_count=pattern.n,
            prices=tuple(
                records.PatternPrice(price["name_fr"], price["price_type"], Decimal(price["amount"]), price["clause_number"])
                for offering in pattern.frozen["offerings"]
                for price in offering["prices"]
            ),
        )
        for pattern in patterns
    )


def _waiting_systems(row: models.ProductOrder) -> tuple[str, ...]:
    """Return the systems that are unavailable and that this order waits for."""
    if row.state not in states.OPEN_ORDER_STATES:
        return ()
    rows = models.AdapterBreaker.objects.exclude(state="closed").filter(
        adapter__in=models.OutboxMessage.objects.filter(order=row, state="pending").values("adapter"),
    )
    return tuple(text.T(SYSTEM_WORDS[breaker.adapter]) for breaker in rows.order_by("adapter"))


_WAITS_FOR = f"""
SELECT running.reference, running.ordered_by_name, running.ordered_at, count(*)
FROM order_product_order_item mine
JOIN order_product_order_item item ON item.id = mine.after_item_id
JOIN order_product_order running ON running.id = item.order_id
WHERE mine.order_id = %s AND mine.state = 'acknowledged' AND {states.BUSY_SQL}
GROUP BY running.reference, running.ordered_by_name, running.ordered_at ORDER BY running.ordered_at
"""


def _waits_for(row: models.ProductOrder) -> tuple[records.WaitedOrder, ...]:
    """Return the earlier orders that lines of this one come after."""
    if row.state not in states.OPEN_ORDER_STATES:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_WAITS_FOR, [row.id])
        return tuple(records.WaitedOrder(*values) for values in cursor.fetchall())


def held_causes(*, viewer: actors.Actor, signature: str = "") -> tuple[records.HeldCause, ...]:
    """Return every cause that holds lines of visible orders, the most urgent first (three statements)."""
    where, parameters = "(%s OR o.agency_id = ANY(%s))", [viewer.sees_all_agencies, list(viewer.agency_ids)]
    if signature:
        where += " AND step.cause_signature = %s"
        parameters.append(signature)
    return _causes(where, parameters)


def _causes(where: str, parameters: list[Any]) -> tuple[records.HeldCause, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_CAUSES.format(where=where), parameters)
        rows = cursor.fetchall()
    names = staff_queries.staff_names(ids=[uuid.UUID(row[6]) for row in rows if row[6]]) if rows else {}
    tickets = ticket_queries.tickets_by_id(ids=[uuid.UUID(row[10]) for row in rows if row[10]]) if rows else {}
    return tuple(_cause(row, names, tickets) for row in rows)


def _cause(row: tuple[Any, ...], names: dict[uuid.UUID, str], tickets: dict[uuid.UUID, tuple[Any, ...]]) -> records.HeldCause:
    signature, code, kind, adapter, lines, orders, owner, team, due_at, since_at, incident, msisdn, iccid, wanted_msisdn, wanted_iccid = row
    ticket = tickets.get(uuid.UUID(incident), ("", "", "", None)) if incident else ("", "", "", None)
    return records.HeldCause(
        signature=signature,
        code=code,
        step_kind=kind,
        step_label_fr=step_words()[kind],
        cause_fr=cause_sentence(code, adapter, msisdn or wanted_msisdn, iccid or wanted_iccid, lines),
        next_step_fr=rules.next_step_sentence(code=code, adapter=text.T(SYSTEM_WORDS[adapter])),
        line_count=lines,
        order_count=orders,
        owner_name=owner_name(owner, team, names),
        due_at=due_at,
        held_since_at=since_at,
        incident_reference=ticket[0],
        incident_status=ticket[2],
        incident_promised_at=ticket[3],
        repairs=rules.cause(code).repairs,
    )


def owner_name(owner: str | uuid.UUID | None, team: str, names: dict[uuid.UUID, str]) -> str:
    """Return who has a held step: a person, else a team."""
    if owner:
        return names.get(uuid.UUID(str(owner)), "")
    return text.T(TEAMS[team]) if team in TEAMS else team


def cause_sentence(code: str, adapter: str, msisdn: str, iccid: str, line_count: int = 1) -> str:
    """Return what holds a line; for several lines, the incident's title, which names none of them."""
    if line_count > 1:
        return rules.title_sentence(code=code)
    return rules.cause_sentence(code=code, adapter=text.T(SYSTEM_WORDS[adapter]), msisdn=msisdn, iccid=iccid)
