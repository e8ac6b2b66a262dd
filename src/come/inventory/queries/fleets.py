"""The fleets that a person sees, the biggest first."""

from __future__ import annotations

from django.db.models import Count, Q

from come.inventory import models, policies, records
from come.party import queries as party_queries
from come.shared import actor as actors
from come.staff import policies as rights

# A name that so many customers share is not a search: one letter more narrows it.
_NAMED_LIMIT = 500


def fleets(*, viewer: actors.Actor, text: str = "", offset: int = 0, limit: int = 50) -> tuple[list[records.FleetSummary], int]:
    """Return one page of the fleets that the viewer sees, the biggest first, and how many there are (four statements at most).

    `text` keeps the customers of that name, SIREN or city. A customer without a line has no fleet.
    """
    rights.require(viewer, "inventory.read")
    lines = models.Product.objects.filter(parent__isnull=True)
    if not viewer.sees_all_agencies:
        lines = lines.filter(agency_id__in=viewer.agency_ids)
    if text.strip():
        named, _total = party_queries.customers(viewer=viewer, text=text.strip(), limit=_NAMED_LIMIT)
        lines = lines.filter(customer_file_id__in=[customer.id for customer in named])
    counted = lines.values("customer_file_id").annotate(
        live=Count("id", filter=Q(state__in=policies.LIVE_STATES)),
        active=Count("id", filter=Q(state="active")),
        suspended=Count("id", filter=Q(state="suspended")),
        terminated=Count("id", filter=Q(state="terminated")),
    )
    total = counted.count()
    page = list(counted.order_by("-live", "customer_file_id")[offset : offset + limit])
    customers = party_queries.customer_files(ids=[row["customer_file_id"] for row in page], viewer=viewer)
    found = [
        records.FleetSummary(
            customer_reference=customers[row["customer_file_id"]].reference,
            customer_name=customers[row["customer_file_id"]].name,
            city=customers[row["customer_file_id"]].city,
            agency_name=customers[row["customer_file_id"]].agency_name,
            live=row["live"],
            active=row["active"],
            suspended=row["suspended"],
            terminated=row["terminated"],
        )
        for row in page
        if row["customer_file_id"] in customers
    ]
    return found, total
