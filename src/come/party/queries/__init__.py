"""Reads of companies, customer files and accounts."""

from come.party.queries.accounts import billing_account, billing_accounts, cost_centres
from come.party.queries.company import company_page
from come.party.queries.files import (
    customer_file,
    customer_files,
    customers,
    exists_elsewhere,
    files_of_units,
    followed,
    visible_customer_file_ids_filter,
)
from come.party.queries.parties import customers_with_accounts, organizations, persons, visible_accounts
from come.party.queries.registry import candidates, registry_date, registry_lookup, registry_search
from come.party.queries.search import search_hits
from come.party.queries.units import legal_units_by_siren, units_named

__all__ = [
    "billing_account",
    "billing_accounts",
    "candidates",
    "company_page",
    "cost_centres",
    "customer_file",
    "customer_files",
    "customers",
    "customers_with_accounts",
    "exists_elsewhere",
    "files_of_units",
    "followed",
    "legal_units_by_siren",
    "organizations",
    "persons",
    "registry_date",
    "registry_lookup",
    "registry_search",
    "search_hits",
    "units_named",
    "visible_accounts",
    "visible_customer_file_ids_filter",
]
