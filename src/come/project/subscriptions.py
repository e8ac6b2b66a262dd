"""When this event happens, defer that job: the one table of what follows from what.

Key: the event's name. Value: pairs (job name, event fields passed to it as keyword arguments).
"""

from __future__ import annotations

from come.shared import eventlog

SUBSCRIPTIONS: eventlog.Subscriptions = {
    "OrderSubmitted": (("order.advance_order", ("order_id",)),),
    "OrderRepaired": (("order.advance_order", ("order_id",)),),
    "OrderCancelled": (("order.advance_order", ("order_id",)),),
    "OrderResumed": (("order.advance_order", ("order_id",)),),
    "BillRunOpened": (("billing.advance_run", ("run_id",)),),
    "BillRecomputed": (("billing.advance_run", ("run_id",)),),
    "BillHoldReleased": (("billing.advance_run", ("run_id",)),),
    "BillRunIssued": (("billing.draw_documents", ("run_id",)),),
    "QuoteLetterWritten": (("quote.post_letters", ()),),
    "TicketOpened": (("ticket.write_state_page", ()),),
    "TicketAccepted": (("ticket.post_notices", ()), ("ticket.write_state_page", ())),
    "TicketPromiseMoved": (("ticket.post_notices", ()), ("ticket.write_state_page", ())),
    "TicketStatusChanged": (("ticket.post_notices", ()), ("ticket.write_state_page", ())),
    "TicketReopened": (("ticket.post_notices", ()), ("ticket.write_state_page", ())),
    "TicketCommented": (("ticket.post_notices", ()), ("ticket.write_state_page", ())),
    "TicketResolved": (
        ("order.replay_incident", ("ticket_id",)),
        ("ticket.post_notices", ()),
        ("ticket.write_state_page", ()),
    ),
}
