"""The only writes of quotes: one verb a function, one transaction each."""

from come.quote.commands.accept_quote import accept_online, accept_quote, close_quote
from come.quote.commands.change_terms import change_terms, price_quote
from come.quote.commands.create_quote import CreatedQuote, create_quote
from come.quote.commands.edit_lines import EditAnswer, add_bundle, edit_lines, edit_selection, remove_lines
from come.quote.commands.paste_lines import PasteAnswer, add_lines, paste_lines
from come.quote.commands.send_quote import SentQuote, make_new_version, send_quote
from come.quote.commands.undo_edit import UndoAnswer, redo_edit, undo_edit

__all__ = [
    "CreatedQuote",
    "EditAnswer",
    "PasteAnswer",
    "SentQuote",
    "UndoAnswer",
    "accept_online",
    "accept_quote",
    "add_bundle",
    "add_lines",
    "change_terms",
    "close_quote",
    "create_quote",
    "edit_lines",
    "edit_selection",
    "make_new_version",
    "paste_lines",
    "price_quote",
    "redo_edit",
    "remove_lines",
    "send_quote",
    "undo_edit",
]
