"""What the law says of one quote, for its own customer."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from come.party import queries as party_queries
from come.quote import models
from come.quote.policies import legal
from come.shared import period


def legal_of(*, head: Any, day: dt.date) -> tuple[legal.Parameter, ...]:
    """Return the rules that protect the customer of a quote on a day, by its segment and its size in the register (one statement)."""
    size = party_queries.customer_files(ids=[head.customer_file_id])[head.customer_file_id].size_category
    return legal.in_force(segment=head.segment, size=size, day=day)


def months_to_waive(*, head: Any, alternative: str, at: dt.datetime) -> int:
    """Return the longest commitment of an offer that passes the cap of the law, 0 when none does."""
    day = period.local_day(at)
    commitments = models.QuotePattern.objects.filter(quote_id=head.id, alternative=alternative, quantity__gt=0)
    return legal.months_over_cap(
        commitments=list(commitments.values_list("commitment_months", flat=True)), found=legal_of(head=head, day=day)
    )


def months_to_waive_of(*, quote_id: uuid.UUID, at: dt.datetime) -> int:
    """Return the longest commitment of a quote, in any of its offers, that passes the cap of the law (0 = none)."""
    head = models.Quote.objects.get(id=quote_id)
    return max(months_to_waive(head=head, alternative=letter, at=at) for letter in head.alternatives or [""])
