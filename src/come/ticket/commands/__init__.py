"""Writes of incidents; one verb a file."""

from come.ticket.commands.follow_ticket import comment, move_promise, subscribe
from come.ticket.commands.handle_ticket import accept_ticket, resolve_ticket
from come.ticket.commands.open_ticket import attach_or_open, open_ticket

__all__ = ["accept_ticket", "attach_or_open", "comment", "move_promise", "open_ticket", "resolve_ticket", "subscribe"]
