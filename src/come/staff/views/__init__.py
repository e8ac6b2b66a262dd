"""Screens of people: sign-in, home, search, journal, team, account."""

from __future__ import annotations

from come.staff.views.account import account, change_password, issue_token, revoke_token
from come.staff.views.home import home
from come.staff.views.journal import journal
from come.staff.views.search import search
from come.staff.views.sign_in import csrf_failure, locked_out, sign_in, sign_out
from come.staff.views.team import activation, member, new_agency, new_member, team

__all__ = [
    "account",
    "activation",
    "change_password",
    "csrf_failure",
    "home",
    "issue_token",
    "journal",
    "locked_out",
    "member",
    "new_agency",
    "new_member",
    "revoke_token",
    "search",
    "sign_in",
    "sign_out",
    "team",
]
