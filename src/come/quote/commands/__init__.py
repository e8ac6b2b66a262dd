"""The only writes of quotes: one verb a function, one transaction each."""

from come.quote.commands.accept_quote import accept_online, accept_quote, close_quote
from come.quote.commands.arrange_lines import clone_lines, insert_lines, move_lines
from come.quote.commands.change_terms import change_terms, price_quote
from come.quote.commands.create_quote import CreatedQuote, create_quote
from come.quote.commands.edit_lines import EditAnswer, add_bundle, edit_lines, edit_selection, remove_lines
from come.quote.commands.import_lines import ImportAnswer, apply_import, forget_import, prepare_import
from come.quote.commands.keep_layout import keep_grid_layout
from come.quote.commands.paste_block import Block, BlockAnswer, paste_block
from come.quote.commands.paste_lines import PasteAnswer, add_lines, paste_lines
from come.quote.commands.send_quote import SentQuote, make_new_version, send_quote
from come.quote.commands.undo_edit import UndoAnswer, redo_edit, undo_edit

__all__ = [
    "Block",
    "BlockAnswer",
    "CreatedQuote",
    "EditAnswer",
    "ImportAnswer",
    "PasteAnswer",
    "SentQuote",
    "UndoAnswer",
    "accept_online",
    "accept_quote",
    "add_bundle",
    "add_lines",
    "apply_import",
    "change_terms",
    "clone_lines",
    "close_quote",
    "create_quote",
    "edit_lines",
    "edit_selection",
    "forget_import",
    "insert_lines",
    "keep_grid_layout",
    "make_new_version",
    "move_lines",
    "paste_block",
    "paste_lines",
    "prepare_import",
    "price_quote",
    "redo_edit",
    "remove_lines",
    "send_quote",
    "undo_edit",
]
