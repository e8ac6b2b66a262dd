"""Reads of incidents: visible to all, whoever opened them."""

from come.ticket.queries.similar import similar
from come.ticket.queries.tickets import search_hits, ticket, tickets, tickets_about, tickets_by_id, tickets_labelled
from come.ticket.queries.told import notices, public_state

__all__ = [
    "notices",
    "public_state",
    "search_hits",
    "similar",
    "ticket",
    "tickets",
    "tickets_about",
    "tickets_by_id",
    "tickets_labelled",
]
