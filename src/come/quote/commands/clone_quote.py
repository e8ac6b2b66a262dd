"""Start a draft from what exists: another quote, or what a fleet is made of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from come.inventory import queries as inventory_queries
from come.quote import models, records
from come.quote.commands import _draft, arrange_lines, create_quote, paste_lines
from come.quote.policies import tables
from come.shared import actor as actors, obstacles, text
from come.staff import policies as rights

# What names a person or a place of one customer: another customer never sees it.
PERSONAL = frozenset({tables.USER_LABEL, tables.COST_CENTRE, tables.SITE, tables.SITE_SIRET}) | arrange_lines.OWN_CELLS


def clone_quote(
    *, quote_id: uuid.UUID, customer_file_id: uuid.UUID | None = None, actor: actors.Actor, at: dt.datetime
) -> create_quote.CreatedQuote:
    """Open a draft with the lines of a quote (its first alternative), for the same customer or another one, at the prices of the day.

    Numbers, RIO, SIMs, devices and addresses are never copied; to another customer, names, cost centres and sites are not either.
    A quote on the fleet is not copied: its lines exist once. Raises Refusal, NotAllowed for a quote or a customer of another agency.
    Records QuoteCreated and QuoteLinesChanged.
    """
    with transaction.atomic():
        source = _draft.lock(quote_id, actor)
        if source.kind != "new":
            raise obstacles.Refusal(_fleet_quote(source.reference))
        wanted = customer_file_id or source.customer_file_id
        is_same = wanted == source.customer_file_id
        made = create_quote.create_quote(
            customer_file_id=wanted, actor=actor, at=at, title=source.title, commitment_months=source.commitment_months
        )
        left_out = arrange_lines.OWN_CELLS if is_same else PERSONAL
        rows = models.QuoteLine.objects.filter(quote=source, alternative=min(source.alternatives, default=""))
        lines = [
            records.NewLine({column: value for column, value in cells.items() if column not in left_out}, bundle_code=bundle)
            for cells, bundle in rows.order_by("position", "id").values_list("cells", "bundle_code")
        ]
        if lines:
            paste_lines.add_lines(quote_id=made.quote_id, lines=lines, actor=actor, at=at)
    return made


def add_fleet_profiles(*, quote_id: uuid.UUID, places: Sequence[int], quantity: int, actor: actors.Actor, at: dt.datetime) -> int:
    """Add new lines made like those that the customer has most: `places` are ranks of `inventory.queries.fleet_profiles`, from 0.

    Each gives `quantity` lines without names nor numbers. What is no longer sold stays in its cell and says so. Return how many
    lines were added. Raises NotAllowed. Records QuoteLinesChanged.
    """
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        rights.require(actor, "quote.write")
        profiles = inventory_queries.fleet_profiles(customer_file_id=quote.customer_file_id, viewer=actor)
        lines = [
            records.NewLine(
                {
                    column: value
                    for column, value in (
                        (tables.PLAN, profiles[place].plan_code),
                        (tables.OPTIONS, "; ".join(profiles[place].option_codes)),
                        (tables.DEVICE, profiles[place].device_code),
                    )
                    if value
                },
                quantity,
            )
            for place in dict.fromkeys(places)
            if 0 <= place < len(profiles)
        ]
        if lines:
            paste_lines.add_lines(quote_id=quote_id, lines=lines, actor=actor, at=at)
    return sum(line.quantity for line in lines)


def _fleet_quote(reference: str) -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "quote.fleet_not_cloned",
        obstacles.Severity.REFUSAL,
        text.T("Le devis {reference} porte sur des lignes du parc : elles ne se copient pas.", reference=reference),
        text.T("Depuis le parc, choisissez les lignes d’un autre devis de modification, ou reprenez les profils de la flotte."),
    )
