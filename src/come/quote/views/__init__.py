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
from come.quote.views.blocks import block, clone, insert, move, redo, undo
from come.quote.views.following import errors, layout, news, next_error
from come.quote.views.imports import import_lines
from come.quote.views.lines import add, edit, edit_selection, line, paste, remove, rows
from come.quote.views.offering_trials import offering_impact, try_offering
from come.quote.views.pages import company_quotes, document, figures, home_quotes, new, prices, quote, quotes
from come.quote.views.sheets import export_csv, export_xlsx

__all__ = [
    "accept",
    "acceptance",
    "acceptance_document",
    "add",
    "add_bundle",
    "block",
    "change_terms",
    "clone",
    "close",
    "company_quotes",
    "document",
    "edit",
    "edit_selection",
    "errors",
    "export_csv",
    "export_xlsx",
    "figures",
    "home_quotes",
    "import_lines",
    "insert",
    "layout",
    "line",
    "move",
    "new",
    "new_version",
    "news",
    "next_error",
    "offering_impact",
    "paste",
    "prices",
    "quote",
    "quotes",
    "redo",
    "refresh_prices",
    "remove",
    "rows",
    "send",
    "try_offering",
    "undo",
]
