"""Writes about companies, customer files and accounts."""

from come.party.commands.accounts import add_contact_point, add_cost_centre, create_billing_account
from come.party.commands.create_customer_file import create_customer_file, create_provisional_file
from come.party.commands.load_companies import load_companies

__all__ = [
    "add_contact_point",
    "add_cost_centre",
    "create_billing_account",
    "create_customer_file",
    "create_provisional_file",
    "load_companies",
]
