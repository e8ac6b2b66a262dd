"""Concede a price to lines of a draft, or to the customer, and take it back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from come.catalogue import records as catalogue
from come.quote import events, models, queries, records
from come.quote.commands import _acts, _draft, _lines, _pricing
from come.quote.policies import cells, concessions as policy, consent, tables
from come.shared import actor as actors, idempotency, obstacles, text

_ONE, _MANY = text.noop("Remise sur une ligne"), text.noop("Remise sur {count} lignes")
_OFF_ONE, _OFF_MANY = text.noop("Remise retirée d’une ligne"), text.noop("Remise retirée de {count} lignes")


@dataclasses.dataclass(frozen=True, slots=True)
class ConcessionAnswer:
    """How many lines an act touched, the quote's new revision, and what is paid a month now."""

    touched: int
    revision: int
    monthly_exact: Decimal


def concede_price(
    *, quote_id: uuid.UUID, selection: records.Selection, wish: records.Wish, actor: actors.Actor, at: dt.datetime
) -> ConcessionAnswer:
    """Concede a percentage or an amount on what the selected lines hold: their subscription, their device, or one of their options.

    It takes the place of what was conceded before on the same thing. With `wish.is_for_customer` it holds for every line of the quote
    that sells that kind of thing, those to come included. Raises Refusal, all reasons at once, and nothing changes then: nothing to
    concede on, a rise, a value out of bounds, a quote that was sent. Records QuotePriceConceded.
    """
    inputs = {"quote_id": quote_id, "selection": dataclasses.asdict(selection), "wish": dataclasses.asdict(wish)}
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consent.ANY)
        answer = idempotency.once(actor=actor, command="quote.concede_price", inputs=inputs, run=lambda: _concede(desk, selection, wish))
    return _answered(answer)


def _concede(desk: _draft.Desk, selection: records.Selection, wish: records.Wish) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    drafts = _lines.drafts_of(desk, queries.selected_lines(quote_id=desk.quote.id, selection=selection))
    held = _targets(desk, drafts, wish)
    offerings = {code: desk.snapshot.offerings[code] for code in {code for codes in held.values() for code in codes}}
    obstacles.refuse_if_any(policy.wish_obstacles(wish=wish, offerings=tuple(offerings.values()), line_count=len(held)))
    before = _draft.sums(desk.quote)
    known = {row.number: row for row in models.QuoteConcession.objects.filter(quote=desk.quote, withdrawn_at=None)}
    if wish.is_for_customer:
        numbers = _for_customer(desk, wish, offerings.values(), known)
        _pricing.reprice(desk)
        touched = len(held)
    else:
        made = {code: _row(desk, wish, offering, known) for code, offering in offerings.items()}
        numbers = [row.number for row in made.values()]
        changed = {key: _with(drafts[key], codes, made, known) for key, codes in held.items()}
        answer = _acts.perform(desk, _acts.Act(_acts.label(_ONE, _MANY, len(changed)), changed=changed))
        touched = answer["changed"]
    event = events.QuotePriceConceded(desk.quote.id, desk.quote.reference, tuple(numbers), touched, desk.quote.monthly_exact)
    prices = queries.conceded_prices(quote_id=desk.quote.id)
    obstacles.refuse_if_any(policy.rise_obstacles([(one.name_fr, one.before, one.after) for one in prices if one.after > one.before]))
    _draft.record(event, desk.quote, desk.actor, desk.at, before=before, after={**_draft.sums(desk.quote), "reason": wish.reason})
    return _told(desk, touched)


def _targets(desk: _draft.Desk, drafts: Mapping[uuid.UUID, _lines.Draft], wish: records.Wish) -> dict[uuid.UUID, tuple[str, ...]]:
    """Return, for each line that holds what is wished for, the offerings that it is about."""
    patterns = dict(
        models.QuoteLine.objects.filter(quote=desk.quote, stable_id__in=list(drafts), pattern__isnull=False).values_list(
            "stable_id", "pattern_id"
        )
    )
    rows = {row.id: row for row in models.QuotePattern.objects.filter(quote=desk.quote)}
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for key, pattern_id in patterns.items():
        row = rows[pattern_id]
        codes = policy.codes_of(wish.target, row.plan_code, tuple(row.option_codes), row.device_code, desk.snapshot.offerings)
        if codes:
            found[key] = codes
    return found


def _row(
    desk: _draft.Desk, wish: records.Wish, offering: catalogue.OfferingRecord, known: dict[str, models.QuoteConcession]
) -> models.QuoteConcession:
    """Return the concession that says this, made when nobody said it yet."""
    level = policy.level_of(wish.target)
    price_type = policy.price_type_of(wish, offering)
    for row in known.values():
        same = (row.level, row.offering_code, row.price_type, row.kind, row.value)
        if same == (level, offering.code, price_type, wish.kind, wish.value):
            return row
    return _made(desk, wish, known, level=level, offering_code=offering.code, offering_name_fr=offering.name_fr, price_type=price_type)


def _made(desk: _draft.Desk, wish: records.Wish, known: dict[str, models.QuoteConcession], **given: Any) -> models.QuoteConcession:
    count = models.QuoteConcession.objects.filter(quote=desk.quote).count()
    row = models.QuoteConcession.objects.create(
        quote=desk.quote,
        number=f"C{count + 1}",
        kind=wish.kind,
        value=wish.value,
        reason=wish.reason.strip()[:300],
        made_by_name=desk.actor.name,
        made_at=desk.at,
        **given,
    )
    known[row.number] = row
    return row


def _for_customer(
    desk: _draft.Desk, wish: records.Wish, offerings: Iterable[catalogue.OfferingRecord], known: dict[str, models.QuoteConcession]
) -> list[str]:
    numbers = []
    for kind in sorted({str(offering.kind) for offering in offerings}):
        for row in known.values():
            if row.level == records.PriceLevel.CUSTOMER and row.offering_kind == kind:
                row.withdrawn_at = desk.at
                row.save(update_fields=["withdrawn_at"])
        name = text.T(catalogue_kind_name(kind))
        given = {
            "level": records.PriceLevel.CUSTOMER.value,
            "offering_kind": kind,
            "offering_name_fr": str(name),
            "price_type": "recurring",
        }
        numbers.append(_made(desk, wish, known, **given).number)
    return numbers


def catalogue_kind_name(kind: str) -> str:
    """Return the French name of a kind of offerings."""
    return policy.KIND_NAMES_FR[kind]


def _with(
    draft: _lines.Draft,
    codes: tuple[str, ...],
    made: Mapping[str, models.QuoteConcession],
    known: Mapping[str, models.QuoteConcession],
) -> _lines.Draft:
    """Return the line with these concessions instead of those that it had on the same things."""
    mine = {made[code].number: made[code] for code in codes}
    aims = {(row.level, row.offering_code, row.price_type) for row in mine.values()}
    kept = [
        number
        for number in cells.conceded_numbers(draft.cells)
        if number in known and (known[number].level, known[number].offering_code, known[number].price_type) not in aims
    ]
    return _conceded(draft, [*kept, *mine])


def _conceded(draft: _lines.Draft, numbers: Iterable[str]) -> _lines.Draft:
    written = {column: value for column, value in draft.cells.items() if column != tables.CONCESSIONS}
    joined = "; ".join(sorted(set(numbers)))
    return dataclasses.replace(draft, cells=written | ({tables.CONCESSIONS: joined} if joined else {}))


def withdraw_concessions(
    *, quote_id: uuid.UUID, selection: records.Selection, actor: actors.Actor, at: dt.datetime, number: str = ""
) -> ConcessionAnswer:
    """Take back what was conceded to the selected lines: one concession by its number, or all; a customer's one for every line.

    Raises Refusal when the quote was sent. Records QuotePriceConceded.
    """
    inputs = {"quote_id": quote_id, "selection": dataclasses.asdict(selection), "number": number}
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consent.ANY)
        answer = idempotency.once(
            actor=actor, command="quote.withdraw_concessions", inputs=inputs, run=lambda: _withdraw(desk, selection, number)
        )
    return _answered(answer)


def _withdraw(desk: _draft.Desk, selection: records.Selection, number: str) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    before = _draft.sums(desk.quote)
    wide = models.QuoteConcession.objects.filter(quote=desk.quote, level=records.PriceLevel.CUSTOMER, withdrawn_at=None)
    if number and wide.filter(number=number).update(withdrawn_at=desk.at):
        _pricing.reprice(desk)
        touched = desk.quote.line_count
    else:
        drafts = _lines.drafts_of(desk, queries.selected_lines(quote_id=desk.quote.id, selection=selection))
        changed = {
            key: _conceded(draft, [one for one in cells.conceded_numbers(draft.cells) if number and one != number])
            for key, draft in drafts.items()
            if draft.cells.get(tables.CONCESSIONS)
        }
        touched = _acts.perform(desk, _acts.Act(_acts.label(_OFF_ONE, _OFF_MANY, len(changed)), changed=changed))["changed"]
    if touched:
        event = events.QuotePriceConceded(desk.quote.id, desk.quote.reference, (), touched, desk.quote.monthly_exact)
        _draft.record(event, desk.quote, desk.actor, desk.at, before=before, after=_draft.sums(desk.quote))
    return _told(desk, touched)


def _told(desk: _draft.Desk, touched: int) -> dict[str, Any]:
    return {"touched": touched, "revision": desk.quote.revision, "monthly_exact": str(desk.quote.monthly_exact)}


def _answered(answer: Mapping[str, Any]) -> ConcessionAnswer:
    return ConcessionAnswer(answer["touched"], answer["revision"], Decimal(answer["monthly_exact"]))
