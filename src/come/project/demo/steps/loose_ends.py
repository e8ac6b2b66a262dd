"""What the story leaves to do by hand: a draft with two bad cells, an order with a line that the network refuses."""

from __future__ import annotations

import uuid
from typing import Any

from come.edges.network import simulator
from come.order import commands as order_commands, jobs, queries as order_queries
from come.party import queries as party_queries
from come.project.demo import fleets, population, story
from come.project.demo.journey import Context
from come.project.demo.steps.quote import alice
from come.quote import commands as quote_commands, queries as quote_queries, records as quotes

_DRAFT = """Utilisateur\tForfait\tOptions\tNuméro\tRIO
Nina Besson\tMOB-ILL-50\t\t\t
Paulo Da Silva\tMOB-ILL-500\t\t\t
Irène Colin\tMOB-ILL-20\tOPT-ROAM-Z1\t06 39 98 00 41\t01E000000AAA
Malik Haddad\tDATA-50\t\t\t
"""
_ORDER = """Utilisateur\tForfait
Tablette chantier 1\tDATA-50
Tablette chantier 2\tDATA-50
Tablette chantier 3\tDATA-50
Conducteur de travaux\tMOB-ILL-50
Chef de chantier\tMOB-ILL-50
"""
_CAUSE = "SIM_NOT_PROVISIONED"


def leave(context: Context) -> dict[str, Any]:
    """Leave a draft to correct and an order to repair on Alice's home."""
    seller = alice()
    siren = population.fleet_companies()[1][0]
    [hit] = party_queries.customers(viewer=seller, text=siren, limit=1)[0]
    customer = party_queries.customer_file(reference=hit.reference, viewer=seller)
    draft = _quote(customer.id, "Renfort bureau d’études", _DRAFT, "draft")
    sold = _quote(customer.id, "Équipe chantier nord", _ORDER, "second")
    sent = quote_commands.send_quote(quote_id=sold, actor=story.as_person(seller, "second_send"), at=story.LEFT_AT)
    quote_commands.accept_quote(
        quote_id=sent.quote_id,
        identity=quotes.Signatory("Odile Brunet", "Direction"),
        actor=story.as_person(seller, "second_accept"),
        at=story.LEFT_AT,
    )
    order = order_commands.submit_order(quote_id=sent.quote_id, actor=story.as_person(seller, "second_order"), at=story.LEFT_AT)
    found = order_queries.order(order_id=order.order_id, viewer=seller)
    if not found.causes and found.state != "completed":
        simulator.NetworkSimulator().fail_next(1, _CAUSE)
        jobs.drain(order_id=order.order_id, at=story.LEFT_AT)
        simulator.NetworkSimulator().fail_next(0, "")
    reference = quote_queries.quote(quote_id=draft, viewer=seller).reference
    return {
        "summary": f"{reference} : un brouillon à corriger ; {order.reference} : une ligne à réparer",
        "draft": reference,
        "order": order.reference,
    }


def _quote(customer_file_id: uuid.UUID, title: str, table: str, name: str) -> uuid.UUID:
    seller = alice()
    made = quote_commands.create_quote(
        customer_file_id=customer_file_id,
        title=title,
        # A fleet billed by site has several accounts: without a choice the lines would be held for want of one.
        billing_account_id=fleets.accounts_of(customer_file_id)[0].id,
        actor=story.as_person(seller, f"{name}_quote"),
        at=story.LEFT_AT,
    )
    quote_commands.paste_lines(quote_id=made.quote_id, table_text=table, actor=story.as_person(seller, f"{name}_paste"), at=story.LEFT_AT)
    return made.quote_id
