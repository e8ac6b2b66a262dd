"""Screens of quotes: translate, call one command or some queries, render."""

from come.quote.views.acceptance import acceptance, acceptance_document
from come.quote.views.acts import (
    accept,
    add_bundle,
    change_terms,
    close,
    new_version,
    refresh_prices,
    send,
)
from come.quote.views.lines import add, edit, edit_selection, export, line, paste, remove, rows, undo
from come.quote.views.pages import company_quotes, document, figures, home_quotes, new, prices, quote, quotes

__all__ = [
    "accept",
    "acceptance",
    "acceptance_document",
    "add",
    "add_bundle",
    "change_terms",
    "close",
    "company_quotes",
    "document",
    "edit",
    "edit_selection",
    "export",
    "figures",
    "home_quotes",
    "line",
    "new",
    "new_version",
    "paste",
    "prices",
    "quote",
    "quotes",
    "refresh_prices",
    "remove",
    "rows",
    "send",
    "undo",
]
