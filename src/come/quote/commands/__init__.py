"""Writes about quotes: one verb a file."""

from come.quote.commands.accept_quote import accept_quote, accept_quote_online
from come.quote.commands.change_head import change_head
from come.quote.commands.close_quote import cancel_quote, reject_quote
from come.quote.commands.create_quote import CreatedQuote, create_quote, new_version
from come.quote.commands.edit_lines import EditAnswer, edit_lines, remove_lines
from come.quote.commands.paste_lines import PasteAnswer, add_cells, paste_lines
from come.quote.commands.send_quote import send_quote

__all__ = [
    "CreatedQuote",
    "EditAnswer",
    "PasteAnswer",
    "accept_quote",
    "accept_quote_online",
    "add_cells",
    "cancel_quote",
    "change_head",
    "create_quote",
    "edit_lines",
    "new_version",
    "paste_lines",
    "reject_quote",
    "remove_lines",
    "send_quote",
]
