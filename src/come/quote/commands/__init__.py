"""The only writes of quotes: one verb a function, one transaction each."""

from come.quote.commands.accept_quote import accept_online, accept_quote, close_quote
from come.quote.commands.alternatives import add_alternative, move_to_alternative, remove_alternative, rename_alternative
from come.quote.commands.approve_prices import (
    ask_approval,
    decide_approval,
    decide_by_link,
    hand_on_approval,
    remind_approvals,
    withdraw_approval,
)
from come.quote.commands.arrange_lines import clone_lines, insert_lines, move_lines
from come.quote.commands.challenge import OpenChallenge, open_challenge
from come.quote.commands.change_terms import change_terms, price_quote
from come.quote.commands.clone_quote import add_fleet_profiles, clone_quote
from come.quote.commands.concede_price import ConcessionAnswer, concede_price, withdraw_concessions
from come.quote.commands.create_quote import CreatedQuote, create_quote
from come.quote.commands.delegate_approvals import delegate_approvals, end_delegation
from come.quote.commands.edit_lines import EditAnswer, add_bundle, edit_lines, edit_selection, remove_lines
from come.quote.commands.fleet_quote import FleetQuote, create_fleet_quote, end_lines, take_fleet_lines
from come.quote.commands.import_lines import ImportAnswer, apply_import, forget_import, prepare_import
from come.quote.commands.keep_layout import keep_grid_layout
from come.quote.commands.link import mail_link, post_letters, renew_link, revoke_link
from come.quote.commands.paste_block import Block, BlockAnswer, paste_block
from come.quote.commands.paste_lines import PasteAnswer, add_lines, paste_lines
from come.quote.commands.send_quote import SentQuote, make_new_version, send_quote
from come.quote.commands.undo_edit import UndoAnswer, redo_edit, undo_edit

__all__ = [
    "Block",
    "BlockAnswer",
    "ConcessionAnswer",
    "CreatedQuote",
    "EditAnswer",
    "FleetQuote",
    "ImportAnswer",
    "OpenChallenge",
    "PasteAnswer",
    "SentQuote",
    "UndoAnswer",
    "accept_online",
    "accept_quote",
    "add_alternative",
    "add_bundle",
    "add_fleet_profiles",
    "add_lines",
    "apply_import",
    "ask_approval",
    "change_terms",
    "clone_lines",
    "clone_quote",
    "close_quote",
    "concede_price",
    "create_fleet_quote",
    "create_quote",
    "decide_approval",
    "decide_by_link",
    "delegate_approvals",
    "edit_lines",
    "edit_selection",
    "end_delegation",
    "end_lines",
    "forget_import",
    "hand_on_approval",
    "insert_lines",
    "keep_grid_layout",
    "mail_link",
    "make_new_version",
    "move_lines",
    "move_to_alternative",
    "open_challenge",
    "paste_block",
    "paste_lines",
    "post_letters",
    "prepare_import",
    "price_quote",
    "redo_edit",
    "remind_approvals",
    "remove_alternative",
    "remove_lines",
    "rename_alternative",
    "renew_link",
    "revoke_link",
    "send_quote",
    "take_fleet_lines",
    "undo_edit",
    "withdraw_approval",
    "withdraw_concessions",
]
