"""Screens of quotes: translate, call one command or some queries, render."""

from come.quote.views.acceptance import acceptance, acceptance_document, acceptance_kept
from come.quote.views.acts import (
    accept,
    add_bundle,
    change_terms,
    close,
    new_version,
    refresh_prices,
    send,
)
from come.quote.views.agreement_quotes import agreement_quotes
from come.quote.views.approvals import (
    approval,
    approval_by_link,
    approvals,
    ask_approval,
    concede,
    concessions,
    home_approvals,
    withdraw_concession,
)
from come.quote.views.blocks import block, clone, insert, move, redo, undo
from come.quote.views.following import errors, layout, news, next_error
from come.quote.views.imports import import_lines
from come.quote.views.lines import add, edit, edit_selection, line, paste, remove, rows
from come.quote.views.offering_trials import offering_impact, try_offering
from come.quote.views.offers import (
    add_offer,
    change_link,
    change_offer,
    clone_quote,
    compare,
    end_lines,
    from_fleet,
    kept_document,
    mail_link,
)
from come.quote.views.pages import company_quotes, document, figures, home_quotes, new, prices, quote, quotes
from come.quote.views.sheets import export_csv, export_xlsx

__all__ = [
    "accept",
    "acceptance",
    "acceptance_document",
    "acceptance_kept",
    "add",
    "add_bundle",
    "add_offer",
    "agreement_quotes",
    "approval",
    "approval_by_link",
    "approvals",
    "ask_approval",
    "block",
    "change_link",
    "change_offer",
    "change_terms",
    "clone",
    "clone_quote",
    "close",
    "company_quotes",
    "compare",
    "concede",
    "concessions",
    "document",
    "edit",
    "edit_selection",
    "end_lines",
    "errors",
    "export_csv",
    "export_xlsx",
    "figures",
    "from_fleet",
    "home_approvals",
    "home_quotes",
    "import_lines",
    "insert",
    "kept_document",
    "layout",
    "line",
    "mail_link",
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
    "withdraw_concession",
]
