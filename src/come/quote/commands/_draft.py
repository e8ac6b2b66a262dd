"""A draft under lock, with what its lines are read against."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from come.catalogue import records as catalogue
from come.party import queries as party_queries
from come.quote import events, models
from come.quote.policies import cells, consent, states
from come.quote.queries import changes
from come.shared import actor as actors, eventlog, events as shared_events, obstacles, period, text
from come.staff import policies as rights


@dataclasses.dataclass(slots=True)
class Desk:
    """A draft being edited: the locked row, the catalogue of its pricing day, the words that name its offers, its cost centres."""

    quote: models.Quote
    actor: actors.Actor
    at: dt.datetime
    snapshot: catalogue.CatalogueSnapshot
    lookup: cells.Lookup
    cost_centres: frozenset[str] | None
    # What the author of the act saw and accepted of negotiated prices that it changes (`policies.consent.fingerprint`).
    consented_changes: str | None = None
    # Undoing gives lines back the offer that they had: nobody is asked about the one that leaves.
    is_undoing: bool = False
    # The negotiated prices, by pattern, that pricing has replaced since: what the author is asked about.
    replaced_prices: dict[int, Mapping[consent.Key, consent.Price]] = dataclasses.field(default_factory=dict)

    @property
    def day(self) -> dt.date:
        """Return the day of the act on the calendar of Paris."""
        return period.local_day(self.at)


def lock(quote_id: uuid.UUID, actor: actors.Actor, permission: str = "quote.write") -> models.Quote:
    """Return the quote's row, locked; raises NotFound, or NotAllowed for another agency or a missing right."""
    rights.require(actor, permission)
    row = models.Quote.objects.select_for_update().filter(id=quote_id).first()
    if row is None:
        raise obstacles.not_found(text.T("Le devis"), quote_id)
    rights.require_agency(actor, row.agency_id, text.T("Le devis {reference}", reference=row.reference))
    return row


def open_desk(quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime, consented_changes: str | None = None) -> Desk:
    """Lock a quote and read what its lines depend on; whoever then writes calls `refuse_unless_editable` first.

    The two are apart so that an act that is asked again after the quote was sent still receives its first answer.
    """
    desk = desk_of(lock(quote_id, actor), actor, at)
    desk.consented_changes = consented_changes
    return desk


def refuse_unless_editable(desk: Desk) -> None:
    """Raise Refusal when the quote is no draft any more."""
    obstacles.refuse_if_any(states.editing_obstacles(reference=desk.quote.reference, state=desk.quote.state))


def desk_of(quote: models.Quote, actor: actors.Actor, at: dt.datetime) -> Desk:
    """Read what the lines of a locked draft depend on: the catalogue of its pricing day, which only `price_quote` moves."""
    snapshot = changes.snapshot_of(quote, quote.priced_date)
    centres = None
    if quote.billing_account_id is not None:
        known = party_queries.cost_centres(account_ids=[quote.billing_account_id])
        centres = frozenset(centre.code for centre in known) or None
    return Desk(quote, actor, at, snapshot, cells.Lookup.of(snapshot.offerings.values()), centres)


def sums(quote: models.Quote) -> dict[str, Any]:
    """Return what the journal keeps of a quote before and after an act."""
    return {
        "lines": quote.line_count,
        "to_correct": quote.issue_count,
        "monthly_exact": quote.monthly_exact,
        "one_off_exact": quote.one_off_exact,
    }


def subjects(quote: models.Quote) -> list[str]:
    """Return under which things a fact about a quote is found."""
    return [shared_events.subject("quote", quote.id), shared_events.subject("company", quote.customer_file_id)]


def record(
    desk_event: shared_events.Event,
    quote: models.Quote,
    actor: actors.Actor,
    at: dt.datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Append a fact about a quote to the journal."""
    eventlog.record(event=desk_event, actor=actor, at=at, subjects=subjects(quote), before=before, after=after)


def record_lines(desk: Desk, before: Mapping[str, Any], *, added: int = 0, changed: int = 0, removed: int = 0) -> None:
    """Append the fact that lines changed."""
    quote = desk.quote
    event = events.QuoteLinesChanged(quote.id, quote.reference, added, changed, removed, quote.issue_count, quote.monthly_exact)
    record(event, quote, desk.actor, desk.at, before=before, after=sums(quote))
