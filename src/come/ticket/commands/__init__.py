"""Writes of incidents; one verb a file."""

from come.ticket.commands.answer_repair import confirm_repair, deny_repair
from come.ticket.commands.decide_ticket import change_status, close_settled
from come.ticket.commands.follow_ticket import comment, leave, move_promise, say_publicly, subscribe
from come.ticket.commands.handle_ticket import accept_ticket, resolve_ticket
from come.ticket.commands.index_words import count_terms, index_tickets
from come.ticket.commands.open_ticket import attach_or_open, open_ticket, report_error
from come.ticket.commands.post_notices import mark_read, post_notices
from come.ticket.commands.write_state_page import write_state_page

__all__ = [
    "accept_ticket",
    "attach_or_open",
    "change_status",
    "close_settled",
    "comment",
    "confirm_repair",
    "count_terms",
    "deny_repair",
    "index_tickets",
    "leave",
    "mark_read",
    "move_promise",
    "open_ticket",
    "post_notices",
    "report_error",
    "resolve_ticket",
    "say_publicly",
    "subscribe",
    "write_state_page",
]
