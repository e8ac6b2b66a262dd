"""Writes about companies, customer files and accounts."""

from come.party.commands._companies import CreatedFile
from come.party.commands.accounts import add_contact_point, add_cost_centre, create_billing_account
from come.party.commands.add_establishment import add_establishment
from come.party.commands.create_customer_file import create_customer_file
from come.party.commands.load_companies import load_companies
from come.party.commands.provisional_files import create_provisional_file, place_customer_file
from come.party.commands.register_company import register_company
from come.party.commands.rename_customer_file import rename_customer_file
from come.party.commands.welcome_customers import welcome_customers

__all__ = [
    "CreatedFile",
    "add_contact_point",
    "add_cost_centre",
    "add_establishment",
    "create_billing_account",
    "create_customer_file",
    "create_provisional_file",
    "load_companies",
    "place_customer_file",
    "register_company",
    "rename_customer_file",
    "welcome_customers",
]
